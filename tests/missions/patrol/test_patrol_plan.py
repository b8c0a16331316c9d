"""A day of patrol: deadlines kept stretch by stretch, from the base and from swap pads, with few drones and fewer."""

import csv
import io
import json
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
import shapely

from missions.areas.area import AreaError
from missions.fleet import FleetSpec, PlanError
from missions.formats import patrol as formats
from missions.geodesy import LocalFrame
from missions.lines.pattern_plan import plan_pattern
from missions.patrol.patrol_file import read_patrol
from missions.patrol.patrol_plan import PatrolAsk, plan_day
from missions.patrol.site_weights import SiteWeight
from missions.patterns.pattern import Pattern

FRAME = LocalFrame(121.84, 29.9)
HOUR = 3600.0


def point(x, y, **properties):
    lon, lat = FRAME.to_lon_lat(np.array([(x, y)]))[0]
    return {
        "type": "Feature",
        "properties": properties,
        "geometry": {"type": "Point", "coordinates": [float(lon), float(lat)]},
    }


def box(west, south, east, north, **properties):
    ring = [(west, south), (east, south), (east, north), (west, north), (west, south)]
    return {
        "type": "Feature",
        "properties": properties,
        "geometry": {"type": "Polygon", "coordinates": [FRAME.to_lon_lat(np.array(ring, dtype=float)).tolist()]},
    }


BASE = point(0, 0, kind="base")
TOWN = [
    point(400, 100, name="north gate", deadline_s=600, dwell_s=20, priority=5),
    point(-500, 300, name="market", deadline_s=1200, dwell_s=20),
    point(200, -600, name="bridge", deadline_s=1200, dwell_s=20, priority=2),
    point(-300, -400, name="yard", deadline_s=2400, dwell_s=20, priority=1),
]


def patrol(*features, **options):
    return read_patrol(json.dumps({"type": "FeatureCollection", "features": features}).encode(), "sites", **options)


def check(day):
    """Every kept site is looked at again in time, by drones that are in one place at a time within their battery."""
    spots = {place.id: FRAME.to_local(np.array([place.at]))[0] for place in day.patrol.places}
    stands = FRAME.to_local(np.array(day.patrol.stands))
    for stretch in day.stretches:
        for site, moments in formats.visits_of(stretch).items():
            task = next(each for each in stretch.kept if each.id == site)
            seen = [*moments, stretch.end_s]
            flight_s = day.ask.usable_s or task.deadline_s
            assert seen[0] - stretch.begin_s <= task.deadline_s + flight_s + day.ask.swap_s
            assert max((b - a for a, b in pairwise(seen)), default=0.0) <= task.deadline_s + 1e-6
        for task in stretch.tasks:
            places = [(at, spots[site]) for at, site in task.day.visits]
            for land, leave in task.day.bases or ():
                places += [(land, stands[task.stand]), (leave, stands[task.stand])]
            for (before, a), (after, b) in pairwise(sorted(places, key=lambda each: each[0])):
                assert np.hypot(*(b - a)) <= day.ask.speed_m_s * (after - before) + 0.1
            for (_, leave), (land, _) in pairwise(task.day.bases or ()):
                assert land - leave <= day.ask.usable_s + 1e-6


@pytest.mark.parametrize("usable_s", [None, 1200.0])
def test_every_deadline_is_kept_and_told_how_many_drones_that_takes(usable_s):
    day = plan_day(patrol(BASE, *TOWN), PatrolAsk(end_s=3 * HOUR, usable_s=usable_s))
    check(day)
    assert day.needed == len(day.stretches[0].tasks) >= 1
    assert day.stretches[0].left_out == ()


def test_sites_far_from_the_base_are_kept_from_a_pad_that_saves_drones():
    far = [point(6000 + x, y, name=f"far {x}", deadline_s=700, dwell_s=20) for x, y in ((0, 300), (300, 0))]
    ask = PatrolAsk(end_s=3 * HOUR, usable_s=1500.0)
    alone = plan_day(patrol(BASE, *TOWN, *far), ask)
    with_pad = plan_day(patrol(BASE, point(6000, 0, kind="pad"), *TOWN, *far), ask)
    check(alone)
    check(with_pad)
    assert with_pad.needed < alone.needed
    assert {task.stand for task in with_pad.stretches[0].tasks} == {0, 1}
    assert with_pad.ferry_s == pytest.approx((0.0, 605.0), abs=3.0)


