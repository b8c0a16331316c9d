"""Rates are asked for one by one; what a vehicle cannot do, it is not asked again."""

import pytest
from virtual_link import OWN, TARGET, VirtualLink

from simulators.network import PERFECT, Faults
from telemetry.constants import MavCmd, MavResult
from telemetry.dialect import ARDUPILOTMEGA
from telemetry.messages import new
from telemetry.services.message_rates import STREAMS, MessageRates

RATES = {"GLOBAL_POSITION_INT": 4.0, "ATTITUDE": 10.0, "GPS_RAW_INT": 0.5, "MISSION_CURRENT": 1.5}


class Streaming:
    """Grants intervals, except of what it `refuses`; says nothing of what is in `silent`."""

    def __init__(self, refuses=(), silent=(), result=MavResult.DENIED):
        self.refuses, self.silent, self.result = refuses, silent, result
        self.intervals, self.streams, self.asked = {}, {}, []

    def take(self, message, sender, now_s):
        if message.message_name == "REQUEST_DATA_STREAM":
            self.streams[message.req_stream_id] = message.req_message_rate
            return []
        name = ARDUPILOTMEGA.by_id[int(message.param1)].TYPE.name
        self.asked.append(name)
        if name in self.silent:
            return []
        result = self.result if name in self.refuses else MavResult.ACCEPTED
        if result is MavResult.ACCEPTED:
            self.intervals[name] = message.param2
        to = {"target_system": sender[0], "target_component": sender[1]}
        return [new("COMMAND_ACK", command=message.command, result=result, **to)]

    def tick(self, now_s):
        return []

    def next_deadline(self):
        return None


def _ask(vehicle, faults=PERFECT, seed=1):
    link = VirtualLink(vehicle, faults, seed=seed)
    return link.run(MessageRates(TARGET, OWN, RATES)), link


def test_every_rate_is_granted():
    vehicle = Streaming()
    outcome, _ = _ask(vehicle)
    assert vehicle.intervals == {
        "GLOBAL_POSITION_INT": 250_000,
        "ATTITUDE": 100_000,
        "GPS_RAW_INT": 2_000_000,
        "MISSION_CURRENT": 666_667,
    }
    assert (set(outcome.granted), outcome.refused, outcome.unanswered) == (set(RATES), (), ())


def test_one_after_the_other():
    _, link = _ask(Streaming())
    at = [when for when, _ in link.sent]
    assert at == pytest.approx([0.0, 0.1, 0.2, 0.3])


def test_what_the_vehicle_does_not_know_is_skipped():
    outcome, _ = _ask(Streaming(refuses={"ATTITUDE"}))
    assert outcome.refused == ("ATTITUDE",)
    assert len(outcome.granted) == 3


def test_an_older_vehicle_gets_streams_at_whole_rates():
    vehicle = Streaming(refuses=RATES, result=MavResult.UNSUPPORTED)
    outcome, _ = _ask(vehicle)
    link = VirtualLink(vehicle)
    link.run(MessageRates(TARGET, OWN, RATES), until_s=1.0)
    assert outcome.by_stream
    assert [m.req_stream_id for _, m in link.sent if m.message_name == "REQUEST_DATA_STREAM"] == [2, 6, 10]
    assert [m.req_message_rate for _, m in link.sent if m.message_name == "REQUEST_DATA_STREAM"] == [2, 4, 10]


def test_a_vehicle_that_says_nothing_is_not_asked_for_ever():
    vehicle = Streaming(silent=RATES)
    outcome, link = _ask(vehicle)
    assert outcome.unanswered == tuple(RATES)
    assert len(set(vehicle.asked)) == 2
    assert link.now_s <= 10.0


def test_losses_are_borne():
    for seed in range(20):
        outcome, _ = _ask(Streaming(), Faults(loss=0.2), seed)
        assert len(outcome.granted) >= 3


def test_the_streams_are_those_of_the_recordings():
    assert {STREAMS[name] for name in ("SYS_STATUS", "GPS_RAW_INT", "MISSION_CURRENT")} == {2}
    assert MavCmd.SET_MESSAGE_INTERVAL == 511


def test_a_name_that_does_not_exist_is_our_own_mistake():
    with pytest.raises(KeyError):
        MessageRates(TARGET, OWN, {"GLOBAL_POSITION": 1.0})
