"""Which TAK client is which unit, and what was sent to whom and is not confirmed yet. Pure; in memory only: clients say
who they are again after every connection."""

from __future__ import annotations

import hashlib
import re
from collections import OrderedDict
from dataclasses import dataclass, field, replace

MOST_MESSAGES = 5000
AGAIN_AFTER_S = 10.0
_NOT_IN_IDS = re.compile(r"[^\w.-]", re.ASCII)


@dataclass(frozen=True, slots=True)
class Sent:
    """A task that was sent to a unit's client. `confirmed` is "", "delivered" or "read"; it only goes forward."""

    unit: str
    sighting: str
    confirmed: str = ""


@dataclass(slots=True)
class Contacts:
    """Clients by channel and unit."""

    _clients: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict)
    _sent: OrderedDict[str, Sent] = field(default_factory=OrderedDict)

    def met(self, channel: str, unit: str, uid: str, callsign: str) -> None:
        """The client of a unit has said who it is."""
        self._clients[channel, unit] = (uid, callsign)

    def contact(self, channel: str, unit: str) -> tuple[str, str] | None:
        """The uid and callsign of a unit's client there."""
        return self._clients.get((channel, unit))

    def uid_of(self, channel: str, unit: str) -> str | None:
        found = self._clients.get((channel, unit))
        return found[0] if found else None

    def sent(self, message_id: str, unit: str, sighting: str) -> None:
        """A task went out."""
        self._sent.setdefault(message_id, Sent(unit, sighting))
        while len(self._sent) > MOST_MESSAGES:
            self._sent.popitem(last=False)

    def confirm(self, message_id: str, *, read: bool) -> Sent | None:
        """The message after a receipt; None when that says nothing new."""
        known = self._sent.get(message_id)
        word = "read" if read else "delivered"
        if known is None or known.confirmed in ("read", word):
            return None
        self._sent[message_id] = replace(known, confirmed=word)
        return self._sent[message_id]

    def unconfirmed(self, unit: str, sighting: str) -> str | None:
        """The newest message about `sighting` that the unit's client has not confirmed."""
        for message_id in reversed(self._sent):
            sent = self._sent[message_id]
            if (sent.unit, sent.sighting) == (unit, sighting):
                return None if sent.confirmed else message_id
        return None


def unit_id(uid: str) -> str:
    """The id of the unit that a client is; two clients never share one."""
    plain = _NOT_IN_IDS.sub("-", uid)
    if plain == uid and len(plain) <= 58:
        return f"tak.{plain}"
    return f"tak.{plain[:40]}.{hashlib.sha256(uid.encode()).hexdigest()[:12]}"
