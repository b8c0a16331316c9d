"""When an alarm stands, how grave it is, and when it is over."""

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from gcs.alarms import SUPERVISED_AT_MOST, AlarmBoard, Situation
from gcs.fleet.state import Battery, Gps, StatusText, VehicleState
from gcs.fleet.takeovers import Takeover
from gcs.operations.model import Operation, OperationStatus, SortieState, SortieStatus
from gcs.sightings.model import Level, Place, Sighting, Source, Supervision
from telemetry.received import Origin

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def _vehicle(**changes):
    state = VehicleState(
        id="sim-1",
        network="sim",
        sysid=1,
        autopilot=3,
        vehicle_type=2,
        mode="AUTO",
        armed=True,
        system_status=4,
        landed_state=2,
        battery=Battery(remaining_pct=80),
        gps=Gps(fix=6, satellites=10),
        ekf_flags=831,
        mission_known=True,
        last_heard_s=0.0,
        last_heartbeat_s=0.0,
    )
    return replace(state, **changes)


def _operation(status, reason="", operation=OperationStatus.FLYING):
    sortie = SortieState(drone=0, sortie=0, vehicle="sim-1", status=status, reason=reason)
    return Operation(
        id="op",
        name="n",
        purpose="p",
        plan_hash="h",
        status=operation,
        sorties=(sortie,),
        created_at=NOON,
        created_by="c",
    )


def _situation(vehicle=None, *, now_s=0.0, operation=None, off_plan_m=None):
    return Situation(
        vehicles={vehicle.id: vehicle} if vehicle else {},
        operations={operation.id: operation} if operation else {},
        off_plan_m=off_plan_m or {},
        now_s=now_s,
        utc=NOON + timedelta(seconds=now_s),
    )


def _alarms(*args, **options):
    return [(a.code, a.severity.value) for a in AlarmBoard().update(_situation(*args, **options)).raised]


def test_a_vehicle_that_is_well_gives_no_alarm():
    assert _alarms(_vehicle(), operation=_operation(SortieStatus.FLYING)) == []


def test_a_lost_link_is_critical_in_flight_and_information_on_the_ground():
    assert _alarms(_vehicle(), now_s=10.0) == [("link.lost", "critical")]
    assert _alarms(_vehicle(armed=False), now_s=10.0) == [("link.lost", "info")]


def test_an_address_that_speaks_under_a_vehicles_id_and_is_not_believed_is_a_warning():
    elsewhere = Origin("udpin://0.0.0.0:14550", "10.9.9.9:1")
    assert _alarms(_vehicle(doubted=elsewhere)) == [("vehicle.stranger", "warning")]
    assert _alarms(_vehicle(doubted=elsewhere, conflict=True)) == [("vehicle.conflict", "critical")]


def test_another_station_that_asks_for_a_vehicle_is_a_warning_until_it_is_answered():
    asked = {"sim-1": Takeover(station=254, until_s=10.0)}
    situation = Situation(vehicles={}, operations={}, off_plan_m={}, now_s=1.0, utc=NOON, takeovers=asked)
    (alarm,) = AlarmBoard().update(situation).raised
    assert (alarm.code, alarm.vehicle) == ("operator.asked", "sim-1")
    assert all("254" in text for text in alarm.text.values())


def test_a_silent_vehicle_gives_no_alarm_from_old_news():
    assert _alarms(_vehicle(battery=Battery(remaining_pct=1), ekf_flags=0), now_s=10.0) == [("link.lost", "critical")]


def test_a_vehicle_on_a_sortie_that_was_not_heard_since_a_restart():
    assert _alarms(operation=_operation(SortieStatus.FLYING)) == [("link.lost", "critical")]
    assert _alarms(operation=_operation(SortieStatus.WAITING)) == []


@pytest.mark.parametrize(
    ("battery", "alarms"),
    [
        (Battery(remaining_pct=25), []),
        (Battery(remaining_pct=24), [("battery.low", "warning")]),
        (Battery(remaining_pct=14), [("battery.low", "critical")]),
        (Battery(remaining_pct=90, failing=True), [("battery.low", "critical")]),
        (Battery(), []),
        (None, []),
    ],
)
def test_battery(battery, alarms):
    assert _alarms(_vehicle(battery=battery)) == alarms
    assert _alarms(_vehicle(battery=battery, armed=False)) == []


def test_position_estimate_and_satellites():
    assert _alarms(_vehicle(ekf_flags=37)) == [("ekf.bad", "critical")]
    assert _alarms(_vehicle(gps=Gps(fix=1))) == [("gps.lost", "critical")]
    assert _alarms(_vehicle(ekf_flags=37, gps=Gps(fix=1), armed=False)) == []


@pytest.mark.parametrize(
    ("texts", "breached"),
    [
        (["Polygon fence breached"], True),
        (["Max Alt fence breached", "Mission: 3 WP"], True),
        (["Polygon fence breached", "Fence breach cleared"], False),
        (["Arm: Vehicle breaching Polygon fence"], False),
    ],
)
def test_fence(texts, breached):
    said = tuple(StatusText(severity=5, text=text, at=NOON) for text in texts)
    assert _alarms(_vehicle(texts=said)) == ([("fence.breached", "critical")] if breached else [])


