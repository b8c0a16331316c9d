"""Scripts and other stations as guests: by whose lease they command, and what is written down of it."""

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

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
WAY = Origin(FIELD, "10.0.0.1:1")
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Door:
    where: object
    url: str = "guest+tcpin://127.0.0.1:5790"
    network: str = "main"


@dataclass(frozen=True)
class Script:
    name: str = "127.0.0.1:40000"


class Desk:
    def __init__(self, allow):
        self.clock, self.leases, self.fleet, self.events = ManualClock(), Leases(lambda _: None), Fleet(), []
        self.doubted = []
        self.beat()
        self.guests = Guests(
            self.fleet, self.leases, self.clock, self.events.append, ARDUPILOTMEGA, doubt=self.doubted.append
        )
        self.door = Door(parse_link_url(f"guest+tcpin://127.0.0.1:5790?allow={allow}"))

    def beat(self, *, armed=False):
        """The vehicle is heard."""
        beat = new("HEARTBEAT", type=2, autopilot=3, system_status=3, base_mode=128 if armed else 0)
        now_s = self.clock.monotonic_s()
        self.fleet.receive(Received(beat, 1, 1, 0, WAY, now_s), now_s, NOON)

    def known(self, **changes):
        """What else is known of the vehicle: its mission, unless `changes` say something else."""
        entry = self.fleet._entries["main-1"]
        self.fleet._keep(replace_state(entry, {"mission_known": True, **changes}), [])

    def passes(self, name, **fields):
        self.guests.passed(self.door, Script(), frame(name, **fields))

    def refuses(self, name, **fields):
        """Why it may not be said to the vehicle."""
        return self.guests.refusal("main", frame(name, target_system=1, **fields))


def frame(name, **fields):
    (made,) = Parser().feed(encode_frame(new(name, **fields), seq=0, sysid=250, compid=1))
    return made


def replace_state(entry, changes):
    entry.state = replace(entry.state, **changes)
    return entry


@pytest.fixture
def wang():
    desk = Desk("leased&seat=Wang")
    desk.leases.take("main-1", "Wang", desk.clock.monotonic_s())
    return desk


def test_a_vehicle_is_a_guests_while_its_seat_has_taken_it(wang):
    assert wang.guests.taken("Wang", "main", 1) == WAY
    assert wang.guests.taken("Wang", "main", 2) is None
    assert wang.guests.taken("Wang", "north", 1) is None
    assert wang.guests.taken("Li", "main", 1) is None
    wang.leases.release("main-1", "Wang", wang.clock.monotonic_s())
    assert wang.guests.taken("Wang", "main", 1) is None


def test_a_script_that_goes_on_speaking_keeps_the_lease_and_loses_it_when_it_ends(wang):
    for _ in range(60):
        wang.clock.advance(1.0)
        wang.passes("PARAM_REQUEST_READ", target_system=1, param_index=1)
    assert wang.guests.taken("Wang", "main", 1)
    with pytest.raises(HeldError):
        wang.leases.take("main-1", "Li", wang.clock.monotonic_s())
    wang.clock.advance(LEASE_S + 0.1)
    assert wang.guests.taken("Wang", "main", 1) is None


def test_through_the_door_of_one_vehicle_a_heartbeat_keeps_the_lease_too(wang):
    wang.door = Door(parse_link_url("guest+tcpin://127.0.0.1:1?allow=leased&seat=Wang&vehicle=1"))
    for _ in range(60):
        wang.clock.advance(1.0)
        wang.passes("HEARTBEAT", type=6)
    assert wang.guests.taken("Wang", "main", 1)


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


ARM = {"command": 400, "param1": 1.0}


def test_a_guest_arms_nothing_whose_mission_is_unknown_and_commands_nothing_that_nobody_hears(wang):
    assert "mission is unknown" in wang.refuses("COMMAND_LONG", **ARM)
    wang.known()
    assert wang.refuses("COMMAND_LONG", **ARM) == ""
    wang.clock.advance(10.0)
    assert wang.refuses("COMMAND_LONG", **ARM) == "the vehicle has been silent for 10 s"
    assert wang.refuses("COMMAND_INT", command=20) == ""


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("COMMAND_LONG", ARM),
        ("SET_MODE", {"custom_mode": 4}),
        ("PARAM_SET", {"param_id": "WPNAV_SPEED"}),
        ("MISSION_COUNT", {"count": 3}),
        ("MISSION_ITEM", {"current": 2}),
        ("SET_POSITION_TARGET_LOCAL_NED", {}),
        ("RC_CHANNELS_OVERRIDE", {}),
    ],
)
def test_of_two_vehicles_with_one_id_a_guest_moves_neither(wang, name, fields):
    wang.known()
    assert wang.refuses(name, **fields) == ""
    wang.known(conflict=True)
    assert wang.refuses(name, **fields).startswith("two vehicles")