def test_a_site_out_of_reach_of_the_base_is_kept_from_a_pad_or_named():
    lonely = point(9000, 0, name="lonely", deadline_s=900)
    with pytest.raises(PlanError, match="out of reach"):
        plan_day(patrol(BASE, lonely), PatrolAsk())
    day = plan_day(
        patrol(BASE, lonely, pads=(tuple(point(8800, 0)["geometry"]["coordinates"]),)), PatrolAsk(end_s=HOUR)
    )
    assert {task.stand for task in day.stretches[0].tasks} == {1}
    with pytest.raises(PlanError, match="swap pad is 1505 s from the base"):
        plan_day(patrol(BASE, point(15000, 0, kind="pad"), lonely), PatrolAsk())


def test_windows_of_the_day_make_stretches_and_a_lost_drone_another():
    school = point(900, 900, kind="school_gate", name="school")
    ask = PatrolAsk(begin_s=6 * HOUR, end_s=10 * HOUR, drones=2, drop_outs=(7.5 * HOUR,), usable_s=None)
    day = plan_day(patrol(BASE, *TOWN, school), ask)
    check(day)
    assert [(s.begin_s / HOUR, s.end_s / HOUR) for s in day.stretches] == [(6, 7), (7, 7.5), (7.5, 8.5), (8.5, 10)]
    assert [len(stretch.tasks) for stretch in day.stretches[2:]] == [1, 1]
    names = {place.id: place.name for place in day.patrol.places}
    assert "school" not in [names[site] for stretch in day.stretches for site in stretch.left_out]
    assert {names[site] for site in day.stretches[2].left_out} <= {"market", "yard", "bridge"}


def test_a_site_that_asks_for_too_much_leaves_room_for_those_behind_it():
    greedy = point(2500, 0, name="fair", deadline_s=320, dwell_s=20, priority=9)
    day = plan_day(patrol(BASE, *TOWN, greedy), PatrolAsk(end_s=HOUR, drones=1))
    (stretch,) = day.stretches
    assert stretch.needed is not None
    assert stretch.needed > 1
    assert len(stretch.tasks) == 1
    assert formats.names(day, stretch.left_out) == ["fair"]
    check(day)


def test_the_second_day_is_like_the_first():
    day = plan_day(patrol(BASE, point(300, 0, deadline_s=900, windows=["22:00-24:00"])), PatrolAsk(end_s=48 * HOUR))
    assert [(s.begin_s / HOUR, s.end_s / HOUR) for s in day.stretches] == [(22, 24), (46, 48)]


def test_moments_differ_by_the_seed_and_are_kept_all_the_same():
    found = patrol(BASE, *TOWN)
    ask = PatrolAsk(end_s=3 * HOUR, jitter=0.15, seed=1)
    one, again, other = (plan_day(found, each) for each in (ask, ask, replace(ask, seed=2)))
    for day in (one, other):
        check(day)
    assert one.stretches == again.stretches
    assert one.stretches != other.stretches


def test_nobody_flies_through_a_zone():
    zone = box(150, -200, 250, 400, kind="no_fly")
    free, closed = (plan_day(patrol(BASE, *TOWN, *each), PatrolAsk(end_s=HOUR)) for each in ((), (zone,)))
    check(closed)
    first = [task.day.visits[0][0] for day in (free, closed) for task in day.stretches[0].tasks]
    assert first[0] != first[-1]
    shape = shapely.Polygon(zone["geometry"]["coordinates"][0])
    ways = [f["way"] for task in formats.to_json(closed)["stretches"][0]["schedule"] for f in task["flights"]]
    assert not any(shapely.LineString([(lon, lat) for lat, lon in way]).intersects(shape) for way in ways)
    flights = [f for f in json.loads(formats.dumps_geojson(closed))["features"] if f["properties"]["kind"] == "flight"]
    assert flights
    assert not any(shapely.LineString(f["geometry"]["coordinates"]).intersects(shape) for f in flights)
    with pytest.raises(PlanError, match="lies in a no-fly zone"):
        plan_day(patrol(BASE, *TOWN, box(300, 0, 500, 200, kind="no_fly")), PatrolAsk())


def test_busy_hours_are_visited_more_often():
    weight = SiteWeight(site="1", share=1.0, by_hour=(0.0,) * 8 + (1.0,) + (0.0,) * 15)
    day = plan_day(
        patrol(point(300, 0, deadline_s=1200), BASE, weights={"1": weight}),
        PatrolAsk(begin_s=7 * HOUR, end_s=10 * HOUR),
    )
    assert [stretch.kept[0].deadline_s for stretch in day.stretches] == [1200.0, 600.0, 1200.0]


