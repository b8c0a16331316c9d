"""Planning beside the event loop: bounded, killable, and one clear reason when there is no plan."""

import asyncio
import json
import sys

import msgspec
import numpy as np
import pytest

from gcs.web.pattern_request import PatrolRequest, PatternRequest
from gcs.web.plan_request import PATROL, PATTERN, PLAN, READ, PlanRequest, fleet_of
from gcs.web.plan_shelf import PlanShelf
from gcs.web.plan_worker import answer
from gcs.web.planner import Planner, PlannerBusyError, PlannerDefectError, PlannerTimeoutError, PlanRefusedError
from gcs.web.rest_request import RestRequest
from missions.fleet import PlanError
from missions.formats import geojson
from missions.ground.heights import heights_of

RING = [[121.84, 29.9], [121.842, 29.9], [121.842, 29.902], [121.84, 29.902], [121.84, 29.9]]
AREA = {"type": "Polygon", "coordinates": [RING]}
AT_70_M = heights_of("take_off", 70.0, None, ())
AT_60_M = heights_of("take_off", 60.0, None, ())
BOW_TIE = {"type": "Polygon", "coordinates": [[RING[0], RING[2], RING[1], RING[3], RING[0]]]}


def request(area=AREA, **figures):
    return msgspec.json.decode(json.dumps({"area": area, "swath_m": 60, **figures}), type=PlanRequest)


def asked(area=AREA, **figures):
    return answer(PLAN + msgspec.json.encode(request(area, **figures)))


def refusal(answered):
    said = json.loads(answered)
    return said.get("refused"), said.get("detail", ""), said.get("reasons")


def saying(text):
    """A command that answers `text` whatever it is asked."""
    return (sys.executable, "-S", "-c", text)


async def test_the_real_planner_plans_in_its_own_process():
    planner = Planner()
    plan = await planner.plan(request(drones=2))
    assert plan.drones == 2
    assert plan.covered_fraction > 0.99
    assert geojson.loads(geojson.dumps(plan)).hash == plan.hash


def test_the_figures_of_a_request_reach_the_planner():
    wanted = request(
        drones=3, speed_m_s=8, altitude_m=70, layer_step_m=4, starts=[[29.9, 121.84]], endurance_s=900, reserve=0.3,
        accel_m_s2=1.5, launch_gap_s=7, wind={"from_deg": 90, "speed_m_s": 4},
    )  # fmt: skip
    fleet = fleet_of(wanted, AT_70_M)
    assert (fleet.drones, fleet.swath_m, fleet.speed_m_s, fleet.altitude_m) == (3, 60, 8, 70)
    assert (fleet.starts, fleet.endurance_s, fleet.reserve) == (((121.84, 29.9),), 900, 0.3)
    assert (fleet.layer_step_m, fleet.accel_m_s2, fleet.launch_gap_s) == (4, 1.5, 7)
    assert (fleet.wind.from_deg, fleet.wind.speed_m_s) == (90, 4)


LINE = {"type": "LineString", "coordinates": [[121.84, 29.9], [121.85, 29.902]]}


def patterned(name, **figures):
    body = json.dumps({"pattern": name, "drones": 2, **figures}).encode()
    return answer(PATTERN + msgspec.json.encode(msgspec.json.decode(body, type=PatternRequest)))


@pytest.mark.parametrize(
    ("name", "figures"),
    [
        ("perimeter", {"area": AREA, "rings": 2, "spacing_m": 20}),
        ("corridor", {"line": LINE, "width_m": 80}),
        *(
            (name, {"at": [29.9, 121.84], "radius_m": 150, "long_m": 300, "short_m": 200, "sweep_width_m": 40})
            for name in ("orbit", "expanding-square", "sector", "parallel-track", "creeping-line")
        ),
    ],
)
def test_every_pattern_becomes_a_plan_with_its_odds(name, figures):
    plan = geojson.loads(patterned(name, **figures))
    known = dict(plan.settings)
    assert (plan.drones, known["pattern"]) == (2, name)
    assert known.get("probability_of_detection") == (0.6321 if "sweep_width_m" in figures else None)


