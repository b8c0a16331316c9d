"""Two vehicles with one system id are noticed; late frames, restarts and glitches are not taken for that."""

import pytest

from gcs.fleet.twins import restarted
from simulators.seeded import Seeded

SECOND_MS = 1000


@pytest.fixture
def heard(listener, heartbeat):
    listener.hear(heartbeat())
    return listener


def _attitude(msg, *seconds):
    return [msg("ATTITUDE", time_boot_ms=int(s * SECOND_MS)) for s in seconds]


def _place(msg, north_m, boot_s):
    lat = 299000000 + round(north_m / 0.011132)
    return msg("GLOBAL_POSITION_INT", lat=lat, lon=1218400000, time_boot_ms=int(boot_s * SECOND_MS))


def test_two_clocks_that_no_restart_explains(heard, msg):
    told = heard.hear(*_attitude(msg, 900.0, 500.0, 900.1, 500.1, 900.2))
    assert told == ["vehicle.sysid_conflict"]
    assert heard.one.conflict


def test_a_vehicle_that_just_started_beside_one_that_did_not(heard, msg):
    told = heard.hear(*_attitude(msg, *(clock + n / 5 for n in range(12) for clock in (900.0, 5.0))))
    assert told.count("vehicle.sysid_conflict") == 1
    assert told.count("vehicle.rebooted") <= 2


def test_two_places_with_the_same_clock(heard, msg):
    told = heard.hear(*(_place(msg, 300 * (n % 2) + n, 60 + 0.1 * n) for n in range(12)))
    assert told == ["vehicle.sysid_conflict"]


def test_another_board_without_restart(heard, msg):
    heard.hear(msg("AUTOPILOT_VERSION", uid=1))
    told = heard.hear(msg("AUTOPILOT_VERSION", uid=2))
    assert told == ["vehicle.sysid_conflict", "vehicle.identity_changed"]


def test_another_board_after_a_silence_is_only_told(heard, msg):
    heard.hear(msg("AUTOPILOT_VERSION", uid=1))
    heard.tick(10.0)
    told = heard.hear(msg("AUTOPILOT_VERSION", uid=2))
    assert "vehicle.identity_changed" in told
    assert not heard.one.conflict


def test_a_restart_is_none(heard, msg):
    told = heard.hear(*_attitude(msg, 900.0, 900.1, 1.0, 1.1, 1.2, 2.0))
    assert told == ["vehicle.rebooted"]
    assert not heard.one.conflict


def test_a_restart_is_none_where_only_heartbeats_came_until_its_clock_had_run_on(heard, heartbeat, msg):
    """Simulated time runs eight times as fast, and streams flow again six seconds later: heartbeats tell no clock."""
    heard.hear(*_attitude(msg, 150.0, 152.0))
    for _ in range(12):
        heard.tick(0.5)
        heard.hear(heartbeat())
    told = heard.hear(*_attitude(msg, 49.8, 51.8, 53.8, 55.8, 57.8))
    assert told == ["vehicle.rebooted"]
    assert not heard.one.conflict


@pytest.mark.parametrize("late_s", [lambda n: 5, lambda n: 7.5, lambda n: 2 + n * 7 % 13, lambda n: 30 - n / 2])
def test_frames_that_are_seconds_late_are_neither_a_restart_nor_a_twin(heard, msg, late_s):
    """A slow second link, one that varies, and one that catches up after an interruption."""
    clocks = [900 + n / 4 - (late_s(n) if n % 2 else 0) for n in range(60)]
    assert heard.hear(*_attitude(msg, *clocks)) == []


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("delay_s", [0.0, 3.0])
def test_a_vehicle_that_just_started_on_a_link_that_shuffles_is_one_and_has_not_restarted(heard, msg, delay_s, seed):
    """Delivery is off by a second (one sigma): frames come up to six late, or early, in the first minute."""
    random = Seeded(seed)
    sent = [1.0 + n / 10 for n in range(600)]
    order = sorted((s + max(0.0, delay_s + random.gauss(1.0)), s) for s in sent)
    told = heard.hear(*_attitude(msg, *(boot_s for _, boot_s in order)))
    assert told == []


def test_a_restart_within_seconds_of_the_last_is_told_when_nothing_newer_comes(heard, msg):
    told = heard.hear(*_attitude(msg, *(n / 10 for n in range(80))))
    told += heard.hear(*_attitude(msg, *(n / 10 for n in range(50))))
    assert told == ["vehicle.rebooted"]


def test_a_clock_that_stays_behind_is_a_twin(heard, msg):
    told = heard.hear(*_attitude(msg, *(900 + n / 5 - (20 if n % 2 else 0) for n in range(30))))
    assert told == ["vehicle.sysid_conflict"]


def test_last_words_that_come_after_the_restart_are_dropped(heard, msg):
    told = heard.hear(*_attitude(msg, 900.0, 1.0, 900.2, 1.2, 900.4, 1.4, 1.6), _place(msg, 5.0, 900.5))
    assert told == ["vehicle.rebooted"]
    assert heard.one.boot_ms == 1600
    assert heard.one.position is None


def test_one_odd_frame_proves_nothing(heard, msg):
    assert heard.hear(*_attitude(msg, 900.0, 500.0, 900.1, 900.2)) == []


def test_a_glitch_of_the_position_is_none(heard, msg):
    way = [0, 3, 6, 220, 226, 9, 12, 15]
    assert heard.hear(*(_place(msg, north, 60 + n / 4) for n, north in enumerate(way))) == []


def test_a_glitch_heard_over_two_uneven_links_is_none(heard, msg):
    way = [(60 + n / 4, 3.0 * n + (220 if n >= 10 else 0)) for n in range(20)]
    late = way[:]
    both = [step for n in range(20) for step in (way[n], *([late[n - 3]] if n >= 3 else []))]
    assert heard.hear(*(_place(msg, north, boot) for boot, north in both)) == []


def test_two_places_whose_clocks_are_a_moment_apart(heard, msg):
    told = heard.hear(*(_place(msg, 300 * (n % 2), 60 + 0.125 * n - 0.2 * (n % 2)) for n in range(16)))
    assert told == ["vehicle.sysid_conflict"]


def test_a_vehicle_that_flies_fifty_times_as_fast_is_one(heard, msg):
    assert heard.hear(*(_place(msg, 125.0 * n, 60 + 12.5 * n) for n in range(40)), after_s=0.25) == []


def test_when_one_of_them_has_gone_it_is_over_and_told(heard, msg):
    heard.hear(*_attitude(msg, 900.0, 500.0, 900.1, 500.1))
    for n in range(35):
        heard.hear(*_attitude(msg, 901 + n), after_s=1.0)
        heard.tick(0.0)
    assert [event.kind for event in heard.events].count("vehicle.sysid_conflict") == 1
    assert not heard.one.conflict


@pytest.mark.parametrize(
    ("latest_s", "boot_s", "silent_s", "may_be"),
    [
        (900, 1, 0.2, True),
        (900, 29, 0.2, True),
        (900, 500, 0.2, False),
        (900, 500, 60.0, True),
        (900, 901, 60.0, False),
    ],
)
def test_what_a_restart_can_have_reached(latest_s, boot_s, silent_s, may_be):
    assert restarted(latest_s * SECOND_MS, boot_s * SECOND_MS, silent_s) is may_be