@pytest.mark.parametrize(
    ("name", "fields", "passes"),
    [
        ("MISSION_COUNT", {"count": 3}, False),
        ("MISSION_ITEM_INT", {"seq": 1}, False),
        ("MISSION_ITEM", {"current": 2}, True),
        ("MISSION_SET_CURRENT", {"seq": 1}, True),
        ("PARAM_SET", {"param_id": "WPNAV_SPEED"}, True),
        ("PARAM_SET", {"param_id": "FENCE_ENABLE"}, False),
        ("FILE_TRANSFER_PROTOCOL", {}, False),
    ],
)
def test_in_flight_a_guest_says_where_to_and_how_fast_and_transfers_nothing(wang, name, fields, passes):
    wang.beat(armed=True)
    wang.known()
    assert wang.refuses(name, **fields) == ("" if passes else "the vehicle is armed")


def test_a_command_that_names_no_vehicle_goes_to_none(wang):
    assert wang.guests.refusal("main", frame("COMMAND_LONG", **ARM)) == "it names no vehicle"
    assert wang.guests.refusal("main", frame("HEARTBEAT")) == ""


def test_what_was_refused_is_written_down_with_the_reason_and_not_again_within_a_second(wang):
    def refused(**fields):
        return wang.guests.refused(wang.door, Script(), frame("COMMAND_LONG", **fields), "why")

    assert [refused(**ARM, target_system=1), refused(**ARM, target_system=1)] == [True, False]
    assert refused(command=21, target_system=1)
    wang.clock.advance(1.0)
    assert refused(command=21, target_system=1)
    assert not wang.guests.refused(wang.door, Script(), frame("COMMAND_LONG", command=21, target_system=1), "why")
    assert wang.guests.refused(wang.door, Script(), frame("PARAM_REQUEST_LIST", target_system=1), "why")
    told = [
        (event.kind, event.actor, event.vehicle, event.data["command"], event.data["reason"]) for event in wang.events
    ]
    land = ("guest.refused", "Wang", "main-1", "NAV_LAND", "why")
    assert told == [("guest.refused", "Wang", "main-1", "COMPONENT_ARM_DISARM", "why"), land, land]


def test_a_mission_that_a_guest_begins_to_change_is_doubted_but_not_where_to_fly_now_nor_a_fence(wang):
    for name, fields in (
        ("MISSION_ITEM", {"current": 2}),
        ("MISSION_COUNT", {"mission_type": 1}),
        ("MISSION_SET_CURRENT", {"seq": 1}),
        ("COMMAND_LONG", {"command": 21}),
    ):
        wang.passes(name, target_system=1, **fields)
    assert wang.doubted == []
    wang.passes("MISSION_COUNT", target_system=1, count=2)
    wang.passes("MISSION_CLEAR_ALL", target_system=1, mission_type=255)
    assert wang.doubted == ["main-1", "main-1"]


def test_where_a_guest_flies_to_is_written_down_now_and_then_and_the_items_of_an_upload_are_not(wang):
    goto = {"target_system": 1, "x": 29.9, "y": 121.84, "z": 10.0}
    for _ in range(12):
        wang.passes("MISSION_ITEM", current=2, **goto)
        wang.passes("MISSION_ITEM", current=0, **goto)
        wang.passes("SET_POSITION_TARGET_LOCAL_NED", target_system=1, vx=2.0, x=float("nan"))
        wang.clock.advance(0.5)
    told = [(event.kind, event.data["message"]) for event in wang.events]
    assert told == [("guest.command", "MISSION_ITEM"), ("guest.command", "SET_POSITION_TARGET_LOCAL_NED")] * 2
    assert wang.events[0].data["z"] == 10.0
    assert (wang.events[1].data["vx"], wang.events[1].data["x"]) == (2.0, None)
