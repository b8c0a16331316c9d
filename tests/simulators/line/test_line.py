"""A vehicle's line: the first word of one that counts as switched on anew."""

import pytest

from simulators.faults import Fault
from simulators.line.line import Line
from simulators.line.rules import Way
from telemetry.frames import Parser, encode_frame
from telemetry.messages import new


def frame(name, **fields):
    return next(iter(Parser().feed(encode_frame(new(name, **fields), seq=3, sysid=1, compid=1))))


def heard(line, *frames):
    for each in frames:
        line.send(Way.DOWN, each, 0.0)
    return [(f.msgid, f.payload) for f in Parser().feed(b"".join(line.arrived(Way.DOWN, 0.0)))]


def test_of_a_vehicle_switched_on_anew_a_heartbeat_that_says_so_comes_first_with_what_else_it_says():
    beat = frame("HEARTBEAT", type=2, autopilot=3, base_mode=209, custom_mode=3, system_status=4)
    attitude = frame("ATTITUDE", time_boot_ms=5)
    first, *rest = heard(Line(1, switched_on=True), attitude, beat, attitude, beat)
    assert rest == [(attitude.msgid, attitude.payload), (beat.msgid, beat.payload)]
    assert first == (0, frame("HEARTBEAT", type=2, autopilot=3, base_mode=209, custom_mode=3, system_status=1).payload)


@pytest.mark.parametrize("fault", ["PacketLoss", "Corruption", "Duplication"])
def test_the_first_word_gets_through_a_bad_line_once(fault):
    beat = frame("HEARTBEAT", type=2, autopilot=3, system_status=4)
    for seed in range(40):
        line = Line(1, seed, switched_on=True)
        line.set_faults([Fault(fault, 0.0, numbers={"per_byte": 0.1} if fault == "Corruption" else {"share": 0.9})])
        boots = [payload for _, payload in heard(line, *[beat] * 5) if payload[7] == 1]
        assert len(boots) == 1


def test_a_line_that_lets_nothing_through_keeps_the_first_word_until_it_does():
    beat = frame("HEARTBEAT", type=2, autopilot=3, system_status=4)
    line = Line(1, switched_on=True)
    line.set_faults([Fault("LinkLost", 0.0)])
    assert heard(line, beat, beat) == []
    line.set_faults([])
    assert [payload[7] for _, payload in heard(line, beat, beat)] == [1, 4]


def test_on_an_ordinary_line_everything_passes_as_it_is():
    attitude = frame("ATTITUDE", time_boot_ms=5)
    assert heard(Line(1), attitude) == [(attitude.msgid, attitude.payload)]
