"""Who is asking, and what they may do. Pure: no clock, no random source, no file.

Rules:

- On a loopback address the person at the laptop is trusted and only says under which seat they act.
- On any other address everybody shows a token. Tokens are random, kept only as digests, compared in
  constant time, and guesses are counted per source.
- The centre's token may do everything; a unit's token acts for that one unit and nothing else.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import unicodedata
from collections import OrderedDict, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import unquote

import msgspec

DEFAULT_SEAT = "pilot"
LONGEST_SEAT = 40
LONGEST_TOKEN = 200
RESERVED_SEATS = frozenset({"system"})
GUESSES_PER_MINUTE = 10
SOURCES_WATCHED = 10_000
_MINUTE_S = 60.0


class SeatError(ValueError):
    """A seat name that nobody may take."""


class Role(StrEnum):
    CENTRE = "centre"
    UNIT = "unit"


@dataclass(frozen=True, slots=True)
class Person:
    """Whoever a request comes from. `unit` is set for role UNIT only."""

    seat: str
    role: Role = Role.CENTRE
    unit: str | None = None

    def may_act_for(self, unit: str | None) -> bool:
        return self.role is Role.CENTRE or (unit is not None and unit == self.unit)


class Access(msgspec.Struct, frozen=True, kw_only=True):
    """Digests of the tokens in force: the centre's, and one a unit."""

    centre: str
    units: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class Grant:
    """What a token opens."""

    role: Role
    unit: str | None = None


def is_loopback(host: str) -> bool:
    """Whether an address to listen on can be reached from this machine only."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def seat_name(said: str | None) -> str:
    """The name to write beside what somebody does. Raises SeatError for a reserved one.

    `said` may be percent-encoded UTF-8, since headers hold ASCII. Control and format characters go,
    blanks collapse, and it ends after 40 characters.
    """
    plain = unicodedata.normalize("NFC", unquote(said or "", errors="replace"))
    visible = "".join(char if unicodedata.category(char)[0] != "C" else " " for char in plain[: 8 * LONGEST_SEAT])
    name = " ".join(visible.split())[:LONGEST_SEAT].strip()
    if name.casefold() in RESERVED_SEATS:
        raise SeatError(f"the seat name {name!r} is reserved: choose another")
    return name or DEFAULT_SEAT


def token_digest(token: str) -> str:
    """SHA-256 as hex: a random secret of 128 bits and more needs no slow hash."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def grant_of(access: Access, token: str) -> Grant | None:
    """What `token` opens; takes the same time whichever of the digests it fits, or none."""
    given = token_digest(token[:LONGEST_TOKEN])
    found = Grant(Role.CENTRE) if hmac.compare_digest(given, access.centre) else None
    for unit, digest in access.units.items():
        if hmac.compare_digest(given, digest) and found is None:
            found = Grant(Role.UNIT, unit)
    return found


@dataclass(slots=True)
class GuessLimiter:
    """Counts wrong tokens per source over a minute; bounded memory, oldest source forgotten first."""

    per_minute: int = GUESSES_PER_MINUTE
    sources: int = SOURCES_WATCHED
    _wrong: OrderedDict[str, deque[float]] = field(default_factory=OrderedDict)

    def wait_s(self, source: str, now_s: float) -> float:
        """How long `source` has to wait before its next guess; 0 = it may guess."""
        times = self._wrong.get(source)
        if times is None or len(times) < self.per_minute:
            return 0.0
        return max(0.0, times[0] + _MINUTE_S - now_s)

    def wrong(self, source: str, now_s: float) -> None:
        """`source` has shown a token that opens nothing."""
        times = self._wrong.setdefault(source, deque(maxlen=self.per_minute))
        times.append(now_s)
        self._wrong.move_to_end(source)
        if len(self._wrong) > self.sources:
            self._wrong.popitem(last=False)
