"""The channels by which other systems are told: how they are doing, what they gave up, and trying that again."""

from __future__ import annotations

from typing import Any

import msgspec

from gcs.events import Event
from gcs.web.problem import not_found
from gcs.web.route import Call, Query, Route
from gcs.web.routes.flying import Nothing

USUAL, MOST = 100, 1000


class ChannelView(msgspec.Struct, frozen=True, kw_only=True):
    """`waiting` and `given_up` count events; `problem` is why it does not deliver at the moment, "" while it does."""

    name: str
    exercise: bool
    waiting: int
    given_up: int
    problem: str


class GivenUp(msgspec.Struct, frozen=True, kw_only=True):
    """An event that was not delivered, after how many attempts, and why."""

    event: Event
    attempts: int
    problem: str


class Revived(msgspec.Struct, frozen=True, kw_only=True):
    """How many are tried again."""

    revived: int


async def list_channels(call: Call[None]) -> tuple[ChannelView, ...]:
    services, views = call.services, []
    for name, channel in services.outbox.channels.items():
        waiting, given_up = await services.store.count_outbox(name)
        problem = services.outbox.problem(name)
        views.append(
            ChannelView(name=name, exercise=channel.exercise, waiting=waiting, given_up=given_up, problem=problem)
        )
    return tuple(views)


async def list_given_up(call: Call[None]) -> tuple[GivenUp, ...]:
    limit = min(call.number("limit", USUAL), MOST)
    kept = await call.services.store.list_waiting(_known(call), limit, dead=True)
    return tuple(GivenUp(event=entry.event, attempts=entry.attempts, problem=entry.problem) for entry in kept)


async def revive_channel(call: Call[Nothing]) -> Revived:
    """Try again what was given up."""
    services, name = call.services, _known(call)
    number = await services.store.revive(name, services.clock.utc())
    services.outbox.look_again(name)
    data = {"channel": name, "events": number}
    services.publish(Event(kind="channel.revived", at=services.clock.utc(), actor=call.actor, data=data))
    return Revived(revived=number)


def _known(call: Call[Any]) -> str:
    name = call.part("name")
    if name not in call.services.outbox.channels:
        raise not_found("channel", name)
    return name


ROUTES = (
    Route(
        "GET", "/channels", list_channels, "the ways by which other systems are told", "channels",
        answer=tuple[ChannelView, ...], problems=(503,),
    ),
    Route(
        "GET", "/channels/{name}/given-up", list_given_up, "events that a channel has given up", "channels",
        answer=tuple[GivenUp, ...], query=(Query("limit", f"at most so many; {USUAL} unless told, up to {MOST}"),),
        problems=(503,),
    ),
    Route(
        "POST", "/channels/{name}/revive", revive_channel, "tries again what was given up", "channels",
        body=Nothing, answer=Revived, problems=(503, 507),
    ),
)  # fmt: skip
