"""What other ground stations and scripts may do as guests of ours, by the leases of seats; what they command is told.

A guest that speaks for a seat renews that seat's lease for as long as it is heard. What we would not send to a
vehicle as it is now (`gcs.vehicles.policy`) no guest sends either.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import isfinite
from typing import Any

from gcs.clock import Clock
from gcs.events import Event
from gcs.fleet.roster import Fleet, vehicle_name
from gcs.leases import Leases
from gcs.vehicles.policy import ITEM_TRANSFERS, command_name, guest_refusal, says_where
from telemetry.constants import MavMissionType
from telemetry.dialect import Dialect, Message
from telemetry.frames import Frame
from telemetry.links.link import Link, Peer
from telemetry.messages import decode_frame
from telemetry.received import Origin
from telemetry.routing import target_of

TOLD: Mapping[str, tuple[str, ...]] = {
    "COMMAND_LONG": (),
    "COMMAND_INT": (),
    "SET_MODE": ("custom_mode",),
    "PARAM_SET": ("param_id", "param_value"),
    "MISSION_COUNT": ("count",),
    "MISSION_CLEAR_ALL": (),
    "MISSION_SET_CURRENT": ("seq",),
    "MISSION_WRITE_PARTIAL_LIST": ("start_index", "end_index"),
}
"""What is written down of a guest, with these fields."""
STREAMED: Mapping[str, tuple[str, ...]] = {
    "MISSION_ITEM": ("x", "y", "z"),
    "MISSION_ITEM_INT": ("x", "y", "z"),
    "SET_POSITION_TARGET_LOCAL_NED": ("x", "y", "z", "vx", "vy", "vz"),
    "SET_POSITION_TARGET_GLOBAL_INT": ("lat_int", "lon_int", "alt", "vx", "vy", "vz"),
    "SET_ATTITUDE_TARGET": ("thrust",),
    "RC_CHANNELS_OVERRIDE": (),
}
"""What says where to fly now, maybe many times a second: one in `STREAM_TOLD_EVERY_S` is written down, all are in the
recording. Items of a mission that is uploaded are not among them."""
STREAM_TOLD_EVERY_S = 5.0
RENEW_EVERY_S = 1.0
REFUSED_AGAIN_S = 1.0
NAMES_NOBODY = "it names no vehicle"


class Guests:
    """`telemetry.links.exchange.Rules`. `doubt` is told of a vehicle whose mission a guest begins to change."""

    def __init__(
        self,
        fleet: Fleet,
        leases: Leases,
        clock: Clock,
        publish: Callable[[Event], None],
        dialect: Dialect,
        *,
        doubt: Callable[[str], None],
    ) -> None:
        self._fleet = fleet
        self._leases = leases
        self._clock = clock
        self._publish = publish
        self._dialect = dialect
        self._doubt = doubt
        self._renewed_s: dict[str, float] = {}
        self._streamed_s: dict[tuple[str | None, str], float] = {}
        self._refused: tuple[object, float] = (None, float("-inf"))

    def taken(self, seat: str, network: str, sysid: int) -> Origin | None:
        vehicle = vehicle_name(network, sysid)
        if self._leases.leased(vehicle, self._clock.monotonic_s()) != seat:
            return None
        return self._fleet.origin(vehicle)

    def refusal(self, network: str, frame: Frame) -> str:
        kind, (system, _) = self._dialect.by_id[frame.msgid], target_of(frame, self._dialect)
        state = self._fleet.vehicles.get(vehicle_name(network, system))
        if kind.TYPE.name not in TOLD and state is None:
            return ""
        if not system:
            return NAMES_NOBODY
        return guest_refusal(state, decode_frame(kind, frame), self._clock.monotonic_s()) or ""

    def passed(self, door: Link, guest: Peer, frame: Frame) -> None:
        message, vehicle = decode_frame(self._dialect.by_id[frame.msgid], frame), self._vehicle(door, frame)
        if vehicle is not None and door.where.seat:
            self._renew(vehicle, door.where.seat)
        if message.message_name in TOLD or self._is_news(vehicle, message):
            self._tell("guest.command", door, guest, vehicle, message)
        if vehicle is not None and _changes_mission(message):
            self._doubt(vehicle)

    def refused(self, door: Link, guest: Peer, frame: Frame, reason: str) -> bool:
        """News unless the same was said within a second; told where it would have been a command."""
        message, vehicle = decode_frame(self._dialect.by_id[frame.msgid], frame), self._vehicle(door, frame)
        now_s, what = self._clock.monotonic_s(), (door.url, guest.name, message, reason)
        (before, at_s), self._refused = self._refused, (what, now_s)
        if before == what and now_s - at_s < REFUSED_AGAIN_S:
            return False
        if message.message_name in TOLD:
            self._tell("guest.refused", door, guest, vehicle, message, reason=reason)
        return True

    def _is_news(self, vehicle: str | None, message: Message) -> bool:
        """Whether it says where to fly now and nothing like it was written down lately."""
        name, now_s = message.message_name, self._clock.monotonic_s()
        if name not in STREAMED or (name in ITEM_TRANSFERS and not says_where(message)):
            return False
        if now_s - self._streamed_s.get((vehicle, name), float("-inf")) < STREAM_TOLD_EVERY_S:
            return False
        self._streamed_s[vehicle, name] = now_s
        return True

    def _vehicle(self, door: Link, frame: Frame) -> str | None:
        """Whom the frame is for: the vehicle that it names, else the only one that the door leads to."""
        system = target_of(frame, self._dialect)[0] or door.where.vehicle
        return vehicle_name(door.network, system) if system else None

    def _renew(self, vehicle: str, seat: str) -> None:
        now_s = self._clock.monotonic_s()
        if now_s - self._renewed_s.get(vehicle, float("-inf")) >= RENEW_EVERY_S:
            self._renewed_s[vehicle] = now_s
            self._leases.take(vehicle, seat, now_s)

    def _tell(self, kind: str, door: Link, guest: Peer, vehicle: str | None, message: Message, **more: str) -> None:
        name = message.message_name
        data: dict[str, Any] = {"message": name, "link": door.url, "peer": guest.name, **more}
        data |= {field: _as_json(getattr(message, field)) for field in TOLD.get(name) or STREAMED.get(name, ())}
        if name.startswith("COMMAND_"):
            data["command"] = command_name(message)
        actor = door.where.seat or f"guest {guest.name}"
        self._publish(Event(kind=kind, at=self._clock.utc(), actor=actor, vehicle=vehicle, data=data))


def _as_json(value: Any) -> Any:
    """NaN, which means "leave it", is None."""
    return None if isinstance(value, float) and not isfinite(value) else value


def _changes_mission(message: Message) -> bool:
    begins = message.message_name in ITEM_TRANSFERS and not says_where(message)
    return begins and message.mission_type in (MavMissionType.MISSION, MavMissionType.ALL)
