"""Which address is the vehicle, and by which of several ways it is answered."""

import pytest

from gcs.fleet.ways import BETTER_FOR_S, MOST_WAYS, Ways
from telemetry.received import Origin

RADIO, CELLULAR = Origin("serial:///dev/ttyUSB0", "/dev/ttyUSB0"), Origin("udpin://0.0.0.0:14550", "10.0.0.7:14550")
STRANGE = Origin("udpin://0.0.0.0:14550", "10.9.9.9:4444")


class Heard:
    """The vehicle's clock is ours less 40 s; each way delivers `late_s` later."""

    def __init__(self, *origins):
        self.now_s = 100.0
        self.ways = Ways(origins[0], self.now_s)
        self.loss = dict.fromkeys(origins, 0.0)
        self.late_s = dict.fromkeys(origins, 0.05)
        self.silent = set()

    def fits(self, boot_ms, now_s):
        return boot_ms is not None and abs(now_s - 40.0 - boot_ms / 1000) < 8.0

    def say(self, origin, boot_s=None):
        boot_ms = None if boot_s is None else int(boot_s * 1000)
        return self.ways.heard(origin, self.now_s, boot_ms, self.fits)

    def run(self, seconds):
        """Everybody who is not silent speaks four times a second; how often another way was chosen."""
        changes = 0
        for tick in range(int(seconds * 4)):
            self.now_s += 0.25
            for origin in self.loss:
                if origin not in self.silent:
                    self.say(origin, self.now_s - 40.0 - self.late_s[origin])
            if tick % 4 == 0:
                changes += self.ways.look(self.now_s, self.loss.get)
        return changes

    @property
    def used(self):
        return self.ways.used.origin


def test_equal_ways_are_not_changed():
    heard = Heard(RADIO, CELLULAR)
    assert heard.run(60.0) == 0
    assert heard.used == RADIO


@pytest.mark.parametrize("worse", [{"loss": 0.3}, {"late_s": 0.8}], ids=["loss", "delay"])
def test_the_way_by_which_a_command_gets_through_sooner_is_used(worse):
    heard = Heard(RADIO, CELLULAR)
    heard.run(10.0)
    heard.loss[RADIO], heard.late_s[RADIO] = worse.get("loss", 0.0), worse.get("late_s", 0.05)
    assert heard.run(BETTER_FOR_S - 1.5) == 0, "not at the first sign"
    assert heard.run(10.0) == 1
    assert heard.used == CELLULAR
    heard.loss[RADIO], heard.late_s[RADIO] = 0.0, 0.05
    assert heard.run(60.0) == 0, "equal again is no reason to change back"


def test_delay_and_loss_weigh_against_each_other():
    heard = Heard(RADIO, CELLULAR)
    heard.late_s[CELLULAR], heard.loss[RADIO] = 0.6, 0.1
    heard.run(30.0)
    assert heard.used == RADIO, "0.17 s of repeats cost less than 0.6 s of delay"
    heard.loss[RADIO] = 0.5
    heard.run(30.0)
    assert heard.used == CELLULAR


def test_ways_that_take_turns_at_being_bad_are_not_followed_to_and_fro():
    heard = Heard(RADIO, CELLULAR)
    changes = 0
    for turn in range(20):
        heard.loss[RADIO], heard.loss[CELLULAR] = (0.3, 0.0) if turn % 2 else (0.0, 0.3)
        changes += heard.run(2.0)
    assert changes == 0


def test_when_the_way_in_use_falls_silent_the_other_takes_over_within_a_heartbeat():
    heard = Heard(RADIO, CELLULAR)
    heard.run(5.0)
    heard.silent = {RADIO}
    heard.run(1.5)
    assert heard.used == RADIO
    heard.run(0.5)
    assert heard.used == CELLULAR


def test_an_address_that_tells_no_time_of_the_vehicle_is_not_believed_while_the_vehicle_speaks():
    heard = Heard(RADIO)
    for _ in range(100):
        heard.run(0.25)
        assert not heard.say(STRANGE)
        assert not heard.say(STRANGE, boot_s=5.0)
    assert heard.used == RADIO
    assert [way.origin for way in heard.ways.health(heard.now_s)] == [RADIO]
    stranger = heard.ways.stranger(STRANGE)
    assert (stranger.sure, stranger.timed) == (True, True)


def test_a_second_link_is_believed_by_the_clock_it_carries():
    heard = Heard(RADIO)
    assert not heard.say(CELLULAR)
    assert heard.say(CELLULAR, boot_s=heard.now_s - 40.5)
    assert heard.say(CELLULAR), "from then on whatever it says"
    assert heard.ways.stranger(CELLULAR) is None


def test_a_vehicle_that_calls_from_a_new_address_after_silence_is_believed():
    heard = Heard(RADIO)
    heard.now_s += 3.0
    assert not heard.say(CELLULAR)
    heard.now_s += 1.0
    assert heard.say(CELLULAR)
    assert heard.used == CELLULAR


def test_without_a_clock_one_missed_heartbeat_lets_another_address_in():
    ways = Ways(RADIO, 0.0)
    unknown = lambda *_: None  # noqa: E731 - a judge that knows nothing
    assert not ways.heard(CELLULAR, 1.0, None, unknown)
    assert ways.heard(CELLULAR, 2.0, None, unknown)


def test_health_tells_what_was_measured_and_unknown_as_unknown():
    heard = Heard(RADIO, CELLULAR)
    heard.late_s[CELLULAR], heard.loss[RADIO] = 0.35, 0.12
    heard.run(20.0)
    radio, cellular = heard.ways.health(heard.now_s + 2.0)
    assert (radio.used, cellular.used) == (True, False)
    assert (radio.loss, radio.delay_s, radio.age_s) == (0.12, 0.0, 2.0)
    assert cellular.delay_s == pytest.approx(0.3, abs=0.01)
    (alone,) = Heard(RADIO).ways.health(100.0)
    assert (alone.loss, alone.delay_s) == (None, None)


def test_after_a_restart_delays_are_measured_anew():
    heard = Heard(RADIO, CELLULAR)
    heard.run(10.0)
    heard.ways.restarted()
    assert [way.delay_s for way in heard.ways.health(heard.now_s)] == [None, None]


def test_any_number_of_addresses_is_bounded_and_the_way_in_use_stays():
    heard = Heard(RADIO)
    for n in range(1000):
        heard.say(RADIO)
        heard.say(Origin("udpin://0.0.0.0:14550", f"10.0.0.1:{n}"), boot_s=heard.now_s - 40.0 if n % 2 else None)
    assert len(heard.ways.health(heard.now_s)) <= MOST_WAYS
    assert heard.used == RADIO
    heard.run(40.0)
    assert len(heard.ways.health(heard.now_s)) == 1, "silent ones are forgotten"
