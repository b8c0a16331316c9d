"""The score of a drill as data: given by the simulators, kept and shown by ground control."""

from __future__ import annotations

import msgspec


class Reason(msgspec.Struct, frozen=True, kw_only=True):
    """Why points were given or lost; `at_s` is the moment in the drill."""

    zh: str
    en: str
    at_s: float | None = None


class ScoreLine(msgspec.Struct, frozen=True, kw_only=True):
    """One objective: `value` None cannot be said; `points` of `of`; `detail` are further figures of it."""

    kind: str
    value: float | None
    target: float
    points: float
    of: float
    reasons: tuple[Reason, ...] = ()
    detail: dict[str, float | None] = {}


class Score(msgspec.Struct, frozen=True, kw_only=True):
    """`passed` is whether the share of points that the drill asks for was reached."""

    points: float
    of: float
    passed: bool
    lines: tuple[ScoreLine, ...]
