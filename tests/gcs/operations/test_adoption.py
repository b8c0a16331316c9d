"""What a restart makes of a sortie, by how its vehicle is found: one test a row of the table."""

from datetime import UTC, datetime

import pytest

from gcs.fleet.state import MissionProgress
from gcs.operations.adoption import UNDER_WAY, adopt, recognisable
from gcs.operations.model import SortieState, SortieStatus
from gcs.operations.progress import Observation

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
LAST = 4


@pytest.fixture
def found(vehicle_ready):
    def found(status, progress=2, **changes):
        state = vehicle_ready("sim-1", 0.0, **({"mission_hash": "ours"} | changes))
        sortie = SortieState(drone=0, sortie=0, vehicle="sim-1", status=status, progress=progress)
        return adopt(sortie, Observation(state, NOW), "ours", LAST)

    return found


@pytest.mark.parametrize("status", sorted(UNDER_WAY))
@pytest.mark.parametrize("armed", [True, False])
def test_another_mission_holds_the_sortie(found, status, armed):
    after = found(status, mission_hash="theirs", armed=armed)
    assert (after.status, after.reason) == (SortieStatus.HELD, "the vehicle holds another mission")


def test_armed_goes_on(found):
    assert found(SortieStatus.LAUNCHING, armed=True, mode="AUTO").status is SortieStatus.FLYING
    assert found(SortieStatus.LAUNCHING, armed=True, mode="AUTO").launched_at == NOW
    assert found(SortieStatus.LAUNCHING, armed=True, mode="GUIDED", landed_state=2).status is SortieStatus.FLYING
    assert found(SortieStatus.FLYING, armed=True).status is SortieStatus.FLYING
    assert found(SortieStatus.RETURNING, armed=True).status is SortieStatus.RETURNING


def test_armed_on_the_ground_with_its_mission_not_started_is_not_flying(found):
    after = found(SortieStatus.LAUNCHING, armed=True, mode="GUIDED", landed_state=1)
    assert (after.status, after.reason) == (SortieStatus.HELD, "the vehicle stands armed on the ground")


def test_disarmed_while_launching_never_took_off(found):
    assert found(SortieStatus.LAUNCHING, progress=0).status is SortieStatus.READY


@pytest.mark.parametrize("status", [SortieStatus.FLYING, SortieStatus.RETURNING])
def test_disarmed_with_its_mission_complete_is_flown(found, status):
    after = found(status, mission=MissionProgress(state=5))
    assert (after.status, after.progress, after.landed_at) == (SortieStatus.FLOWN, LAST, NOW)
    assert found(status, progress=LAST).status is SortieStatus.FLOWN


@pytest.mark.parametrize("status", [SortieStatus.FLYING, SortieStatus.RETURNING])
def test_disarmed_before_that_is_broken_off(found, status):
    after = found(status, mission=MissionProgress(state=2))
    assert after.status is SortieStatus.BROKEN_OFF
    assert "after item 2 while ground control was away" in after.reason


def test_a_vehicle_is_recognisable_once_it_is_heard_and_its_mission_was_read(vehicle_ready):
    assert recognisable(vehicle_ready("sim-1", 0.0), 1.0)
    assert not recognisable(None, 1.0)
    assert not recognisable(vehicle_ready("sim-1", 0.0), 10.0)
    assert not recognisable(vehicle_ready("sim-1", 0.0, mission_known=False), 1.0)
