"""Finds out who is asking: by token where one is needed, by their own word on a loopback address."""

from __future__ import annotations

import logging
import math

from aiohttp import web

from gcs.auth import LONGEST_TOKEN, Grant, GuessLimiter, Person, Role, SeatError, seat_name
from gcs.clock import Clock
from gcs.web.problem import ProblemError
from gcs.web.tokens import Tokens

LOG = logging.getLogger(__name__)
COOKIE = "aeropatrol_token"
SEAT_HEADER = "X-Seat"
_BEARER = "bearer "


class Doorman:
    """`tokens` None trusts everybody: the server listens on a loopback address only.

    A token that fits is let in even while its source has to wait for guessing: tokens cannot be guessed,
    and somebody who tries must not lock the centre out from behind the same address.
    """

    def __init__(self, tokens: Tokens | None, clock: Clock) -> None:
        self._tokens = tokens
        self._clock = clock
        self._limiter = GuessLimiter()

    @property
    def asks_for_tokens(self) -> bool:
        return self._tokens is not None

    def person(self, request: web.Request) -> Person:
        """Whoever asks. ProblemError 401 without a token, 401 or 429 with a wrong one, 400 for a reserved seat."""
        grant = self.grant(request, token_of(request))
        if grant.role is Role.UNIT and grant.unit is not None:
            return Person(seat=grant.unit, role=Role.UNIT, unit=grant.unit)
        try:
            return Person(seat=seat_name(request.headers.get(SEAT_HEADER)))
        except SeatError as error:
            raise ProblemError(400, "seat.reserved", str(error), field=SEAT_HEADER) from error

    def grant(self, request: web.Request, token: str | None) -> Grant:
        """What `token` opens, shown by `request`. Raises as `person`."""
        if self._tokens is None:
            return Grant(Role.CENTRE)
        if not token:
            raise _refused("token.needed", "show a token: Authorization: Bearer TOKEN, or open /?token=TOKEN once")
        found = self._tokens.grant(token) if len(token) <= LONGEST_TOKEN else None
        if found is None:
            self._refuse_guess(request.remote or "")
            raise _refused("token.wrong", "this token opens nothing here: ask the centre for a new one")
        return found

    def _refuse_guess(self, source: str) -> None:
        now_s = self._clock.monotonic_s()
        wait_s = self._limiter.wait_s(source, now_s)
        if wait_s > 0:
            headers = {"Retry-After": str(math.ceil(wait_s))}
            raise ProblemError(429, "token.too_many", "too many wrong tokens from this address", headers=headers)
        self._limiter.wrong(source, now_s)
        LOG.warning("a wrong token was shown by %s", source)


def token_of(request: web.Request) -> str | None:
    """The token that a request carries: in its header, else in the cookie."""
    header = request.headers.get("Authorization", "")
    if header[: len(_BEARER)].casefold() == _BEARER:
        return header[len(_BEARER) :].strip()
    return request.cookies.get(COOKIE)


def _refused(code: str, detail: str) -> ProblemError:
    return ProblemError(401, code, detail, headers={"WWW-Authenticate": 'Bearer realm="AeroPatrol"'})