def test_an_unknown_mission_matters_to_who_is_to_fly_it():
    unknown = _vehicle(mission_known=False)
    assert _alarms(unknown, operation=_operation(SortieStatus.FLYING)) == [("mission.unknown", "warning")]
    assert _alarms(unknown) == []


def test_sorties_in_trouble_carry_their_reason():
    board = AlarmBoard()
    trouble = _operation(SortieStatus.BROKEN_OFF, "arming was refused")
    (alarm,) = board.update(_situation(_vehicle(), operation=trouble)).raised
    assert (alarm.code, alarm.vehicle) == ("sortie.broken_off", "sim-1")
    assert "arming was refused" in alarm.text["en"]
    assert "arming was refused" in alarm.text["zh"]
    assert _alarms(_vehicle(), operation=_operation(SortieStatus.HELD)) == [("sortie.held", "critical")]
    assert _alarms(_vehicle(), operation=replace(trouble, status=OperationStatus.CLOSED)) == []


def test_off_its_plan():
    assert _alarms(_vehicle(), off_plan_m={"sim-1": 61.0}) == [("vehicle.off_plan", "warning")]
    assert _alarms(_vehicle(), off_plan_m={"sim-1": 59.0}) == []


def test_an_alarm_is_told_once_and_cleared_when_it_has_been_over_for_a_while():
    board = AlarmBoard()
    low, well = (_vehicle(battery=Battery(remaining_pct=p)) for p in (20, 80))
    (alarm,) = board.update(_situation(low, now_s=0.0)).raised
    assert board.update(_situation(low, now_s=1.0)).raised == ()
    assert board.update(_situation(well, now_s=2.0)).cleared == ()
    assert board.update(_situation(low, now_s=3.0)).raised == ()
    assert board.alarms[alarm.id].at == NOON
    heard = replace(well, last_heard_s=7.0)
    assert board.update(_situation(heard, now_s=7.0)).cleared == (alarm.id,)
    assert not board.alarms


def test_an_alarm_that_gets_worse_is_told_again_and_loses_its_acknowledgement():
    board = AlarmBoard()
    (alarm,) = board.update(_situation(_vehicle(battery=Battery(remaining_pct=20)))).raised
    assert board.acknowledge(alarm.id).acknowledged
    assert board.update(_situation(_vehicle(battery=Battery(remaining_pct=20)))).raised == ()
    (worse,) = board.update(_situation(_vehicle(battery=Battery(remaining_pct=10)))).raised
    assert (worse.id, worse.severity.value, worse.acknowledged) == (alarm.id, "critical", False)


def test_acknowledging_what_is_over_changes_nothing():
    assert AlarmBoard().acknowledge("battery.low:sim-1") is None


def test_thousands_of_sightings_that_wait_leave_room_for_a_vehicle_that_is_lost():
    def waits(number):
        level = Level.RED if number == 4999 else Level.AMBER
        return Sighting(
            id=f"s-{number}", klass="crowd", priority=2, place=Place(lat_deg=29.9, lon_deg=121.8), seen_at=NOON,
            received_at=NOON, source=Source(kind="person"),
            supervised=Supervision(level=level, reason="nobody_free", since=NOON),
        )  # fmt: skip

    sightings = {sighting.id: sighting for sighting in map(waits, range(5000))}
    board = AlarmBoard()
    for vehicles, now_s in (({}, 0.0), ({"sim-1": _vehicle()}, 60.0)):
        board.update(
            Situation(vehicles=vehicles, operations={}, off_plan_m={}, now_s=now_s, utc=NOON, sightings=sightings)
        )
    assert "link.lost:sim-1" in board.alarms
    assert "sighting.supervised:s-4999" in board.alarms, "the gravest is among those told"
    assert len(board.alarms) == SUPERVISED_AT_MOST + 1


def test_a_sighting_that_takes_too_long_is_an_alarm_until_somebody_deals_with_it():
    late = Supervision(level=Level.AMBER, reason="late", since=NOON)
    sighting = Sighting(
        id="s-1", klass="crowd", priority=2, place=Place(lat_deg=29.9, lon_deg=121.8), seen_at=NOON, received_at=NOON,
        source=Source(kind="person"), supervised=late,
    )  # fmt: skip
    board = AlarmBoard()

    def look(now_s, supervised):
        sightings = {"s-1": replace(sighting, supervised=supervised)}
        board.update(
            Situation(
                vehicles={},
                operations={},
                off_plan_m={},
                now_s=now_s,
                utc=NOON,
                sightings=sightings,
                classes={"crowd": ("人员聚集", "Crowd")},
            )
        )
        return [(alarm.severity.value, alarm.sighting, alarm.text["en"]) for alarm in board.alarms.values()]

    assert look(0.0, late) == [("warning", "s-1", "Crowd: the unit is late")]
    assert look(1.0, replace(late, level=Level.RED, reason="unsettled"))[0][0] == "critical"
    assert look(10.0, None) == []
