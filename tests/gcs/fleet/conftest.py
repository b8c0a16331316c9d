"""Messages as they come from the wire, at a place and a time."""

from datetime import UTC, datetime
from itertools import count

import pytest

from telemetry.messages import new
from telemetry.received import Origin, Received

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
RADIO = Origin("udpin://0.0.0.0:14550", "10.0.0.1:14550")
STANDBY, ACTIVE, BOOT = 3, 4, 1


_sequence = count()


def heard(name, *, sysid=1, compid=1, origin=RADIO, at_s=0.0, frame_seq=None, **fields):
    number = next(_sequence) % 256 if frame_seq is None else frame_seq
    return Received(new(name, **fields), sysid, compid, number, origin, at_s)


def beat(*, armed=False, mode=0, status=STANDBY, sysid=1, compid=1, origin=RADIO, **fields):
    base = 81 | (128 if armed else 0)
    told = {"type": 2, "autopilot": 3, "base_mode": base, "custom_mode": mode, "system_status": status}
    return heard("HEARTBEAT", sysid=sysid, compid=compid, origin=origin, **(told | fields))


class Listener:
    """A fleet and its clock: `hear` gives the kinds of the events it caused."""

    def __init__(self, fleet):
        self.fleet = fleet
        self.now_s = 100.0
        self.events = []

    def hear(self, *messages, after_s=0.1):
        new_events = []
        for message in messages:
            self.now_s += after_s
            new_events += self.fleet.receive(message, self.now_s, NOON)
        self.events += new_events
        return [event.kind for event in new_events]

    def tick(self, after_s):
        self.now_s += after_s
        return [event.kind for event in self.fleet.tick(self.now_s, NOON)]

    @property
    def one(self):
        (state,) = self.fleet.vehicles.values()
        return state


@pytest.fixture
def msg():
    return heard


@pytest.fixture
def heartbeat():
    return beat


@pytest.fixture
def listener():
    from gcs.fleet.roster import Fleet

    return Listener(Fleet())


@pytest.fixture
def listen():
    return Listener


@pytest.fixture
def noon():
    return NOON