@pytest.mark.parametrize(
    ("name", "figures", "code", "word"),
    [
        ("perimeter", {}, "plan.impossible", "needs the file of an area"),
        ("perimeter", {"area": BOW_TIE}, "area.invalid", "crosses"),
        ("corridor", {"line": AREA}, "area.invalid", "expected one LineString"),
        ("sector", {}, "plan.impossible", "needs a place"),
        ("orbit", {"at": [29.9, 121.84], "drift": {"towards_deg": 0, "speed_m_s": 1}}, "plan.impossible", "drift"),
    ],
)
def test_what_makes_no_pattern_is_refused_in_one_line(name, figures, code, word):
    refused, detail, _ = refusal(patterned(name, **figures))
    assert refused == code
    assert word in detail


def patrolled(*features, **figures):
    sites = {"type": "FeatureCollection", "features": list(features)}
    body = json.dumps({"sites": sites, "end_s": 3600, **figures}).encode()
    return answer(PATROL + msgspec.json.encode(msgspec.json.decode(body, type=PatrolRequest)))


def site(lon, lat, **properties):
    return {"type": "Feature", "properties": properties, "geometry": {"type": "Point", "coordinates": [lon, lat]}}


def test_a_patrol_is_answered_with_its_schedule():
    answered = json.loads(patrolled(site(121.842, 29.9, deadline_s=600, name="gate"), base=[29.9, 121.84]))
    assert answered["drones_needed"] >= 1
    assert answered["stretches"][0]["schedule"][0]["visits"][0]["site"] == "gate"
    assert refusal(patrolled(site(121.842, 29.9, deadline_s=600)))[0] == "area.invalid"
    far = patrolled(site(122.5, 29.9, deadline_s=600), base=[29.9, 121.84])
    assert refusal(far)[:1] == ("plan.impossible",)


async def test_the_real_planner_answers_patterns_and_patrols_too():
    planner = Planner()
    plan = await planner.pattern(PatternRequest(pattern="orbit", at=(29.9, 121.84), radius_m=100))
    assert len(plan.sorties) == 1
    with pytest.raises(PlanRefusedError, match="needs a place"):
        await planner.pattern(PatternRequest(pattern="orbit"))
    sites = msgspec.Raw(json.dumps({"type": "FeatureCollection", "features": [site(121.842, 29.9, deadline_s=600)]}))
    day = await planner.patrol(PatrolRequest(sites=sites, base=(29.9, 121.84), end_s=3600))
    assert day["drones_needed"] == 1
    with pytest.raises(PlanRefusedError, match="holds 0 bases"):
        await planner.patrol(PatrolRequest(sites=sites))


def test_a_camera_gives_the_swath():
    wanted = msgspec.structs.replace(request(altitude_m=60, overlap=0.3), swath_m=None, camera="mavic3e")
    assert fleet_of(wanted, AT_60_M).swath_m == pytest.approx(17.3 * 60 / 12.29 * 0.7)
    with pytest.raises(PlanError, match="not both"):
        fleet_of(msgspec.structs.replace(wanted, swath_m=30.0), AT_60_M)


@pytest.mark.parametrize(
    ("area", "figures", "code", "word"),
    [
        (BOW_TIE, {}, "area.invalid", "crosses"),
        ({"type": "Point", "coordinates": [0, 0]}, {}, "area.invalid", "Polygon"),
        ([], {}, "area.invalid", "GeoJSON"),
        (AREA, {"swath_m": None}, "plan.impossible", "swath"),
        (AREA, {"swath_m": None, "camera": "none"}, "plan.impossible", "camera"),
        (AREA, {"endurance_s": 60}, "plan.impossible", "endurance"),
        (AREA, {"altitude_m": 200}, "plan.limits", "ceiling"),
    ],
)
def test_what_cannot_be_planned_is_refused_in_one_line(area, figures, code, word):
    refused, detail, _ = refusal(asked(area, **figures))
    assert refused == code
    assert word in detail
    assert "\n" not in detail


