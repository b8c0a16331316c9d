"""A message together with where it came from and when: kept until it becomes an event."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from telemetry.dialect import Message


@dataclass(frozen=True, slots=True)
class Origin:
    """The link (its URL) and the peer on it (`host:port`, a device or a file name)."""

    link: str
    peer: str


class Received(msgspec.Struct, frozen=True):
    """`received_s` is the receiver's monotonic clock in seconds; never compare it across hosts."""

    message: Message
    sysid: int
    compid: int
    seq: int
    origin: Origin
    received_s: float
