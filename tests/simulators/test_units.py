"""Simulated officers at a small stand-in for ground control: register, accept, travel, arrive, resolve."""

import asyncio
import json

import pytest
from aiohttp import web

from simulators.scene import SceneUnit
from simulators.units import SimUnits, UnitHabits

OFFICER = SceneUnit("officer-2", "步巡警员 2 / Officer 2", "officer", 29.9, 121.84)
SIGHTING = {
    "id": "0f8fad5b-d9cb-469f-a165-70867728950e",
    "status": "assigned",
    "unit": "officer-2",
    "place": {"lat_deg": 29.901, "lon_deg": 121.84},
}
QUICK = UnitHabits(accept_after_s=1.0, on_scene_s=1.0, speed_m_s=20.0)


class Desk:
    """Remembers what was asked, and plays one sighting through."""

    def __init__(self):
        self.units, self.steps, self.positions = [], [], []
        self.sighting = dict(SIGHTING)
        self.feeds = []
        self.answers = []

    async def register(self, request):
        self.units.append(await request.json())
        return web.Response(status=201)

    async def position(self, request):
        self.positions.append(await request.json())
        return web.Response(status=200)

    async def step(self, request):
        body = await request.json()
        if self.answers:
            return web.Response(status=self.answers.pop(0))
        self.steps.append(body)
        self.sighting["status"] = {"accept": "accepted", "arrive": "on_scene", "resolve": "resolved"}[body["action"]]
        for feed in self.feeds:
            await feed.send_str(json.dumps({"type": "changes", "sightings": [self.sighting]}))
        return web.Response(status=200)

    async def live(self, request):
        feed = web.WebSocketResponse()
        await feed.prepare(request)
        self.feeds.append(feed)
        await feed.send_str(json.dumps({"type": "state", "state": {"sightings": [self.sighting]}, "trails": []}))
        async for _ in feed:
            pass
        self.feeds.remove(feed)
        return feed


@pytest.fixture
async def desk():
    desk = Desk()
    app = web.Application()
    app.router.add_post("/api/v1/units", desk.register)
    app.router.add_post("/api/v1/units/{id}/position", desk.position)
    app.router.add_post("/api/v1/sightings/{id}/steps", desk.step)
    app.router.add_get("/api/v1/live", desk.live)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    desk.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield desk
    await runner.cleanup()


async def resolved(desk, within_s=15.0):
    async with asyncio.timeout(within_s):
        while desk.sighting["status"] != "resolved":  # noqa: ASYNC110 - the officer tells only the desk
            await asyncio.sleep(0.02)


async def test_an_officer_deals_with_a_sighting_from_end_to_end(desk):
    async with SimUnits([OFFICER], desk.url, speedup=10.0, habits=QUICK):
        await resolved(desk)
    assert desk.units[0]["id"] == "officer-2"
    assert desk.units[0]["simulated"] is True
    assert [step["action"] for step in desk.steps] == ["accept", "arrive", "resolve"]
    assert {step["unit"] for step in desk.steps} == {"officer-2"}
    assert desk.steps[-1]["outcome"]
    assert desk.positions[-1]["lat"] == pytest.approx(29.901, abs=1e-6)


async def test_steps_are_sent_again_while_ground_control_is_in_trouble(desk):
    desk.answers = [503]
    async with SimUnits([OFFICER], desk.url, speedup=10.0, habits=QUICK):
        await resolved(desk)
    assert [step["action"] for step in desk.steps] == ["accept", "arrive", "resolve"]


async def test_a_sighting_half_done_is_taken_up_where_it_stands(desk):
    desk.sighting["status"] = "on_scene"
    async with SimUnits([OFFICER], desk.url, speedup=10.0, habits=QUICK):
        await resolved(desk)
    assert [step["action"] for step in desk.steps] == ["resolve"]


async def test_what_is_with_another_unit_is_left_alone(desk):
    desk.sighting["unit"] = "car-1"
    async with SimUnits([OFFICER], desk.url, speedup=50.0, habits=QUICK):
        await asyncio.sleep(0.4)
    assert desk.steps == []
