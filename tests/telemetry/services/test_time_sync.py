"""A vehicle's clock in our own time, to within half a round trip."""

import pytest

from simulators.network import Faults, Network
from telemetry.messages import new
from telemetry.received import Origin, Received
from telemetry.services.time_sync import EVERY_S, TimeSync

OWN, TARGET = (255, 190), (1, 1)


def _measure(faults, down=None, *, boot_s=37.25, drift=0.0, until_s=120.0, seed=1, reboot_s=None):
    """(machine, the vehicle's true lead at the end)"""
    network, machine, now_s = Network(faults, down, seed), TimeSync(TARGET, OWN), 1000.0
    lead = lambda at: (boot_s - 1000.0 if reboot_s is None or at < reboot_s else -reboot_s) + drift * (at - 1000.0)  # noqa: E731
    machine.start(now_s)
    while now_s < 1000.0 + until_s:
        for message in machine.drain():
            network.up.send(message, now_s)
        arrival_s = network.next_arrival()
        now_s = min(machine.next_deadline(), arrival_s if arrival_s is not None else 1e9)
        for message in network.up.arrived(now_s):
            network.down.send(new("TIMESYNC", tc1=round((now_s + lead(now_s)) * 1e9), ts1=message.ts1), now_s)
        for message in network.down.arrived(now_s):
            machine.receive(Received(message, 1, 1, 0, Origin("test://", "x"), now_s), now_s)
        machine.handle_timer(now_s)
    return machine, lead(now_s), now_s


@pytest.mark.parametrize("faults", [Faults(delay_s=0.05), Faults(delay_s=0.02, jitter_s=0.2), Faults(loss=0.5)])
def test_the_error_is_within_what_is_said(faults):
    for seed in range(10):
        machine, lead_s, now_s = _measure(faults, seed=seed)
        reading = machine.reading(now_s)
        assert abs(reading.ahead_s - lead_s) <= reading.bound_s(now_s)
        assert reading.bound_s(now_s) < 0.2


def test_a_lopsided_link_errs_by_no_more_than_half_the_round_trip():
    machine, lead_s, now_s = _measure(Faults(delay_s=0.3), Faults(delay_s=0.02))
    reading = machine.reading(now_s)
    assert reading.within_s == pytest.approx(0.16, abs=0.001)
    assert abs(reading.ahead_s - lead_s) <= reading.within_s


def test_the_quickest_answer_is_believed():
    quick, _, now_s = _measure(Faults(delay_s=0.01, jitter_s=0.5))
    assert quick.reading(now_s).within_s < 0.15


def test_a_drifting_clock_is_followed():
    machine, lead_s, now_s = _measure(Faults(delay_s=0.02), drift=50e-6, until_s=600.0)
    assert abs(machine.reading(now_s).ahead_s - lead_s) < 0.01


def test_a_vehicle_that_restarted_is_measured_anew():
    machine, lead_s, now_s = _measure(Faults(delay_s=0.02), reboot_s=1060.0)
    assert machine.reading(now_s).ahead_s == pytest.approx(lead_s, abs=0.05)


def test_times_are_converted():
    machine, lead_s, now_s = _measure(Faults(delay_s=0.02))
    assert machine.to_own_s(now_s + lead_s, now_s) == pytest.approx(now_s, abs=0.03)
    assert TimeSync(TARGET, OWN).to_own_s(5.0, 0.0) is None


def test_it_asks_often_first_and_then_every_few_seconds(heard):
    machine = TimeSync(TARGET, OWN)
    machine.start(0.0)
    gaps = []
    now_s = 0.0
    for _ in range(10):
        (asked,) = machine.drain()
        machine.receive(heard("TIMESYNC", tc1=round((5 + now_s) * 1e9), ts1=asked.ts1), now_s + 0.02)
        gaps.append(machine.next_deadline() - now_s)
        now_s = machine.next_deadline()
        machine.handle_timer(now_s)
    assert gaps[0] < 1.0
    assert gaps[-1] == pytest.approx(EVERY_S)


def test_only_answers_to_what_was_asked_count(heard):
    machine = TimeSync(TARGET, OWN)
    machine.start(1.0)
    (asked,) = machine.drain()
    machine.receive(heard("TIMESYNC", tc1=0, ts1=123), 1.1)
    machine.receive(heard("TIMESYNC", tc1=9, ts1=asked.ts1 + 1), 1.1)
    machine.receive(heard("TIMESYNC", tc1=9, ts1=asked.ts1, sysid=2), 1.1)
    machine.receive(heard("TIMESYNC", tc1=9, ts1=asked.ts1), 9.0)
    assert machine.reading(9.0) is None