def test_the_area_is_read_as_strictly_as_a_file():
    repeated = b'{"area": {"type": "Polygon", "type": "Polygon", "coordinates": []}}'
    assert refusal(answer(PLAN + repeated))[:1] == ("area.invalid",)


def test_a_plan_file_from_elsewhere_comes_back_as_it_was():
    made = asked()
    assert answer(READ + made) == made


def changed(change):
    document = json.loads(asked())
    line = next(feature for feature in document["features"] if feature["properties"]["kind"] == "sortie")
    change(document, line)
    return refusal(answer(READ + json.dumps(document).encode()))


def lift(_, line):
    for point in line["geometry"]["coordinates"]:
        point[2] = 300.0


def stray(_, line):
    line["geometry"]["coordinates"][2][0] += 0.1


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lift, "plan.limits"),
        (stray, "plan.limits"),
        (lambda _, line: line["properties"].update(speed_m_s=90), "plan.limits"),
        (lambda _, line: line["properties"].update(swath_m=0), "area.invalid"),
        (lambda _, line: line["properties"].update(drone=3), "plan.not_a_plan"),
        (lambda document, line: document["features"].append(line), "plan.not_a_plan"),
        (lambda document, _: document["features"].clear(), "area.invalid"),
        (lambda document, _: document["features"][0]["geometry"]["coordinates"][0].reverse(), None),
    ],
    ids=["high", "outside", "fast", "no swath", "gap in numbers", "twice", "no area", "ring turned round"],
)
def test_a_plan_file_keeps_every_limit_or_is_refused(change, code):
    refused, detail, reasons = changed(change)
    assert refused == code, detail
    assert bool(reasons) == (code == "plan.limits")


async def test_at_most_two_at_once_and_four_waiting():
    planner = Planner(
        at_once=2,
        waiting=4,
        command=saying("import sys; sys.stdin.read(); sys.stdin.close(); import time; time.sleep(60)"),
    )
    tasks = [asyncio.create_task(planner.plan(request())) for _ in range(6)]
    await asyncio.sleep(0)
    with pytest.raises(PlannerBusyError):
        await planner.plan(request())
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    planner = Planner(at_once=1, waiting=0, command=saying('print(\'{"refused":"x","detail":"y"}\')'))
    for _ in range(2):
        with pytest.raises(PlanRefusedError):
            await planner.plan(request())


async def test_a_plan_that_takes_too_long_is_given_up():
    planner = Planner(within_s=0.2, command=saying("import time; time.sleep(60)"))
    with pytest.raises(PlannerTimeoutError):
        await planner.plan(request())


async def test_a_planner_that_breaks_is_a_defect_and_not_the_requests_fault():
    planner = Planner(command=saying("raise SystemExit('out of luck')"))
    with pytest.raises(PlannerDefectError, match="out of luck"):
        await planner.plan(request())


async def test_stopping_gives_up_what_is_being_planned():
    planner = Planner(command=saying("import time; time.sleep(60)"))
    task = asyncio.create_task(planner.plan(request()))
    while not planner.running:  # noqa: ASYNC110 - the process has started when the planner says so
        await asyncio.sleep(0.01)
    await planner.stop()
    with pytest.raises(PlannerDefectError):
        await task
    assert planner.running == 0


def test_the_shelf_forgets_the_oldest_plan(plan):
    shelf = PlanShelf(most=1)
    shelf.put(plan)
    assert shelf.get(plan.hash) is plan
    shelf.put(other := geojson.loads(geojson.dumps(plan).replace("121.84", "121.83")))
    assert shelf.get(plan.hash) is None
    assert shelf.get(other.hash) is other


