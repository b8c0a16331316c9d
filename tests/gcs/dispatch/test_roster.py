"""Units as they introduce themselves and move."""

from datetime import UTC, datetime, timedelta

import pytest

from gcs.dispatch.model import Unit, UnitKind, UnitStatus
from gcs.dispatch.requests import UnitPosition, UnitReport
from gcs.dispatch.roster import moved, registered
from gcs.sightings.errors import InvalidReportError, UnitBusyError

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def report(**fields):
    return UnitReport(**{"id": "car-1", "name": "巡逻车", "kind": UnitKind.PATROL_CAR, **fields})


def test_a_new_unit_is_free_and_where_it_says():
    unit = registered(report(lat=29.9, lon=121.8), None, NOW)
    assert unit == Unit(
        id="car-1", name="巡逻车", kind=UnitKind.PATROL_CAR, lat_deg=29.9, lon_deg=121.8, position_at=NOW
    )


def test_without_a_position_it_is_nowhere_not_at_zero():
    unit = registered(report(), None, NOW)
    assert (unit.lat_deg, unit.lon_deg, unit.position_at) == (None, None, None)


def test_registering_again_keeps_duty_sighting_and_place():
    known = registered(report(lat=29.9, lon=121.8), None, NOW)
    known = Unit(**{f: getattr(known, f) for f in known.__struct_fields__} | {"status": UnitStatus.OFF})
    again = registered(report(name="新名"), known, NOW + timedelta(hours=1))
    assert (again.name, again.status, again.lat_deg, again.position_at) == ("新名", UnitStatus.OFF, 29.9, NOW)


@pytest.mark.parametrize(
    ("field", "fields"),
    [
        ("id", {"id": ""}),
        ("id", {"id": "../etc"}),
        ("id", {"id": "a b"}),
        ("id", {"id": "x" * 65}),
        ("name", {"name": "x" * 101}),
        ("lon", {"lat": 29.0}),
        ("lat", {"lon": 29.0}),
        ("lat", {"lat": 91.0, "lon": 0.0}),
        ("lat", {"lat": 0.0, "lon": 0.0}),
    ],
)
def test_what_cannot_be_is_refused_by_name(field, fields):
    with pytest.raises(InvalidReportError) as refused:
        registered(report(**fields), None, NOW)
    assert refused.value.field == field


def test_a_unit_at_work_does_not_change_worlds():
    busy = Unit(id="car-1", name="x", kind=UnitKind.PATROL_CAR, status=UnitStatus.EN_ROUTE, sighting="s")
    with pytest.raises(UnitBusyError):
        registered(report(simulated=True), busy, NOW)


def test_positions_that_come_late_do_not_move_a_unit_back():
    unit = registered(report(lat=29.9, lon=121.8), None, NOW)
    assert moved(unit, UnitPosition(lat=30.0, lon=121.0, at=NOW - timedelta(seconds=1)), NOW) is unit
    assert moved(unit, UnitPosition(lat=30.0, lon=121.0), NOW + timedelta(seconds=1)).lat_deg == 30.0


def test_a_clock_a_little_ahead_counts_as_now_and_far_ahead_is_refused():
    unit = registered(report(), None, NOW)
    assert moved(unit, UnitPosition(lat=30.0, lon=121.0, at=NOW + timedelta(minutes=4)), NOW).position_at == NOW
    with pytest.raises(InvalidReportError, match=r"^at: "):
        moved(unit, UnitPosition(lat=30.0, lon=121.0, at=NOW + timedelta(minutes=6)), NOW)
