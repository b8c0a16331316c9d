"""What vehicles' clocks show in our time, and how old their positions are."""

import pytest
from msgspec.structs import replace

from gcs.fleet.clocks import FleetClocks
from gcs.fleet.state import VehicleState
from telemetry.messages import new
from telemetry.received import Origin, Received

ORIGIN = Origin("udpin://0.0.0.0:14550", "10.0.0.1:14550")
BOOT_S = 940.0


class Vehicle:
    """Was switched on at `BOOT_S` of our time, and hears and answers `delay_s` late; its clock runs `speed` times."""

    def __init__(self, delay_s=0.05, speed=1.0):
        self.delay_s, self.speed, self.now_s, self.asked = delay_s, speed, 1000.0, []
        self.clocks = FleetClocks(lambda _, message: self.asked.append(message), lambda _: (1, 1), lambda: (255, 190))
        self.state = VehicleState(
            id="main-1", network="main", sysid=1, autopilot=3, vehicle_type=2, mode="AUTO", armed=True,
            system_status=4, last_heard_s=self.now_s, last_heartbeat_s=self.now_s,
        )  # fmt: skip

    def shows(self, at_s):
        return (at_s - BOOT_S) * self.speed

    def run(self, seconds, *, answers=True):
        for _ in range(int(seconds * 4)):
            self.now_s += 0.25
            told_s = self.now_s - self.delay_s
            self.state = replace(self.state, last_heard_s=self.now_s, boot_ms=int(self.shows(told_s) * 1000))
            before = len(self.asked)
            self.clocks.look([self.state], self.now_s)
            for question in self.asked[before:] if answers else ():
                tc1 = round(self.shows(self.now_s + self.delay_s) * 1e9)
                message = new("TIMESYNC", tc1=tc1, ts1=question.ts1)
                at_s = self.now_s + 2 * self.delay_s
                self.clocks.receive("main-1", Received(message, 1, 1, 0, ORIGIN, at_s), at_s)

    @property
    def clock(self):
        return self.clocks.clock(self.state, self.now_s)


@pytest.mark.parametrize("delay_s", [0.01, 0.08, 0.4])
def test_the_clock_is_known_to_half_a_round_trip_and_with_it_how_late_positions_come(delay_s):
    vehicle = Vehicle(delay_s)
    vehicle.run(30)
    assert vehicle.clock.ahead_s == pytest.approx(-BOOT_S, abs=vehicle.clock.within_s)
    assert vehicle.clock.within_s == pytest.approx(delay_s, rel=0.2, abs=0.01)
    assert vehicle.clock.late_s == pytest.approx(delay_s, abs=0.02)


def test_before_answers_agree_nothing_is_known():
    assert Vehicle().clock is None
    silent, first = Vehicle(), Vehicle()
    silent.run(30, answers=False)
    first.run(0.25)
    assert silent.clock is None
    assert first.clock is None


def test_a_clock_that_runs_faster_than_ours_is_not_known():
    vehicle = Vehicle(speed=10.0)
    vehicle.run(60)
    assert vehicle.clock is None


def test_questions_are_few():
    vehicle = Vehicle()
    vehicle.run(100)
    assert len(vehicle.asked) <= 28


@pytest.mark.parametrize("who", [{"conflict": True}, {"high_latency": True}], ids=["two of one id", "satellite"])
def test_some_are_not_asked(who):
    vehicle = Vehicle()
    vehicle.state = replace(vehicle.state, **who)
    vehicle.run(30)
    assert not vehicle.asked


def test_a_silent_one_is_not_asked():
    vehicle = Vehicle()
    vehicle.clocks.look([vehicle.state], vehicle.now_s + 60.0)
    assert not vehicle.asked


def test_a_vehicle_that_tells_no_time_is_late_by_nobody_knows_what():
    vehicle = Vehicle()
    vehicle.run(30)
    assert vehicle.clocks.clock(replace(vehicle.state, boot_ms=None), vehicle.now_s).late_s is None