def hill(folder, *, high_m=80):
    """A tile about the area: 20 m high in its west, rising to `high_m` in the east of the ring."""
    raw = np.full((1201, 1201), 20, dtype=">i2")
    raw[:, round(0.8415 * 1200) :] = high_m
    (folder / "N29E121.hgt").write_bytes(raw.tobytes())
    return str(folder)


def high(terrain, **figures):
    wanted = request(**{"starts": [[29.8995, 121.8395]], **figures})
    return answer(PLAN + msgspec.json.encode(wanted), terrain)


def test_a_height_above_the_sea_is_flown_level_over_ground_that_the_site_knows(tmp_path):
    plan = geojson.loads(high(hill(tmp_path), above="sea", altitude_m=130, drones=2))
    assert {w.alt_rel_m for sortie in plan.sorties for w in sortie.path} == {110.0, 115.0}
    assert dict(plan.settings)["altitude_amsl_m"] == 130
    assert dict(plan.settings)["take_off_amsl_m"] == 20
    followed = geojson.loads(high(hill(tmp_path), above="ground", altitude_m=50))
    heights = [w.alt_rel_m for w in followed.sorties[0].path]
    assert min(heights) == pytest.approx(50, abs=1)
    assert max(heights) == pytest.approx(110, abs=2)


@pytest.mark.parametrize(
    ("figures", "word"),
    [
        ({"above": "sea", "altitude_m": 90}, "fly at 95 m or higher"),
        ({"above": "sea", "altitude_m": 24}, "lies at 20 m"),
        ({"above": "sea", "altitude_m": 900}, "880 m above take-off is more than 500 m"),
        ({"above": "sea", "altitude_m": 130, "starts": [[12.0, 13.0]]}, "not in the height file"),
    ],
)
def test_a_height_that_cannot_be_flown_says_what_could(tmp_path, figures, word):
    code, detail, _ = refusal(high(hill(tmp_path), **figures))
    assert code == "plan.impossible"
    assert word in detail


@pytest.mark.parametrize("above", ["sea", "ground"])
def test_without_heights_of_the_ground_only_those_above_take_off_are_planned(tmp_path, above):
    code, detail, _ = refusal(high("", above=above, altitude_m=130))
    assert code == "plan.impossible"
    assert "height file" in detail
    code, detail, _ = refusal(high(str(tmp_path), above=above, altitude_m=130))
    assert "holds 0 height files" in detail


def test_above_take_off_there_is_a_highest_height():
    assert "more than 500 m" in refusal(asked(altitude_m=600))[1]


def test_the_planner_knows_the_heights_of_the_site(tmp_path):
    async def plan():
        return await Planner(terrain=hill(tmp_path)).plan(request(above="sea", altitude_m=120))

    assert dict(asyncio.run(plan()).settings)["altitude_amsl_m"] == 120


def test_pictures_cap_the_speed_and_lanes_have_a_direction():
    wanted = msgspec.structs.replace(request(lane_deg=30, speed_m_s=20), swath_m=None, camera="mavic3e")
    assert fleet_of(wanted, AT_60_M).speed_m_s == 20
    assert fleet_of(wanted, AT_60_M).lane_deg == 30
    slower = msgspec.structs.replace(wanted, interval_s=2.0, front_overlap=0.8)
    assert fleet_of(slower, AT_60_M).speed_m_s == pytest.approx(13.0 * 60 / 12.29 * 0.2 / 2)
    sharp = msgspec.structs.replace(wanted, exposure_s=1 / 250)
    assert fleet_of(sharp, AT_60_M).speed_m_s == pytest.approx(17.3 * 60 / 12.29 / 5280 * 250, rel=1e-3)


