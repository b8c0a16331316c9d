"""The chain 分类 → 互通 → 流转 → 反馈 → 评估 → 研判 → 督办 → 归档, as one table of steps.

| link | steps | by whom |
|---|---|---|
| 分类 classify | the report; `classify` (another class or priority), `duplicate` (of which one) | centre |
| 互通 share | no step: every event about it goes out by the channels | - |
| 流转 route | `assign`, `accept`, `refuse`, `expire` | centre, the unit, the unit, the desk's timer |
| 反馈 report back | `arrive`, `feedback`, `resolve` | the unit |
| 评估 assess | `assess` (how it was dealt with), `dismiss` (nothing was there) | centre |
| 研判 analyse | `analyse` (why it happens, what to do about it) | centre |
| 督办 supervise | `supervise`, and what takes too long by itself (see `overdue`) | centre |
| 归档 archive | `archive` | centre |

Rules behind the table:

- a sighting is with one unit at most; being assigned, accepted or on scene means being with one;
- a unit may hand a sighting back (`refuse`) until it is resolved; `expire` is handing back for a unit that
  did not answer, and nobody asks for it: the desk's timer does;
- what a step needs is the table `NEEDS`;
- a settled sighting goes on to be assessed and archived; `reopen` leads back;
- an archived one is never changed again: to reopen it makes a new one that names it in `follows`;
- a step repeated changes nothing and is no error, because its answer may have been lost on the way: one that has an
  `id` whatever has come after it, one without while it is the last, word for word.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from msgspec.structs import replace

from gcs.sightings.errors import IllegalSightingStepError, InvalidReportError, NotYourSightingError
from gcs.sightings.model import Sighting, Step
from gcs.sightings.model import SightingStatus as S
from gcs.sightings.text import clean_line, clean_note


class Action(StrEnum):
    """What may be asked of a sighting."""

    CLASSIFY = "classify"
    DUPLICATE = "duplicate"
    ASSIGN = "assign"
    ACCEPT = "accept"
    REFUSE = "refuse"
    EXPIRE = "expire"
    ARRIVE = "arrive"
    FEEDBACK = "feedback"
    RESOLVE = "resolve"
    DISMISS = "dismiss"
    ASSESS = "assess"
    ANALYSE = "analyse"
    SUPERVISE = "supervise"
    ARCHIVE = "archive"
    REOPEN = "reopen"


A = Action
_STAYS = frozenset({A.CLASSIFY, A.FEEDBACK, A.SUPERVISE, A.ANALYSE})
"""Steps after which a sighting stands where it stood."""


def _open(status: S, steps: Mapping[Action, S]) -> dict[Action, S]:
    """What may be asked in an open status: its own steps and those of every open one."""
    return {
        **steps,
        A.DISMISS: S.DISMISSED,
        A.CLASSIFY: status,
        A.SUPERVISE: status,
        A.DUPLICATE: S.DUPLICATE,
    }


TRANSITIONS: Mapping[S, Mapping[Action, S]] = MappingProxyType(
    {
        S.NEW: _open(S.NEW, {A.ASSIGN: S.ASSIGNED}),
        S.ASSIGNED: _open(S.ASSIGNED, {A.ASSIGN: S.ASSIGNED, A.ACCEPT: S.ACCEPTED, A.REFUSE: S.NEW, A.EXPIRE: S.NEW}),
        S.ACCEPTED: _open(
            S.ACCEPTED,
            {A.ASSIGN: S.ASSIGNED, A.REFUSE: S.NEW, A.ARRIVE: S.ON_SCENE, A.FEEDBACK: S.ACCEPTED},
        ),
        S.ON_SCENE: _open(
            S.ON_SCENE,
            {A.ASSIGN: S.ASSIGNED, A.REFUSE: S.NEW, A.RESOLVE: S.RESOLVED, A.FEEDBACK: S.ON_SCENE},
        ),
        S.RESOLVED: {A.REOPEN: S.NEW, A.ASSESS: S.ASSESSED},
        S.DISMISSED: {A.REOPEN: S.NEW, A.ASSESS: S.ASSESSED},
        S.ASSESSED: {A.REOPEN: S.NEW, A.ANALYSE: S.ASSESSED, A.ARCHIVE: S.ARCHIVED},
        S.DUPLICATE: {A.REOPEN: S.NEW, A.ARCHIVE: S.ARCHIVED},
        S.ARCHIVED: {A.REOPEN: S.ARCHIVED},
    }
)
SETTLED = frozenset({S.RESOLVED, S.DISMISSED, S.ASSESSED, S.DUPLICATE, S.ARCHIVED})
WITH_A_UNIT = frozenset({S.ASSIGNED, S.ACCEPTED, S.ON_SCENE})
BY_UNITS = frozenset({A.ACCEPT, A.REFUSE, A.ARRIVE, A.FEEDBACK, A.RESOLVE})
"""Steps that a unit may ask for; all others are the centre's."""
MOST_BACK = timedelta(days=1)
"""How far back a unit's step may lie that was taken out of reach of the centre."""
BY_THE_UNIT = BY_UNITS | {A.EXPIRE}
"""Steps of the unit that holds the sighting, or of somebody on its behalf."""
NEEDS: Mapping[Action, tuple[str, str]] = MappingProxyType(
    {
        A.RESOLVE: ("outcome", "say what came of it, for example: moved, warned, false alarm"),
        A.DISMISS: ("note", "say why it is dismissed"),
        A.ASSIGN: ("unit", "say which unit"),
        A.FEEDBACK: ("note", "say what there is to report"),
        A.ASSESS: ("note", "say how it was dealt with"),
        A.ANALYSE: ("note", "say what follows from it"),
        A.SUPERVISE: ("note", "say what is to be done, and until when"),
        A.DUPLICATE: ("of", "say which sighting it is the same as"),
    }
)
"""The field that a step cannot do without, and what to say in it."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A step as asked: by whom, when, and with what. `unit` as in `StepRequest`; `eta_s` is the way of that unit;
    `klass` and `priority` are for `classify`, `of` for `duplicate`. `taken_at` is when somebody who could not reach us
    says to have taken it."""

    action: Action
    at: datetime
    actor: str
    unit: str | None = None
    note: str = ""
    outcome: str | None = None
    eta_s: float | None = None
    klass: str | None = None
    priority: int | None = None
    of: str | None = None
    taken_at: datetime | None = None
    id: str | None = None


