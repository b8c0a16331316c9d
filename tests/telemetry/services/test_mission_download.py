"""Reading a vehicle's list, whatever gets lost, and what makes it start over or stop."""

import pytest
from scripted_ardupilot import HOME, ScriptedArduPilot, Transfer
from virtual_link import OWN, TARGET, VirtualLink

from simulators.autopilot.items.stored_items import stored
from simulators.network import PERFECT, Faults
from telemetry.services.mission_download import AT_A_TIME, DENIED_FOR_S, NO_PROGRESS_S, MissionDownload
from telemetry.services.mission_item import MissionItem
from telemetry.services.mission_upload import OTHER_STATION


@pytest.fixture
def vehicle(patrol):
    holding = ScriptedArduPilot()
    holding.items[0] = [HOME, *(stored(item, 0) for item in patrol(30)[1:])]
    holding.items[1] = [MissionItem(seq, 5001, 0, param1=4.0, x=seq, y=seq, autocontinue=0) for seq in range(4)]
    return holding


def _read(vehicle, faults=PERFECT, seed=1, mission_type=0):
    link = VirtualLink(vehicle, faults, seed=seed)
    return link.run(MissionDownload(TARGET, OWN, mission_type)), link


def _numbers(items):
    return [(i.seq, i.command, i.frame, i.x, i.y, round(i.z, 2)) for i in items]


def test_what_the_vehicle_holds_is_read(vehicle):
    outcome, link = _read(vehicle)
    assert _numbers(outcome.items) == _numbers(vehicle.items[0])
    assert link.sent[-1][1].message_name == "MISSION_ACK"


def test_an_empty_vehicle_holds_nothing():
    outcome, _ = _read(ScriptedArduPilot())
    assert outcome.items == ()


def test_fences_are_read_by_the_same_machine(vehicle):
    outcome, link = _read(vehicle, mission_type=1)
    assert [item.command for item in outcome.items] == [5001] * 4
    assert {message.mission_type for _, message in link.sent} == {1}


def test_a_few_are_asked_for_at_a_time(vehicle):
    _, link = _read(vehicle)
    asked_at = [at for at, message in link.sent if message.message_name == "MISSION_REQUEST_INT"]
    assert link.now_s == pytest.approx(0.1 + 0.1 * -(-30 // AT_A_TIME), abs=0.01)
    assert len(asked_at) == 30


@pytest.mark.parametrize("loss", [0.1, 0.3, 0.5])
def test_losses_are_borne(vehicle, loss):
    for seed in range(20):
        outcome, _ = _read(vehicle, Faults(loss=loss), seed)
        assert _numbers(outcome.items) == _numbers(vehicle.items[0])


def test_shuffled_and_doubled_frames_are_borne(vehicle):
    for seed in range(20):
        outcome, _ = _read(vehicle, Faults(reorder=0.5, reorder_s=1.0, duplicate=0.5, copies=2), seed)
        assert _numbers(outcome.items) == _numbers(vehicle.items[0])


def test_silence_ends_it():
    outcome, link = _read(ScriptedArduPilot(), Faults(loss=1.0))
    assert (outcome.items, link.now_s) == (None, NO_PROGRESS_S)
    assert "nothing came for 30 s" in outcome.reason


def test_while_somebody_writes_it_waits_and_then_says_so(vehicle):
    vehicle.transfers[0] = Transfer((254, 190), 5, 0, 1e9, 1e9)
    outcome, link = _read(vehicle)
    assert (outcome.items, outcome.reason) == (None, OTHER_STATION)
    assert DENIED_FOR_S <= link.now_s < DENIED_FOR_S + 2


def test_an_abandoned_upload_is_waited_for(vehicle):
    vehicle.transfers[0] = Transfer((254, 190), 5, 0, 0.0, 0.0)
    outcome, link = _read(vehicle)
    assert outcome.items is not None
    assert link.now_s > 8.0


def test_a_list_that_changes_is_read_anew(vehicle, patrol):
    link = VirtualLink(vehicle, Faults(delay_s=0.2))

    def replaced(now_s):
        vehicle.items[0] = [stored(item, 0) for item in patrol(20, shift=500)]

    link.at(0.9, replaced)
    outcome = link.run(MissionDownload(TARGET, OWN))
    assert _numbers(outcome.items) == _numbers(vehicle.items[0])


def test_a_vehicle_without_such_a_list_says_so(heard):
    machine = MissionDownload(TARGET, OWN, 1)
    machine.start(0.0)
    machine.receive(heard("MISSION_ACK", type=3, mission_type=1), 0.1)
    assert machine.outcome.reason == "the vehicle has no list of this kind"


@pytest.mark.parametrize("foreign", [{"sysid": 2}, {"to": (254, 190)}, {"mission_type": 2}])
def test_other_transfers_are_not_ours(heard, foreign):
    machine = MissionDownload(TARGET, OWN)
    machine.start(0.0)
    machine.receive(heard("MISSION_COUNT", **{"count": 0, **foreign}), 0.1)
    assert machine.outcome is None
