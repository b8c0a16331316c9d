"""Tells another system by HTTP POST, signed, until it answers 2xx.

The body is JSON: `{"id", "event", "sighting", "exercise"}`. The header `X-AeroPatrol-Signature` is
`t=UNIX_SECONDS,v1=HEX`, where HEX is the HMAC-SHA256, under the shared secret, of the seconds, a full stop and the
body. A receiver recomputes it, refuses seconds that are minutes old, and takes each `id` once.

Answers: 2xx is taken; 410 says that nobody listens there any more and 413, 415 and 422 that this one will never be
taken: it is given up. Everything else, and no answer within 10 s, is tried again. Redirections are not followed.
"""

from __future__ import annotations

import hashlib
import hmac

import msgspec

from gcs.clock import Clock
from gcs.dispatch.channels.channel import Delivery, NotDeliveredError, SettledChannel
from gcs.dispatch.channels.posting import Poster
from gcs.dispatch.channels.settings import WebhookSettings

SIGNATURE = "X-AeroPatrol-Signature"
DELIVERY = "X-AeroPatrol-Delivery"
_NEVER = frozenset({410, 413, 415, 422})
_TAKEN = range(200, 300)


class Webhook(SettledChannel):
    """One receiver."""

    def __init__(self, settings: WebhookSettings, clock: Clock) -> None:
        super().__init__(settings)
        self._settings = settings
        self._clock = clock
        self._poster = Poster()

    async def send(self, delivery: Delivery) -> None:
        sighting = delivery.sighting
        if sighting is None:
            raise NotDeliveredError("the sighting of the event is not kept", final=True)
        body = msgspec.json.encode(
            {"id": delivery.id, "event": delivery.event, "sighting": sighting, "exercise": sighting.simulated}
        )
        status = await self._poster.post(self._settings.url, body, self._headers(delivery, body))
        if status not in _TAKEN:
            raise NotDeliveredError(f"answered {status}", final=status in _NEVER)

    async def close(self) -> None:
        await self._poster.close()

    def _headers(self, delivery: Delivery, body: bytes) -> dict[str, str]:
        seconds = str(int(self._clock.utc().timestamp()))
        return {
            "Content-Type": "application/json",
            SIGNATURE: f"t={seconds},v1={signature(self._settings.secret, seconds, body)}",
            DELIVERY: delivery.id,
        }


def signature(secret: str, seconds: str, body: bytes) -> str:
    """The HMAC of a body sent at `seconds`; what a receiver compares in constant time."""
    return hmac.new(secret.encode(), f"{seconds}.".encode() + body, hashlib.sha256).hexdigest()