def test_the_schedule_as_json_csv_and_geojson():
    hostile = point(100, 100, name='=HYPERLINK("x")', deadline_s=900)
    day = plan_day(patrol(BASE, *TOWN, hostile), PatrolAsk(end_s=HOUR))
    document = json.loads(formats.dumps_json(day))
    assert document["drones_needed"] == day.needed
    assert all(site["longest_gap_s"] <= site["deadline_s"] for site in document["stretches"][0]["sites"])
    rows = list(csv.reader(io.StringIO(formats.dumps_csv(day))))
    assert tuple(rows[0]) == formats.CSV_HEAD
    assert [float(row[1]) for row in rows[1:]] == sorted(float(row[1]) for row in rows[1:])
    assert {row[3] for row in rows[1:]} == {"take-off", "visit", "landing"}
    assert not any(cell.startswith("=") for row in rows for cell in row)
    drawn = json.loads(formats.dumps_geojson(day))
    assert {feature["properties"]["kind"] for feature in drawn["features"]} == {"site", "base", "flight"}
    flights = [f["properties"] for f in drawn["features"] if f["properties"]["kind"] == "flight"]
    assert all(len(flight["stays_s"]) == len(flight["visits_s"]) for flight in flights)


@pytest.mark.parametrize("jitter", [0.0, 0.15])
def test_a_flight_of_the_schedule_can_be_flown_as_a_route_that_stays_at_its_sites(jitter):
    day = plan_day(patrol(BASE, *TOWN), PatrolAsk(end_s=HOUR, jitter=jitter, seed=3))
    flights = [flight for task in formats.to_json(day)["stretches"][0]["schedule"] for flight in task["flights"]]
    flown = [flight for flight in flights if flight["stops"]]
    assert flown
    for flight in flown[:12]:
        stops = flight["stops"]
        line = np.array([(stop["lon"], stop["lat"]) for stop in stops])
        lat, lon = flight["way"][0]
        fleet = FleetSpec(swath_m=20.0, starts=((lon, lat),), endurance_s=3000.0)
        route = Pattern(line=line, stays_s=tuple(stop["stay_s"] for stop in stops), spacing_m=20.0)
        (sortie,) = plan_pattern("route", route, fleet).sorties
        aloft_s = sortie.duration_s - fleet.vertical_s(fleet.altitude_m)
        assert aloft_s == pytest.approx(flight["land_s"] - flight["take_off_s"], abs=3.0), "as long as in the schedule"
        assert all(stop["stay_s"] >= 20.0 for stop in stops), "nobody leaves before the dwell is over"


@pytest.mark.parametrize(
    ("features", "says"),
    [
        ([], "no FeatureCollection with sites"),
        ([BASE], "holds no site"),
        ([TOWN[0]], "holds 0 bases"),
        ([BASE, BASE, TOWN[0]], "holds 2 bases"),
        ([BASE, point(0, 9, kind="castle")], "feature 2: no kind of site 'castle'"),
        ([BASE, point(0, 9)], "feature 2: needs the kind of a site"),
        ([BASE, point(0, 9, deadline_s="soon")], "deadline_s is 'soon'"),
        ([BASE, point(0, 9, deadline_s=-5)], "feature 2: site 2"),
        ([BASE, point(0, 9, deadline_s=float("1e999"))], "not a number|Infinity|JSON"),
        ([BASE, point(0, 9, deadline_s=60, windows=["9-10"])], "window '9-10'"),
        ([BASE, point(0, 9, deadline_s=60, windows=["10:00-09:00"])], "window '10:00-09:00'"),
        ([BASE, {"type": "Feature", "properties": {"deadline_s": 60}, "geometry": None}], "feature 2: has no geometry"),
        ([BASE, {"type": "Feature", "properties": {"deadline_s": 60}, "geometry": {"type": "Blob"}}], "is no Point"),
        ([BASE, {**TOWN[0], "geometry": {"type": "Point", "coordinates": [200, 0]}}], "feature 2"),
        ([BASE, box(0, 0, 0, 0, kind="no_fly"), TOWN[0]], "feature 2"),
        ([BASE, *[point(i, 50, kind="pad") for i in range(21)], TOWN[0]], "21 swap pads"),
    ],
)  # fmt: skip
def test_a_file_without_sense_is_refused_with_its_place(features, says):
    with pytest.raises(AreaError, match=says):
        patrol(*features)


@pytest.mark.parametrize("wrong", [{"begin_s": 10.0, "end_s": 5.0}, {"drones": 0}, {"end_s": 1e9}])
def test_what_is_asked_has_to_make_sense(wrong):
    with pytest.raises(PlanError):
        PatrolAsk(**wrong)
