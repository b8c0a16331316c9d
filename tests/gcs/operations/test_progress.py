"""What a sortie's status follows from."""

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from gcs.fleet.state import MissionProgress, StatusText
from gcs.operations.model import SortieState, SortieStatus
from gcs.operations.progress import Observation, advance, last_waypoint
from telemetry.services.mission_item import MissionItem

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
LAST = 4


def _sortie(status=SortieStatus.FLYING, progress=0):
    return SortieState(drone=0, sortie=0, vehicle="sim-1", status=status, progress=progress, launched_at=NOON)


def _mission(current=None, reached=None, state=3):
    return MissionProgress(current=current, reached=reached, total=5, state=state)


@pytest.fixture
def look(vehicle_ready):
    def look(sortie, **changes):
        flying = {"armed": True, "mode": "AUTO", "landed_state": 2}
        state = vehicle_ready("sim-1", 0.0, **(flying | changes))
        return advance(sortie, Observation(state, NOON + timedelta(minutes=5)), LAST)

    return look


def test_the_last_waypoint_is_what_comes_before_the_way_home():
    items = [MissionItem(seq=n, command=c) for n, c in enumerate((16, 22, 178, 16, 16, 20))]
    assert last_waypoint(tuple(items)) == 4
    assert last_waypoint((MissionItem(seq=0, command=16),)) == 0


def test_progress_is_what_was_reached_or_what_lies_before_the_current_item(look):
    assert look(_sortie(), mission=_mission(current=3)).progress == 2
    assert look(_sortie(), mission=_mission(current=2, reached=3)).progress == 3
    assert look(_sortie(progress=3), mission=_mission(current=2)).progress == 3


def test_nothing_new_gives_the_same_object(look):
    sortie = _sortie(progress=2)
    assert look(sortie, mission=_mission(current=3)) is sortie


def test_a_mission_that_has_not_started_says_nothing_about_progress(look):
    assert look(_sortie(), mode="GUIDED", mission=_mission(current=4)).progress == 0
    assert look(_sortie(), mission=_mission(current=4, state=2)).progress == 0


def test_beyond_the_last_waypoint_the_vehicle_is_returning(look):
    after = look(_sortie(), mission=_mission(current=5))
    assert (after.status, after.progress) == (SortieStatus.RETURNING, LAST)


@pytest.mark.parametrize("mode", ["RTL", "LAND", "SMART_RTL", "AUTO_RTL"])
def test_a_mode_that_goes_home_is_returning(look, mode):
    assert look(_sortie(), mode=mode, mission=_mission(current=3)).status is SortieStatus.RETURNING


def test_a_vehicle_put_back_into_its_mission_is_flying_again(look):
    assert look(_sortie(SortieStatus.RETURNING), mission=_mission(current=3)).status is SortieStatus.FLYING


def test_a_pilot_who_takes_over_does_not_change_the_status(look):
    assert look(_sortie(), mode="GUIDED", mission=_mission(current=3)).status is SortieStatus.FLYING
    assert look(_sortie(SortieStatus.RETURNING), mode="GUIDED").status is SortieStatus.RETURNING


def test_landed_after_the_last_waypoint_is_flown(look):
    after = look(_sortie(SortieStatus.RETURNING, LAST), armed=False, landed_state=1, mission=_mission(0, state=5))
    assert after.status is SortieStatus.FLOWN
    assert (after.landed_at, after.battery_end_pct) == (NOON + timedelta(minutes=5), 100)


def test_landed_before_it_is_broken_off_with_what_the_vehicle_said(look):
    said = (
        StatusText(severity=4, text="Battery Failsafe", at=NOON - timedelta(hours=1)),
        StatusText(severity=6, text="Mission: 3 WP", at=NOON + timedelta(minutes=1)),
        StatusText(severity=4, text="GCS Failsafe", at=NOON + timedelta(minutes=2)),
    )
    after = look(_sortie(progress=2), armed=False, mode="RTL", texts=said)
    assert after.status is SortieStatus.BROKEN_OFF
    assert after.reason == "landed in RTL after item 2: GCS Failsafe"


def test_the_last_item_reached_only_by_its_message_counts(look):
    after = look(_sortie(progress=3), armed=False, mission=_mission(current=0, reached=5, state=5))
    assert after.status is SortieStatus.FLOWN


@pytest.mark.parametrize("status", sorted(set(SortieStatus) - {SortieStatus.FLYING, SortieStatus.RETURNING}))
def test_a_sortie_that_is_not_in_flight_is_left_alone(look, status):
    sortie = replace(_sortie(), status=status)
    assert look(sortie, armed=False) is sortie
