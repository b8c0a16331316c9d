"""Links that do one thing once: accept one task for one unit, for as long as it waits for that answer.

A link is `BODY.SIGNATURE`: the body names the sighting, the unit, the step after which it was made, and when it ends;
the signature is its HMAC-SHA256 under a key of this server. Once the unit has answered, or somebody else has the task,
the sighting has moved on and the link does nothing any more.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac

import msgspec

from gcs.clock import Clock
from gcs.sightings.model import Sighting, SightingStatus
from gcs.sightings.workflow import moved_last

HOLDS_S = 3600.0
LONGEST = 600


class Errand(msgspec.Struct, frozen=True, array_like=True):
    """What a link is for; `step` is the number of the step that made the task wait, `ends` is unix seconds."""

    sighting: str
    unit: str
    step: int
    ends: int


class Links:
    """`use` gives the key; before it nothing can be signed and no link is right."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._key = b""

    def use(self, key: bytes) -> None:
        self._key = key

    def make(self, sighting: Sighting, unit: str) -> str | None:
        """A link for the unit to accept the task it was given; None when it does not wait for that answer."""
        if not self._key or sighting.status is not SightingStatus.ASSIGNED or sighting.unit != unit:
            return None
        ends = int(self._clock.utc().timestamp() + HOLDS_S)
        body = _encode(msgspec.json.encode(Errand(sighting.id, unit, moved_last(sighting), ends)))
        return f"{body}.{self._sign(body)}"

    def read(self, link: str) -> Errand | None:
        """What the link is for; None for one that was not made here, or has ended."""
        body, _, signature = link.partition(".")
        if not self._key or len(link) > LONGEST or not link.isascii():
            return None
        if not hmac.compare_digest(self._sign(body), signature):
            return None
        try:
            errand = msgspec.json.decode(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)), type=Errand)
        except (msgspec.MsgspecError, binascii.Error, ValueError):
            return None
        return errand if errand.ends >= self._clock.utc().timestamp() else None

    def _sign(self, body: str) -> str:
        return _encode(hmac.new(self._key, body.encode(), hashlib.sha256).digest())


def still_waits(errand: Errand, sighting: Sighting) -> bool:
    """Whether the sighting waits for just that answer."""
    return (
        sighting.status is SightingStatus.ASSIGNED
        and sighting.unit == errand.unit
        and moved_last(sighting) == errand.step
    )


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
