"""Scenes, footprints, and cameras that report until they are believed."""

import asyncio
import uuid

import pytest
from aiohttp import web

from simulators.cameras.detector import CameraSpec, Detector, View, in_footprint, sighting_id
from simulators.cameras.reporter import CameraReporter
from simulators.fleet import Pose
from simulators.local_frame import LocalFrame
from simulators.scene import Anomaly, Scene, SceneError, load_scene

LAT, LON = 29.9, 121.84
ONE = Scene("test", (Anomaly("van", "illegal_parking", LAT, LON, "a van"),), ())
SQUARE = CameraSpec(across_deg=90.0, along_deg=53.13)


def seen_from(north_m, east_m, *, height_m=50.0, heading_deg=0.0):
    lat, lon = LocalFrame(LAT, LON, 0.0).to_geo(north_m, east_m)
    return View(lat, lon, height_m, heading_deg)


@pytest.mark.parametrize(
    ("north_m", "east_m", "heading_deg", "inside"),
    [
        (0, 0, 0, True),
        (24, 0, 0, True),
        (26, 0, 0, False),
        (0, 49, 0, True),
        (0, 51, 0, False),
        (49, 0, 90, True),
        (0, 26, 90, False),
        (0, 49, 180, True),
    ],
)
def test_the_footprint_turns_with_the_nose(north_m, east_m, heading_deg, inside):
    view = seen_from(north_m, east_m, heading_deg=heading_deg)
    assert in_footprint(SQUARE, view, LAT, LON) is inside


@pytest.mark.parametrize(("height_m", "inside"), [(5.0, False), (30.0, True), (200.0, False)])
def test_too_low_and_too_high_shows_nothing(height_m, inside):
    assert in_footprint(SQUARE, seen_from(0, 0, height_m=height_m), LAT, LON) is inside


def test_each_thing_is_told_once_under_the_same_id_in_every_run():
    first, again = Detector(ONE), Detector(ONE)
    assert [found.anomaly.id for found in first.look(seen_from(0, 0))] == ["van"]
    assert first.look(seen_from(0, 0)) == []
    found = again.look(seen_from(3, 3))[0]
    assert found.id == sighting_id(ONE, ONE.anomalies[0]) == str(uuid.UUID(found.id))


def test_where_it_seems_to_be_is_off_by_what_it_says():
    errors = []
    for number in range(200):
        scene = Scene("test", (Anomaly(f"n{number}", "crowd", LAT, LON),), ())
        found = Detector(scene, SQUARE).look(seen_from(0, 0, height_m=60.0))[0]
        north, east = LocalFrame(LAT, LON, 0.0).to_local(found.lat_deg, found.lon_deg)
        errors.append((north**2 + east**2) ** 0.5 <= found.ce90_m)
    assert 0.83 < sum(errors) / len(errors) < 0.97


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("anomaly = 3", "anomaly must be a list"),
        ("[[anomaly]\n", "scene.toml"),
        ("[[anomaly]]\nid = 'a'\nklass = 'b'\nlat_deg = 1\n", "lon_deg missing"),
        ("[[anomaly]]\nid = 'a'\nklass = 'b'\nlat_deg = 91\nlon_deg = 0\n", "not a place"),
        ("[[anomaly]]\nid = 'a'\nklass = 'b'\nlat_deg = '1'\nlon_deg = 0\n", "lat_deg is not a number"),
        ("[[unit]]\ncolour = 'red'\n", "unknown key 'colour'"),
        ("[[people]]\n", "unknown key 'people'"),
        ("[[anomaly]]\nid='a'\nklass='b'\nlat_deg=1\nlon_deg=0\n" * 2, "same id"),
    ],
)
def test_a_wrong_scene_gets_one_clear_error(text, problem):
    with pytest.raises(SceneError, match=problem):
        load_scene(text)


class Standing:
    """A fleet of one camera that hangs over the van."""

    def poses(self):
        return [Pose(4, LAT, LON, 50.0, 0.0, flying=True)]


@pytest.fixture
async def desk():
    """An HTTP server that fails twice before it keeps a sighting."""
    answers, kept = [503, 503], []

    async def take(request):
        body = await request.json()
        kept.append((body, request.headers.get("X-Seat")))
        return web.Response(status=answers.pop(0) if answers else 201)

    app = web.Application()
    app.router.add_post("/api/v1/sightings", take)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    yield f"http://127.0.0.1:{port}", answers, kept
    await runner.cleanup()


async def test_a_report_is_sent_again_until_it_is_kept(desk):
    url, _, kept = desk
    async with CameraReporter(Standing(), ONE, url, network="demo") as reporter:
        async with asyncio.timeout(10):
            while not reporter.reported:  # noqa: ASYNC110 - the reporter tells nobody
                await asyncio.sleep(0.02)
        await asyncio.sleep(0.3)
    assert len(kept) == 3
    bodies = [body for body, _ in kept]
    assert bodies[0] == bodies[1] == bodies[2]
    assert bodies[0]["klass"] == "illegal_parking"
    assert bodies[0]["source"]["vehicle"] == "demo-4"
    assert bodies[0]["simulated"] is True


async def test_a_report_that_is_called_wrong_is_not_sent_for_ever(desk):
    url, answers, kept = desk
    answers[:] = [422]
    async with CameraReporter(Standing(), ONE, url) as reporter:
        async with asyncio.timeout(10):
            while not reporter.refused:  # noqa: ASYNC110 - the reporter tells nobody
                await asyncio.sleep(0.02)
        await asyncio.sleep(0.3)
    assert len(kept) == 1
