"""What many sightings say together."""

import csv
import io
from datetime import timedelta, timezone

import msgspec
import pytest
import shapely
from msgspec.structs import replace
from pyproj import Geod

from gcs.sightings.analysis import by_class, by_site, durations, heat
from gcs.sightings.analysis_files import heat_geojson, sightings_csv
from gcs.sightings.workflow import Action, Asked, take
from missions.patrol.site_weights import busy_windows, read_weights

from .conftest import NOW

BEIJING = timezone(timedelta(hours=8))
METRE = 1 / 111_320


@pytest.fixture
def settled(make):
    """A sighting of some days ago that was accepted, arrived at and resolved after so many seconds."""

    def settled(accept=60, arrive=300, resolve=900, days_ago=0.0, **fields):
        seen = NOW - timedelta(days=days_ago)
        sighting = replace(make(**fields), seen_at=seen, received_at=seen)
        for action, after_s in (
            (Action.ASSIGN, 1), (Action.ACCEPT, accept), (Action.ARRIVE, arrive), (Action.RESOLVE, resolve),
        ):  # fmt: skip
            unit = "car-1" if action is Action.ASSIGN else None
            sighting = take(sighting, Asked(action, seen + timedelta(seconds=after_s), "x", unit, "", "done"))
        return sighting

    return settled


def test_how_long_the_steps_took(settled, make):
    took = durations(settled(70, 400, 1000))
    assert (took.accept_s, took.arrive_s, took.resolve_s) == (70, 400, 1000)
    assert durations(make()).accept_s is None


def test_figures_by_class(settled, make):
    many = [settled(accept=10 * i) for i in range(1, 11)]
    dismissed = take(make(klass="flooding"), Asked(Action.DISMISS, NOW, "x", note="dry"))
    crowd, flooding = by_class([*many, dismissed], BEIJING)
    assert (crowd.klass, crowd.count, crowd.resolved, crowd.dismissed) == ("crowd", 10, 10, 0)
    assert (crowd.accept.count, crowd.accept.median_s, crowd.accept.p90_s) == (10, 55, 90)
    assert (flooding.dismissed, flooding.accept) == (1, None)
    assert [hour for hour, count in enumerate(crowd.by_hour) if count] == [20]
    assert sum(crowd.by_hour) == 10


def test_heat_counts_by_place_and_weighs_what_is_urgent_and_recent(make, settled):
    near = [settled(days_ago=d, lat=29.9 + i * METRE) for i, d in enumerate((0.0, 1.0, 1.1))]
    urgent = make(lat=29.92, klass="accident")
    old = settled(days_ago=28.0, lat=29.94)
    nothing = take(make(lat=29.96), Asked(Action.DISMISS, NOW, "x", note="shadow"))
    cells = heat([*near, urgent, old, nothing], NOW, BEIJING)
    assert [cell.count for cell in cells] == [3, 1, 1]
    assert [cell.days for cell in cells] == [2, 1, 1]
    assert cells[1].klass == "accident"
    assert [cell.weight for cell in cells] == pytest.approx([4 * (1 + 2 * 0.95), 8.0, 1.0], abs=0.05)
    assert heat([], NOW, BEIJING) == ()


def test_sites_say_where_and_when_to_look_next_as_the_planner_takes_it(make, settled):
    def at(site, hours_ago=0.0, **fields):
        return replace(settled(days_ago=hours_ago / 24, **fields), site=site)

    nothing = replace(take(make(), Asked(Action.DISMISS, NOW, "x", note="shadow")), site="park")
    seen = [at("gate"), at("gate", 24.0), at("gate", 1.0, klass="accident"), at("village", 5.0), at(None), nothing]
    gate, village, park = by_site(seen, ["park", "village", "gate"], NOW, BEIJING)
    assert [f.site for f in (gate, village, park)] == ["gate", "village", "park"]
    assert (gate.count, gate.days, gate.klass, gate.share) == (3, 2, "crowd", 1.0)
    assert [hour for hour, weight in enumerate(gate.by_hour) if weight] == [19, 20]
    assert sum(gate.by_hour) == pytest.approx(gate.weight, abs=0.01)
    assert village.share == pytest.approx(village.weight / gate.weight, abs=0.001)
    assert (park.count, park.klass, park.weight, park.share) == (0, None, 0.0, 0.0)
    assert [f.share for f in by_site([], ["park"], NOW, BEIJING)] == [0.0]
    weights = read_weights(msgspec.json.encode({"sites": (gate, village, park)}), "answer")
    assert busy_windows(weights["gate"]) == ((19 * 3600.0, 21 * 3600.0),)


def test_cells_are_squares_that_hold_their_sightings(make):
    seen = [make(lat=29.9 + i * 37 * METRE, lon=121.84 + i * 53 * METRE) for i in range(30)]
    cells = heat(seen, NOW, BEIJING)
    assert sum(cell.count for cell in cells) == 30
    document = heat_geojson(cells)
    shapes = [shapely.geometry.shape(feature["geometry"]) for feature in document["features"]]
    for sighting in seen:
        point = shapely.Point(sighting.place.lon_deg, sighting.place.lat_deg)
        assert sum(shape.buffer(1e-9).contains(point) for shape in shapes) >= 1
    for cell in cells:
        middle = (cell.south_deg + cell.north_deg) / 2
        geod = Geod(ellps="WGS84")
        assert geod.inv(cell.west_deg, middle, cell.east_deg, middle)[2] == pytest.approx(100, abs=1)
        assert geod.inv(cell.west_deg, cell.south_deg, cell.west_deg, cell.north_deg)[2] == pytest.approx(100, abs=1)
    assert max(feature["properties"]["share"] for feature in document["features"]) == 1.0


def test_csv_reads_back_and_holds_no_formula(settled, make, catalogue):
    text = sightings_csv([settled(), make(note='=HYPERLINK("http://x")\n"quoted", 逗号')], catalogue)
    first, second = csv.DictReader(io.StringIO(text))
    assert (first["zh"], first["accept_s"], first["status"]) == ("人员聚集", "60.0", "resolved")
    assert second["note"].startswith("'=HYPERLINK")
    assert second["note"].endswith('\n"quoted", 逗号')
    assert second["ce90_m"] == ""
