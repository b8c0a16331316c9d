"""What other ground stations and scripts may do as guests of ours, by the leases of seats; what they command is told.

A guest that speaks for a seat renews that seat's lease for as long as it is heard.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from gcs.clock import Clock
from gcs.events import Event
from gcs.fleet.roster import Fleet
from gcs.leases import Leases
from gcs.vehicles.policy import command_name
from telemetry.dialect import Dialect, Message
from telemetry.frames import Frame
from telemetry.links.link import Link, Peer
from telemetry.messages import decode_frame
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
"""What is written down of a guest, with these fields. Items and setpoints, many a second, are in the recording only."""
RENEW_EVERY_S = 1.0


class Guests:
    """`telemetry.links.exchange.Rules`."""

    def __init__(
        self, fleet: Fleet, leases: Leases, clock: Clock, publish: Callable[[Event], None], dialect: Dialect
    ) -> None:
        self._fleet = fleet
        self._leases = leases
        self._clock = clock
        self._publish = publish
        self._dialect = dialect
        self._renewed_s: dict[str, float] = {}

    def leased(self, seat: str, link: str, sysid: int) -> bool:
        return self._leases.leased(self._fleet.vehicle_at(link, sysid), self._clock.monotonic_s()) == seat

    def passed(self, door: Link, guest: Peer, link: str, frame: Frame) -> None:
        system, _ = target_of(frame, self._dialect)
        vehicle = self._fleet.vehicle_at(link, system) if system else None
        if vehicle is not None and door.where.seat:
            self._renew(vehicle, door.where.seat)
        kind = self._dialect.by_id[frame.msgid]
        if kind.TYPE.name in TOLD:
            self._tell(door, guest, vehicle, decode_frame(kind, frame))

    def _renew(self, vehicle: str, seat: str) -> None:
        now_s = self._clock.monotonic_s()
        if now_s - self._renewed_s.get(vehicle, float("-inf")) >= RENEW_EVERY_S:
            self._renewed_s[vehicle] = now_s
            self._leases.take(vehicle, seat, now_s)

    def _tell(self, door: Link, guest: Peer, vehicle: str | None, message: Message) -> None:
        name = message.message_name
        data: dict[str, Any] = {"message": name, "link": door.url, "peer": guest.name}
        data |= {field: getattr(message, field) for field in TOLD[name]}
        if name.startswith("COMMAND_"):
            data["command"] = command_name(message)
        actor = door.where.seat or f"guest {guest.name}"
        self._publish(Event(kind="guest.command", at=self._clock.utc(), actor=actor, vehicle=vehicle, data=data))
