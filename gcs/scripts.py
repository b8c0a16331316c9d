"""Doors for scripts that fly a vehicle in the name of its seat: which ports they use, and how one stands. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

LOWEST, HIGHEST = 1024, 65535
MOST = 4096


@dataclass(frozen=True, slots=True)
class ScriptDoor:
    """`connect` is what a script is told, as DroneKit and pymavlink write it; None where no port was free. `callers`
    are connected, `refused` counts what they may not say."""

    seat: str
    connect: str | None
    callers: int = 0
    refused: int = 0


def script_ports(text: str) -> range:
    """From `FIRST-LAST`; empty for an empty text. Raises ValueError with what is wrong."""
    if not text:
        return range(0)
    found = re.fullmatch(r"([0-9]{1,5})-([0-9]{1,5})", text)
    first, last = map(int, found.groups()) if found else (0, 0)
    if not LOWEST <= first <= last <= HIGHEST or last - first >= MOST:
        raise ValueError(f"{text!r} is not FIRST-LAST, up to {MOST} ports of {LOWEST} to {HIGHEST}, e.g. 14600-14855")
    return range(first, last + 1)


def ports_for(ports: range, sysid: int, vehicle: str, kept: Mapping[str, int]) -> Iterator[int]:
    """Ports for a vehicle, best first: the one it had before, FIRST plus its system id, any that is nobody's.

    `kept` is by vehicle what each has or had; those of others are never given away.
    """
    others = {port for name, port in kept.items() if name != vehicle}
    own = kept.get(vehicle)
    best = ports.start + sysid
    first = [port for port in (own, best) if port is not None and port in ports and port not in others]
    yield from dict.fromkeys([*first, *(port for port in ports if port not in others)])
