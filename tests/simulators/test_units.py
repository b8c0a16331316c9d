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
        self.units, self.steps, self.positions, self.asked = [], [], [], []
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
        self.asked.append(body)
        if self.answers:
            return web.Response(status=self.answers.pop(0))
        if body["action"] == "refuse":
            return web.Response(status=409)
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


async def some(requests, within_s=15.0):
    async with asyncio.timeout(within_s):
        while not requests:  # noqa: ASYNC110 - as above
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


async def test_what_is_taken_from_an_officer_does_not_hold_up_the_next_task(desk):
    """Ground control says what is gone; an officer who went on with it would never answer to the next one."""
    lost = dict(SIGHTING)
    async with SimUnits([OFFICER], desk.url, speedup=50.0, habits=UnitHabits(1e6, on_scene_s=1.0)) as units:
        await some(desk.feeds)
        (officer,) = units._officers
        await some(officer._sightings)
        officer._take_in({"type": "changes", "gone": {"sightings": [lost["id"]]}})
        assert officer._sightings == {}
        officer._take_in({"type": "changes", "sightings": [{**lost, "id": "next"}]})
        await asyncio.sleep(0)
        assert officer._working_on == "next"


@pytest.mark.parametrize(("there", "outcome"), [(True, "已"), (False, "误报 / false alarm")])
async def test_an_officer_tells_whether_there_was_anything(desk, there, outcome):
    asked = []

    def finds(sighting):
        asked.append(sighting["id"])
        return there

    async with SimUnits([OFFICER], desk.url, speedup=10.0, habits=QUICK, finds=finds):
        await resolved(desk)
    assert asked == [SIGHTING["id"]]
    assert desk.steps[-1]["outcome"].startswith(outcome)


async def test_an_officer_may_refuse_and_says_why(desk):
    async with SimUnits([OFFICER], desk.url, speedup=50.0, own_habits={"officer-2": UnitHabits(1.0, refuses=1.0)}):
        await some(desk.asked)
    assert {step["action"] for step in desk.asked} == {"refuse"}
    assert desk.asked[0]["note"]


async def test_a_slow_officer_takes_five_times_as_long(desk):
    """One second, a third more or less, at ten times the speed."""
    loop = asyncio.get_running_loop()
    began_s = loop.time()
    async with SimUnits([OFFICER], desk.url, speedup=10.0, habits=UnitHabits(10.0, 1.0, 200.0, slow=1.0)):
        await some(desk.steps)
    assert loop.time() - began_s > 3.3


async def test_who_is_out_of_reach_answers_when_back(desk):
    lost = UnitHabits(20.0, 1.0, 200.0, phone_lost_s=2.0, phone_back_s=80.0)
    loop = asyncio.get_running_loop()
    began_s = loop.time()
    async with SimUnits([OFFICER], desk.url, speedup=40.0, habits=lost):
        await asyncio.sleep(0.5)
        assert desk.feeds == []
        await resolved(desk)
    assert loop.time() - began_s > 2.0


async def test_nobody_moves_while_everybody_is_held(desk):
    units = SimUnits([OFFICER], desk.url, speedup=10.0, habits=QUICK)
    units.hold()
    async with units:
        await asyncio.sleep(0.8)
        assert desk.steps == []
        units.go_on()
        await resolved(desk)
