"""Recordings being played: where in them we are, how fast, and from where to go on."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import msgspec

from gcs.web.problem import ProblemError
from gcs.web.route import Call, Route
from gcs.web.services import Player
from telemetry.links.replay import FASTEST, SLOWEST

Moment = Annotated[datetime, msgspec.Meta(tz=True)]
Speed = Annotated[float, msgspec.Meta(ge=SLOWEST, le=FASTEST)]


class RecordingView(msgspec.Struct, frozen=True, kw_only=True):
    """One recording, from its first frame to its last."""

    name: str
    begins: datetime
    ends: datetime


class ReplayView(msgspec.Struct, frozen=True, kw_only=True):
    """All recordings share one time, `at`. `speed` 1 is as it was."""

    begins: datetime
    ends: datetime
    at: datetime
    speed: float
    paused: bool
    recordings: tuple[RecordingView, ...]


class ReplayRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is not given stays as it is, but a speed alone goes on. `at` outside the recordings is their nearest end."""

    at: Moment | None = None
    speed: Speed | None = None
    paused: bool | None = None


async def get_replay(call: Call[None]) -> ReplayView:
    return _view(_player(call.services.player))


async def set_replay(call: Call[ReplayRequest]) -> ReplayView:
    player, wanted = _player(call.services.player), call.body
    if wanted.speed is not None or wanted.paused is False:
        player.play(wanted.speed or player.speed or 1.0)
    if wanted.paused:
        player.pause()
    if wanted.at is not None:
        player.seek(wanted.at.timestamp())
    return _view(player)


def _player(player: Player | None) -> Player:
    if player is None:
        raise ProblemError(409, "replay.off", "nothing is replayed here: start `aeropatrol replay` with recordings")
    return player


def _view(player: Player) -> ReplayView:
    return ReplayView(
        begins=_moment(player.from_s),
        ends=_moment(player.to_s),
        at=_moment(player.at_s),
        speed=player.speed,
        paused=player.paused,
        recordings=tuple(
            RecordingView(name=span.name, begins=_moment(span.from_s), ends=_moment(span.to_s)) for span in player.spans
        ),
    )


def _moment(unix_s: float) -> datetime:
    return datetime.fromtimestamp(unix_s, UTC)


ROUTES = (
    Route("GET", "/replay", get_replay, "where in the recordings we are", "state", answer=ReplayView, problems=(409,)),
    Route(
        "PUT",
        "/replay",
        set_replay,
        "go to a time, pause, go on, faster or slower",
        "state",
        body=ReplayRequest,
        answer=ReplayView,
        problems=(409,),
        in_replay=True,
    ),
)