def test_pictures_cap_the_speed_of_each_camera_of_a_fleet():
    kinds = [{"camera": "mavic3e", "speed_m_s": 20}, {"camera": "mavic3e", "speed_m_s": 20, "interval_s": 4}]
    wanted = request(fleet=kinds, interval_s=2.0, front_overlap=0.8)
    gap_m = 13.0 * 60 / 12.29 * 0.2
    assert [drone.speed_m_s for drone in fleet_of(wanted, AT_60_M).unlike] == pytest.approx([gap_m / 2, gap_m / 4])


def pattern(terrain="", **figures):
    asked_for = msgspec.json.decode(json.dumps(figures), type=PatternRequest)
    return answer(PATTERN + msgspec.json.encode(asked_for), terrain)


def test_patterns_take_heights_pads_and_cameras_as_plans_do(tmp_path):
    orbit = {"pattern": "orbit", "at": [29.9, 121.84], "above": "sea", "altitude_m": 130, "drones": 2}
    plan = geojson.loads(pattern(hill(tmp_path), **orbit))
    assert {w.alt_rel_m for sortie in plan.sorties for w in sortie.path} <= {110.0, 115.0}
    ring = {"pattern": "perimeter", "area": AREA, "camera": "mavic3e", "interval_s": 2, "front_overlap": 0.8}
    seen = geojson.loads(pattern(**ring, speed_m_s=20)).sorties[0]
    assert seen.speed_m_s == pytest.approx(13.0 * 60 / 12.29 * 0.2 / 2)
    assert "not both" in refusal(pattern(**ring, spacing_m=30))[1]
    line = {"type": "LineString", "coordinates": [[121.84, 29.9], [121.94, 29.9]]}
    far = {"pattern": "corridor", "line": line, "width_m": 80, "starts": [[29.9, 121.84]]}
    assert "more than a battery gives" in refusal(pattern(**far))[1]
    padded = geojson.loads(pattern(**far, pads=[[29.901, 121.89], [29.901, 121.94]]))
    assert any(sortie.lands_at_end for sortie in padded.sorties)


def test_a_route_stays_at_its_stops():
    line = {"type": "MultiPoint", "coordinates": [[121.841, 29.9], [121.842, 29.901]]}
    asked_for = {"pattern": "route", "line": line, "starts": [[29.9, 121.84]]}
    path = geojson.loads(pattern(**asked_for, stays_s=[30, 0])).sorties[0].path
    assert [waypoint.stay_s for waypoint in path] == [0.0, 30.0, 0.0, 0.0]
    assert "takes 1 stay for all or 2" in refusal(pattern(**asked_for, stays_s=[1, 2, 3]))[1]
    assert refusal(pattern(pattern="route", line={"type": "Polygon"}))[:2] == (
        "area.invalid",
        "line: holds no stops: expected Points, or one LineString",
    )


def test_what_is_left_is_planned_from_the_tracks_with_a_drone_less_and_a_new_zone():
    whole = geojson.loads(asked(drones=2, starts=[[29.8995, 121.8395]]))
    flown = tuple((w.lon_deg, w.lat_deg) for w in whole.sorties[0].path)

    async def rest(tracks, **figures):
        return await Planner().rest(RestRequest(operation="op", **figures), whole, tracks)

    left = asyncio.run(rest((flown,), drones=1))
    assert left.drones == 1
    assert left.makespan_s < 1.3 * whole.sorties[1].duration_s
    corner = [[121.8415, 29.9015], [121.843, 29.9015], [121.843, 29.903], [121.8415, 29.903], [121.8415, 29.9015]]
    zone = {
        "type": "Feature",
        "properties": {"kind": "no_fly"},
        "geometry": {"type": "Polygon", "coordinates": [corner]},
    }
    assert len(asyncio.run(rest((flown,), no_fly=zone)).no_fly) == 1
    with pytest.raises(PlanRefusedError, match="nothing is left"):
        asyncio.run(rest(tuple(tuple((w.lon_deg, w.lat_deg) for w in s.path) for s in whole.sorties)))
