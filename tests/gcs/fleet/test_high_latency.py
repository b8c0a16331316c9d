"""A vehicle that is heard over a satellite: one message now and then says everything."""

from datetime import UTC, datetime

import pytest

from gcs.fleet.health import airborne
from gcs.fleet.roster import Fleet
from gcs.vehicles.policy import transfer_refusal
from telemetry.messages import new
from telemetry.received import Origin, Received

UTC_NOW = datetime(2026, 1, 1, tzinfo=UTC)
ORIGIN = Origin("serial:///dev/ttyUSB0", "")
ARMED_CUSTOM = 128 | 81
TOLD = {
    "type": 2, "autopilot": 3, "custom_mode": 3, "latitude": 299000000, "longitude": 1218400000, "altitude": 120,
    "heading": 45, "groundspeed": 40, "airspeed": 45, "climb_rate": -5, "battery": 61, "wp_num": 4,
}  # fmt: skip


class Link:
    """A fleet that hears vehicle 1."""

    def __init__(self):
        self.fleet = Fleet()
        self.kinds = []

    def say(self, at_s, name, **fields):
        received = Received(new(name, **fields), 1, 1, 0, ORIGIN, at_s)
        self.kinds += [event.kind for event in self.fleet.receive(received, at_s, UTC_NOW)]

    def satellite(self, at_s, **changed):
        self.say(at_s, "HIGH_LATENCY2", **{**TOLD, "custom0": ARMED_CUSTOM - 256, **changed})

    def beat(self, at_s):
        self.say(at_s, "HEARTBEAT", type=2, autopilot=3, base_mode=81, custom_mode=5, system_status=3)

    def tick(self, at_s):
        self.kinds += [event.kind for event in self.fleet.tick(at_s, UTC_NOW)]

    @property
    def state(self):
        return self.fleet.vehicles["main-1"]


@pytest.fixture
def link():
    return Link()


def test_a_vehicle_appears_by_it_with_mode_and_arming(link):
    link.satellite(0.0)
    assert link.kinds == ["vehicle.appeared"]
    assert (link.state.mode, link.state.armed, link.state.high_latency) == ("AUTO", True, True)


def test_without_a_base_mode_nobody_knows_whether_it_is_armed_so_it_does_not_appear(link):
    link.satellite(0.0, custom0=0)
    assert link.fleet.vehicles == {}


def test_everything_it_says_is_shown(link):
    link.satellite(0.0)
    link.satellite(5.0)
    state = link.state
    assert (state.position.lat_deg, state.position.alt_amsl_m, state.heading_deg) == (29.9, 120.0, 90.0)
    assert (state.speeds.ground_m_s, state.speeds.climb_m_s, state.battery.remaining_pct) == (8.0, -0.5, 61)
    assert state.mission.current == 4


def test_how_high_above_home_it_is_and_whether_it_flies_is_unknown_until_home_is(link):
    link.satellite(0.0)
    link.satellite(5.0)
    assert link.state.position.alt_rel_m is None
    assert airborne(link.state) is None
    link.say(6.0, "HOME_POSITION", latitude=299000000, longitude=1218400000, altitude=20_000)
    link.satellite(10.0)
    assert link.state.position.alt_rel_m == 100.0
    assert airborne(link.state) is True


def test_it_is_not_stale_between_two_messages_and_is_when_they_stop(link):
    for at_s in range(0, 60, 5):
        link.satellite(float(at_s))
        link.tick(at_s + 4.9)
    assert "vehicle.stale" not in link.kinds
    link.tick(55.0 + 31.0)
    assert link.kinds[-1] == "vehicle.stale"


def test_while_heartbeats_are_heard_too_their_silence_counts_as_ever(link):
    for at_s in range(10):
        link.beat(float(at_s))
        link.satellite(at_s + 0.5)
    assert not link.state.high_latency
    assert link.state.stale(9.5 + 4.0)


def test_a_heartbeat_ends_it(link):
    link.satellite(0.0)
    link.beat(1.0)
    assert (link.state.high_latency, link.state.armed, link.state.mode) == (False, False, "LOITER")


def test_nothing_is_transferred_over_it(link):
    link.satellite(0.0)
    assert "satellite" in transfer_refusal(link.state, 1.0)
