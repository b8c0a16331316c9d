"""Travel times of a route server over real HTTP, and what is done without them."""

import asyncio
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from msgspec.structs import replace

from gcs.clock import SystemClock
from gcs.dispatch import travel as module
from gcs.dispatch.assign import nearest_unit, rank_units
from gcs.dispatch.model import Unit, UnitKind
from gcs.dispatch.requests import UnitReport
from gcs.dispatch.travel import Travel
from gcs.sightings.catalogue import Catalogue, default_catalogue
from gcs.sightings.model import Place, Sighting, Source

NOW = datetime(2026, 3, 1, tzinfo=UTC)
SIGHTING = Sighting(
    id="s", klass="crowd", priority=2, place=Place(lat_deg=29.9, lon_deg=121.84), seen_at=NOW, received_at=NOW,
    source=Source(kind="person"),
)  # fmt: skip


def unit(name, lat=29.91, kind=UnitKind.PATROL_CAR):
    return Unit(id=name, name=name, kind=kind, lat_deg=lat, lon_deg=121.84, position_at=NOW)


UNITS = (unit("near", 29.901), unit("far", 29.95), Unit(id="lost", name="lost", kind=UnitKind.OFFICER))


@pytest.fixture
def osrm():
    """Serves `answer` (a body, or a number of seconds to be silent for); `asked` are the paths."""

    @asynccontextmanager
    async def serving(answer):
        asked = []

        async def table(request):
            asked.append(str(request.rel_url))
            if isinstance(answer, float):
                await asyncio.sleep(answer)
            return web.json_response(answer if isinstance(answer, dict) else {})

        app = web.Application()
        app.router.add_get("/table/v1/driving/{where}", table)
        async with TestServer(app) as server:
            travel = Travel(str(server.make_url("/")), SystemClock())
            yield travel, asked
            await travel.close()

    return serving


async def test_one_call_gives_the_times_of_all_units(osrm):
    async with osrm({"code": "Ok", "durations": [[600.5], [30.0]]}) as (travel, asked):
        told = []
        travel.told = lambda: told.append(1)
        assert travel.times(SIGHTING, UNITS) is None, "while it is asked"
        assert travel.times(SIGHTING, UNITS) is None
        assert await travel.wait(SIGHTING, UNITS) == {"near": 600.5, "far": 30.0}
        assert travel.times(SIGHTING, UNITS) == {"near": 600.5, "far": 30.0}
    assert len(asked) == len(told) == 1
    assert asked[0].startswith("/table/v1/driving/121.840000,29.900000;121.840000,29.901000;121.840000,29.950000?")
    assert "sources=1;2&destinations=0" in asked[0].replace("%3B", ";")


@pytest.mark.parametrize("answer", [{}, {"durations": []}, {"durations": [[None], [-5.0]]}, {"durations": "x"}, 5.0])
async def test_an_answer_that_is_none_leaves_the_way_to_be_estimated(osrm, monkeypatch, answer):
    monkeypatch.setattr(module, "ANSWER_WITHIN_S", 0.2)
    async with osrm(answer) as (travel, _):
        assert await travel.wait(SIGHTING, UNITS) == {}


async def test_a_server_that_is_not_there_and_none_at_all():
    gone = Travel("http://127.0.0.1:9", SystemClock())
    assert await gone.wait(SIGHTING, UNITS) == {}
    await gone.close()
    assert Travel("", SystemClock()).times(SIGHTING, UNITS) == {}


def test_who_is_there_first_goes_not_who_is_nearest():
    units = (unit("walker", 29.903, UnitKind.OFFICER), unit("car", 29.91))
    kinds = frozenset(UnitKind)
    assert nearest_unit(SIGHTING, units, kinds, NOW).unit.id == "car", "a car is faster over a kilometre"
    first, second = rank_units(SIGHTING, units, kinds, NOW, travel_s={"car": 900.0})
    assert (first.unit.id, first.estimated, second.travel_s, second.estimated) == ("walker", True, 900.0, False)


def test_a_class_that_waits_for_a_dispatcher_is_not_offered_and_says_so(post):
    catalogue = default_catalogue()
    by_hand = Catalogue({**catalogue, "crowd": replace(catalogue["crowd"], automatic=False)})

    async def story(stage):
        await stage.unit("car-1")
        sighting_id = await stage.report()
        await asyncio.sleep(200)
        assert stage.now(sighting_id) == ("new", None)
        assert stage.desk.sightings[sighting_id].supervised.reason == "not_assigned"
        (best,) = await stage.desk.candidates(sighting_id, 3)
        await stage.step(sighting_id, "assign", best.unit.id)
        assert stage.now(sighting_id) == ("assigned", "car-1")

    post(story, catalogue=by_hand)


def test_only_who_is_on_shift_and_has_the_skills_is_sent(post):
    diver = Catalogue({**default_catalogue(), "crowd": replace(default_catalogue()["crowd"], skills=("diving",))})

    async def story(stage):
        def report(name, **more):
            return UnitReport(id=name, name=name, kind=UnitKind.PATROL_CAR, lat=29.9, lon=121.84, **more)

        now = stage.clock.utc()
        await stage.desk.put_unit(report("plain"), "x")
        await stage.desk.put_unit(report("tired", skills=("diving",), shift_until=now - timedelta(minutes=1)), "x")
        sighting_id = await stage.report()
        await asyncio.sleep(1)
        assert stage.now(sighting_id) == ("new", None)
        await stage.desk.put_unit(report("able", skills=("diving", "first aid"), group="水警"), "x")
        await asyncio.sleep(1)
        assert stage.now(sighting_id) == ("assigned", "able")
        kept = await stage.desk.put_unit(report("able"), "x")
        assert (kept.skills, kept.group) == (("diving", "first aid"), "水警"), "what is left out stays"

    post(story, catalogue=diver)
