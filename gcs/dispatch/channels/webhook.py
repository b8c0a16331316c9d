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

import aiohttp
import msgspec

from gcs.clock import Clock
from gcs.dispatch.channels.channel import Delivery, NotDeliveredError, SettledChannel
from gcs.dispatch.channels.settings import WebhookSettings

SIGNATURE = "X-AeroPatrol-Signature"
DELIVERY = "X-AeroPatrol-Delivery"
ANSWER_WITHIN_S = 10.0
_NEVER = frozenset({410, 413, 415, 422})
_TAKEN = range(200, 300)


class Webhook(SettledChannel):
    """One receiver."""

    def __init__(self, settings: WebhookSettings, clock: Clock) -> None:
        super().__init__(settings)
        self._settings = settings
        self._clock = clock
        self._session: aiohttp.ClientSession | None = None

    async def send(self, delivery: Delivery) -> None:
        sighting = delivery.sighting
        if sighting is None:
            raise NotDeliveredError("the sighting of the event is not kept", final=True)
        body = msgspec.json.encode(
            {"id": delivery.id, "event": delivery.event, "sighting": sighting, "exercise": sighting.simulated}
        )
        status = await self._post(body, self._headers(delivery, body))
        if status not in _TAKEN:
            raise NotDeliveredError(f"answered {status}", final=status in _NEVER)

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    def _headers(self, delivery: Delivery, body: bytes) -> dict[str, str]:
        seconds = str(int(self._clock.utc().timestamp()))
        return {
            "Content-Type": "application/json",
            SIGNATURE: f"t={seconds},v1={signature(self._settings.secret, seconds, body)}",
            DELIVERY: delivery.id,
        }

    async def _post(self, body: bytes, headers: dict[str, str]) -> int:
        try:
            async with self._opened().post(
                self._settings.url, data=body, headers=headers, allow_redirects=False
            ) as answer:
                return answer.status
        except TimeoutError:
            raise NotDeliveredError(f"no answer within {ANSWER_WITHIN_S:.0f} s") from None
        except (aiohttp.ClientError, OSError) as error:
            raise NotDeliveredError(f"cannot be reached: {error}") from error

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            timeout = aiohttp.ClientTimeout(total=ANSWER_WITHIN_S)
            self._session = aiohttp.ClientSession(timeout=timeout, trust_env=False)
        return self._session


def signature(secret: str, seconds: str, body: bytes) -> str:
    """The HMAC of a body sent at `seconds`; what a receiver compares in constant time."""
    return hmac.new(secret.encode(), f"{seconds}.".encode() + body, hashlib.sha256).hexdigest()
