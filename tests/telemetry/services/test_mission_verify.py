"""Upload, read back, compare: verified only when the vehicle holds exactly what it should."""

from dataclasses import replace

import pytest
from scripted_ardupilot import ScriptedArduPilot, through_the_wire
from virtual_link import OWN, TARGET, VirtualLink

from simulators.autopilot.items.stored_items import stored
from simulators.network import PERFECT, Faults
from telemetry.messages import new
from telemetry.services.mission_item import MissionItem, from_message, mission_hash, to_message
from telemetry.services.mission_upload import OTHER_STATION
from telemetry.services.mission_verify import MAX_ATTEMPTS, MissionTransfer, TransferOutcome

FENCE, RALLY = 1, 2


def _run(vehicle, items, faults=PERFECT, *, seed=1, mission_type=0, link=None):
    link = link or VirtualLink(vehicle, faults, seed=seed)
    return link.run(MissionTransfer(TARGET, OWN, items, mission_type)), link


def _kept(items, mission_type=0):
    return [
        stored(from_message(through_the_wire(to_message(item, TARGET, mission_type))), mission_type) for item in items
    ]


def test_a_clean_link(patrol):
    vehicle, items = ScriptedArduPilot(), patrol(40)
    outcome, _ = _run(vehicle, items)
    assert (outcome.verified, outcome.attempts, outcome.reason) == (True, 1, "")
    assert vehicle.items[0][1:] == _kept(items[1:])


def test_what_is_read_back_has_the_hash_of_what_was_planned(patrol):
    vehicle, items = ScriptedArduPilot(), patrol(40)
    _run(vehicle, items)
    assert mission_hash(vehicle.items[0]) == mission_hash(items)


def test_an_older_longer_mission_leaves_nothing_behind(patrol):
    vehicle = ScriptedArduPilot()
    vehicle.items[0] = _kept(patrol(60, shift=9999))
    outcome, _ = _run(vehicle, patrol(10), Faults(loss=0.3))
    assert outcome.verified
    assert len(vehicle.items[0]) == 10


class Quirk(ScriptedArduPilot):
    """A vehicle with one habit that breaks uploads; `swallow` says which of its messages are never heard."""

    def __init__(self, swallow=lambda message: False, **fields):
        super().__init__(**fields)
        self.swallow = swallow

    def take(self, message, sender, now_s):
        return [said for said in super().take(message, sender, now_s) if not self.swallow(said)]


def test_the_last_answer_may_always_be_lost(patrol):
    vehicle = Quirk(lambda said: said.message_name == "MISSION_ACK" and said.type == 0)
    outcome, _ = _run(vehicle, patrol(10))
    assert outcome.verified


def test_every_acknowledgement_may_always_be_lost(patrol):
    vehicle = Quirk(lambda said: said.message_name == "MISSION_ACK")
    assert _run(vehicle, patrol(10))[0].verified


def test_an_interrupted_upload_is_begun_again(patrol):
    vehicle = ScriptedArduPilot()
    link = VirtualLink(vehicle, Faults(cuts=((1.0, 11.0),)))
    outcome, _ = _run(vehicle, patrol(30), link=link)
    assert (outcome.verified, outcome.attempts) == (True, 2)


def test_a_reboot_in_the_middle_is_survived(patrol):
    vehicle = ScriptedArduPilot()
    link = VirtualLink(vehicle)
    link.at(1.0, lambda now_s: vehicle.reboot())
    outcome, _ = _run(vehicle, patrol(30), link=link)
    assert (outcome.verified, outcome.attempts) == (True, 2)


def test_a_mission_that_stays_different_is_not_verified(patrol):
    """Somebody, or something, changes an item after every upload."""

    class Meddling(ScriptedArduPilot):
        def _mission_request_list(self, message, sender, now_s):
            self.items[0][5] = replace(self.items[0][5], z=1.0)
            return super()._mission_request_list(message, sender, now_s)

    outcome, _ = _run(Meddling(), patrol(10))
    assert not outcome.verified
    assert outcome.reason == "it holds something else: item 5: z is 1, not 31.85"
    assert outcome.attempts < MAX_ATTEMPTS


