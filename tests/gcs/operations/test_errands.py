"""Where a drone was sent stands until it does something else."""

import pytest
from msgspec.structs import replace

from gcs.fleet.state import Position
from gcs.operations.errands import ASTRAY_M, TAKEN_WITHIN_S, Errands

LAT, LON = 29.9, 121.84
NORTH_M = 1 / 111_320
PLACE = (LON, LAT + 500 * NORTH_M)


def at(north_m, east_m=0.0):
    return Position(lat_deg=LAT + north_m * NORTH_M, lon_deg=LON + east_m / 96_500, alt_rel_m=50.0, alt_amsl_m=62.0)


@pytest.fixture
def flying(vehicle_ready):
    def flying(now_s=10.0, **changes):
        in_air = {"armed": True, "mode": "GUIDED", "landed_state": 2, "position": at(0)}
        return vehicle_ready("sim-1", now_s, **(in_air | changes))

    return flying


@pytest.fixture
def errands(flying):
    sent = Errands()
    sent.note(flying(), PLACE, 60.0, 10.0)
    return sent


def test_its_height_is_kept_above_the_sea(errands, flying):
    errand = errands.of(flying())
    assert (errand.place, errand.alt_amsl_m) == (PLACE, 72.0)


def test_it_stands_on_the_way_and_where_it_waits(errands, flying):
    assert errands.of(flying(40.0, position=at(250)))
    assert errands.of(flying(400.0, position=at(500)))


def test_the_heartbeat_before_the_command_took_effect_ends_nothing(errands, flying):
    assert errands.of(flying(10.0 + TAKEN_WITHIN_S, mode="LOITER"))
    assert errands.of(flying(20.0))


@pytest.mark.parametrize("changes", [{"mode": "RTL"}, {"armed": False}, {"position": at(250, ASTRAY_M + 5)}])
def test_it_ends_when_the_drone_does_something_else(errands, flying, changes):
    assert errands.of(flying(20.0, **changes)) is None
    assert errands.of(flying(21.0)) is None, "it is forgotten, not hidden"


def test_a_new_one_takes_its_place(errands, flying):
    errands.note(flying(position=at(500)), (LON, LAT), 40.0, 30.0)
    assert errands.of(flying(31.0, position=at(400))).place == (LON, LAT)


def test_without_a_height_nothing_is_made_up(errands, flying):
    errands.note(replace(flying(), position=None), PLACE, 60.0, 30.0)
    assert errands.of(flying(31.0)) is None