def legal_actions(status: S) -> tuple[Action, ...]:
    """The steps that somebody may ask for in `status`, in the order of the table."""
    return tuple(action for action in TRANSITIONS[status] if action is not A.EXPIRE)


def moved_last(sighting: Sighting) -> int:
    """The index in the history of the step by which the sighting came to stand where it stands."""
    steps = range(len(sighting.history) - 1, -1, -1)
    return next((i for i in steps if sighting.history[i].action not in _STAYS), 0)


def take(sighting: Sighting, asked: Asked) -> Sighting:
    """The sighting after the step; the same object when the step is a repetition.

    Raises IllegalSightingStepError (NotYourSightingError for a unit that does not hold it), and
    InvalidReportError when something is missing that the step needs. To reopen an archived one is not done here.
    """
    note, outcome = clean_note(asked.note, "note"), clean_line(asked.outcome or "", "outcome")
    if _is_repeated(sighting, asked, note, outcome):
        return sighting
    legal = legal_actions(sighting.status)
    status = TRANSITIONS[sighting.status].get(asked.action)
    if status is None or sighting.status is S.ARCHIVED:
        raise IllegalSightingStepError(f"a sighting that is {sighting.status} cannot be asked to {asked.action}", legal)
    if asked.action in BY_THE_UNIT and asked.unit not in (None, sighting.unit):
        raise NotYourSightingError(str(asked.unit), sighting.unit, legal)
    _check_needs(asked, note, outcome)
    unit = asked.unit if asked.action is A.ASSIGN else sighting.unit
    at = _taken_at(sighting, asked)
    step = Step(
        at=at,
        received_at=None if at == asked.at else asked.at,
        actor=asked.actor,
        action=asked.action,
        status=status,
        unit=unit,
        note=note,
        eta_s=asked.eta_s,
        id=asked.id,
    )
    return replace(
        sighting,
        status=status,
        klass=asked.klass or sighting.klass,
        priority=asked.priority or sighting.priority,
        unit=None if status is S.NEW else unit,
        outcome=_outcome(sighting, asked.action, outcome),
        duplicate_of=_duplicate_of(sighting, asked),
        history=(*sighting.history, step),
    )


def _taken_at(sighting: Sighting, asked: Asked) -> datetime:
    """A clock that is wrong loses no step: its time is brought between the step before and now, a day at most."""
    if asked.taken_at is None or asked.action not in BY_UNITS:
        return asked.at
    before = max((step.at for step in sighting.history), default=asked.at)
    return min(max(asked.taken_at, before, asked.at - MOST_BACK), asked.at)


def _check_needs(asked: Asked, note: str, outcome: str) -> None:
    field, problem = NEEDS.get(asked.action, ("", ""))
    if field and not {"note": note, "outcome": outcome}.get(field, getattr(asked, field)):
        raise InvalidReportError(field, problem)
    if asked.action is A.CLASSIFY and not (asked.klass or asked.priority):
        raise InvalidReportError("klass", "say which class or priority it is to have")


def _outcome(sighting: Sighting, action: Action, outcome: str) -> str | None:
    if action is A.RESOLVE:
        return outcome
    return None if action in (A.REOPEN, A.DISMISS) else sighting.outcome


def _duplicate_of(sighting: Sighting, asked: Asked) -> str | None:
    if asked.action is A.DUPLICATE:
        return asked.of
    return None if asked.action is A.REOPEN else sighting.duplicate_of


def _is_repeated(sighting: Sighting, asked: Asked, note: str, outcome: str) -> bool:
    if asked.id is not None:
        return any(step.id == asked.id for step in sighting.history)
    if asked.action is A.CLASSIFY:
        return (asked.klass or asked.priority) is not None and (
            asked.klass in (None, sighting.klass) and asked.priority in (None, sighting.priority)
        )
    if not sighting.history:
        return False
    last = sighting.history[-1]
    same_unit = asked.unit in (None, last.unit) and (asked.unit is not None or asked.action is not A.ASSIGN)
    same_words = note == last.note and (asked.action is not A.RESOLVE or outcome == sighting.outcome)
    same_thing = asked.action is not A.DUPLICATE or asked.of == sighting.duplicate_of
    return last.action == asked.action and same_unit and same_words and same_thing