def test_an_item_that_cannot_be_flown_is_named_and_not_tried_again(patrol):
    items = (*patrol(5)[:-1], MissionItem(4, 176))
    outcome, _ = _run(ScriptedArduPilot(), items)
    assert (outcome.verified, outcome.attempts) == (False, 1)
    assert outcome.reason == "the vehicle refuses item 4 (command 176): UNSUPPORTED"


def test_another_station_is_named(patrol):
    vehicle = ScriptedArduPilot()
    vehicle.take(new("MISSION_COUNT", count=5), (254, 190), 0.0)
    outcome, link = _run(vehicle, patrol(10))
    assert (outcome.verified, outcome.reason) == (False, OTHER_STATION)
    assert link.now_s < 2.0


def test_a_vehicle_that_goes_away_is_given_up(patrol):
    outcome, link = _run(ScriptedArduPilot(), patrol(30), Faults(cuts=((1.0, 1e9),)))
    assert not outcome.verified
    assert "for 30 s" in outcome.reason
    assert link.now_s < 60


def test_a_vehicle_that_cannot_be_read_back_is_not_verified(patrol):
    vehicle = Quirk(lambda said: said.message_name == "MISSION_ITEM_INT")
    outcome, _ = _run(vehicle, patrol(10))
    assert not outcome.verified
    assert outcome.reason.startswith("it could not be read back")


@pytest.mark.parametrize("items", [(), (MissionItem(0, 16, 0),)])
def test_clearing(patrol, items):
    vehicle = ScriptedArduPilot()
    vehicle.items[0] = _kept(patrol(10))
    outcome, _ = _run(vehicle, items, Faults(loss=0.3))
    assert outcome.verified
    assert len(vehicle.items[0]) == len(items)


def test_fences_and_rally_points_go_the_same_way(patrol):
    fence = [MissionItem(n, 5001, param1=3, x=299000000 + n, y=1218400000 - n) for n in range(3)]
    fence.append(MissionItem(3, 5004, param1=15.55, x=299000000, y=1218400000))
    rally = [MissionItem(n, 5100, x=299000000 + n, y=1218400000, z=25.0 + n) for n in range(3)]
    vehicle = ScriptedArduPilot()
    vehicle.items[0] = _kept(patrol(10))
    before = list(vehicle.items[0])
    for kind, items in ((FENCE, fence), (RALLY, rally)):
        outcome, _ = _run(vehicle, items, Faults(loss=0.3), mission_type=kind)
        assert outcome.verified
        assert vehicle.items[kind] == _kept(items, kind)
    assert vehicle.items[0] == before


def test_a_slow_link_is_not_flooded(patrol):
    """2400 bit/s and a second each way, as over a satellite or a bad radio."""
    slow = Faults(delay_s=0.7, bytes_per_s=300.0)
    outcome, link = _run(ScriptedArduPilot(), patrol(20), slow)
    assert outcome.verified
    assert len(link.sent) < 4 * 20 * 2


def test_corrupt_answers_never_raise(patrol, heard):
    """Every message of the mission protocol with every odd value, at every moment."""
    machine = MissionTransfer(TARGET, OWN, patrol(5))
    machine.start(0.0)
    odd = [0, 1, 4, 5, 255, 65535]
    for n, value in enumerate(odd * 40):
        for name, field in (
            ("MISSION_REQUEST", "seq"),
            ("MISSION_REQUEST_INT", "seq"),
            ("MISSION_COUNT", "count"),
            ("MISSION_ITEM_INT", "seq"),
        ):
            machine.receive(heard(name, **{field: value}), 0.1 * n)
        machine.receive(heard("MISSION_ACK", type=value % 256), 0.1 * n)
        machine.handle_timer(0.1 * n)
        machine.drain()
    assert machine.outcome is None or not machine.outcome.verified


def test_a_refusal_of_ours_says_why():
    assert TransferOutcome.refused("the vehicle is armed") == TransferOutcome(
        verified=False, reason="the vehicle is armed"
    )
