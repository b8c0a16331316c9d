"""Who the server takes the caller for."""

from __future__ import annotations

import msgspec

from gcs.auth import Role
from gcs.web.route import Call, Route


class Me(msgspec.Struct, frozen=True, kw_only=True):
    """`seat` is the name written beside what the caller does; `unit` is set for role `unit` only."""

    seat: str
    role: Role
    unit: str | None = None
    replay: bool


async def get_me(call: Call[None]) -> Me:
    person = call.person
    return Me(seat=person.seat, role=person.role, unit=person.unit, replay=call.services.replay)


ROUTES = (Route("GET", "/me", get_me, "who the server takes you for", "people", answer=Me, units=True),)
