"""What happened, as kept."""

from __future__ import annotations

from gcs.events import Event
from gcs.web.route import Call, Query, Route

MOST_AT_ONCE = 1000
USUAL = 200


async def list_events(call: Call[None]) -> tuple[Event, ...]:
    after, limit = call.number("after", 0), call.number("limit", USUAL)
    return tuple(await call.services.store.read_events(after, min(limit, MOST_AT_ONCE)))


ROUTES = (
    Route(
        "GET",
        "/events",
        list_events,
        "what happened, oldest first",
        "events",
        answer=tuple[Event, ...],
        query=(
            Query("after", "only events with a greater seq"),
            Query("limit", f"at most so many; {USUAL} unless told, up to {MOST_AT_ONCE}"),
        ),
        problems=(503,),
    ),
)
