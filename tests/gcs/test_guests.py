"""Scripts and other stations as guests: by whose lease they command, and what is written down of it."""

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from gcs.clock import ManualClock
from gcs.fleet.roster import Fleet
from gcs.guests import Guests
from gcs.leases import LEASE_S, HeldError, Leases
from telemetry.dialect import ARDUPILOTMEGA
from telemetry.frames import Parser, encode_frame
from telemetry.links.link import Link
from telemetry.links.url import parse_link_url
from telemetry.messages import new
from telemetry.received import Origin, Received

FIELD = "udpin://0.0.0.0:14550"
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Door:
    where: object
    url: str = "guest+tcpin://127.0.0.1:5790"


@dataclass(frozen=True)
class Script:
    name: str = "127.0.0.1:40000"


class Desk:
    def __init__(self, allow):
        self.clock, self.leases, self.fleet, self.events = ManualClock(), Leases(lambda _: None), Fleet(), []
        beat = new("HEARTBEAT", type=2, autopilot=3, system_status=3)
        self.fleet.receive(Received(beat, 1, 1, 0, Origin(FIELD, "10.0.0.1:1"), 0.0), 0.0, NOON)
        self.guests = Guests(self.fleet, self.leases, self.clock, self.events.append, ARDUPILOTMEGA)
        self.door = Door(parse_link_url(f"guest+tcpin://127.0.0.1:5790?allow={allow}"))

    def passes(self, name, **fields):
        raw = encode_frame(new(name, **fields), seq=0, sysid=250, compid=1)
        (frame,) = Parser().feed(raw)
        self.guests.passed(self.door, Script(), FIELD, frame)


@pytest.fixture
def wang():
    desk = Desk("leased&seat=Wang")
    desk.leases.take("main-1", "Wang", desk.clock.monotonic_s())
    return desk


def test_a_vehicle_is_a_guests_while_its_seat_has_taken_it(wang):
    assert wang.guests.leased("Wang", FIELD, 1)
    assert not wang.guests.leased("Wang", FIELD, 2)
    assert not wang.guests.leased("Li", FIELD, 1)
    wang.leases.release("main-1", "Wang", wang.clock.monotonic_s())
    assert not wang.guests.leased("Wang", FIELD, 1)


def test_a_script_that_goes_on_speaking_keeps_the_lease_and_loses_it_when_it_ends(wang):
    for _ in range(60):
        wang.clock.advance(1.0)
        wang.passes("PARAM_REQUEST_READ", target_system=1, param_index=1)
    assert wang.guests.leased("Wang", FIELD, 1)
    with pytest.raises(HeldError):
        wang.leases.take("main-1", "Li", wang.clock.monotonic_s())
    wang.clock.advance(LEASE_S + 0.1)
    assert not wang.guests.leased("Wang", FIELD, 1)


def test_what_a_guest_commands_is_written_down_under_its_seat(wang):
    wang.passes("COMMAND_LONG", target_system=1, target_component=1, command=21)
    wang.passes("PARAM_SET", target_system=1, target_component=1, param_id="WPNAV_SPEED", param_value=500.0)
    wang.passes("PARAM_REQUEST_LIST", target_system=1, target_component=1)
    first, second = wang.events
    assert (first.kind, first.actor, first.vehicle, first.data["command"]) == (
        "guest.command",
        "Wang",
        "main-1",
        "NAV_LAND",
    )
    assert (second.data["message"], second.data["param_id"], second.data["param_value"]) == (
        "PARAM_SET",
        "WPNAV_SPEED",
        500.0,
    )


def test_a_guest_without_a_seat_is_written_down_by_its_address():
    desk = Desk("all")
    desk.passes("COMMAND_LONG", target_system=1, target_component=1, command=21)
    (event,) = desk.events
    assert event.actor == "guest 127.0.0.1:40000"
    assert desk.leases.holder("main-1", 0.0) is None


def test_a_door_is_a_link_with_a_count_of_what_was_turned_away(wang):
    link = Link(parse_link_url(FIELD), None)
    link.turned_away = 3
    assert link.status().refused == 3
