"""The legal steps of a sighting, as one table.

Rules behind the table:

- a sighting is with one unit at most; being assigned, accepted or on scene means being with one;
- a unit may hand a sighting back (`refuse`) until it is resolved; `expire` is handing back for a unit that
  did not answer, and nobody asks for it: the desk's timer does;
- a resolve needs an outcome, a dismissal a note;
- resolved and dismissed are settled: nothing but `reopen` leads out;
- a step repeated word for word by whoever took it last changes nothing and is no error, because its answer
  may have been lost on the way.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from msgspec.structs import replace

from gcs.sightings.errors import IllegalSightingStepError, InvalidReportError, NotYourSightingError
from gcs.sightings.model import Sighting, Step
from gcs.sightings.model import SightingStatus as S
from gcs.sightings.text import clean_line, clean_note


class Action(StrEnum):
    """What may be asked of a sighting."""

    ASSIGN = "assign"
    ACCEPT = "accept"
    REFUSE = "refuse"
    EXPIRE = "expire"
    ARRIVE = "arrive"
    RESOLVE = "resolve"
    DISMISS = "dismiss"
    REOPEN = "reopen"


TRANSITIONS: Mapping[S, Mapping[Action, S]] = MappingProxyType(
    {
        S.NEW: {Action.ASSIGN: S.ASSIGNED, Action.DISMISS: S.DISMISSED},
        S.ASSIGNED: {
            Action.ASSIGN: S.ASSIGNED,
            Action.ACCEPT: S.ACCEPTED,
            Action.REFUSE: S.NEW,
            Action.EXPIRE: S.NEW,
            Action.DISMISS: S.DISMISSED,
        },
        S.ACCEPTED: {
            Action.ASSIGN: S.ASSIGNED,
            Action.REFUSE: S.NEW,
            Action.ARRIVE: S.ON_SCENE,
            Action.DISMISS: S.DISMISSED,
        },
        S.ON_SCENE: {
            Action.ASSIGN: S.ASSIGNED,
            Action.REFUSE: S.NEW,
            Action.RESOLVE: S.RESOLVED,
            Action.DISMISS: S.DISMISSED,
        },
        S.RESOLVED: {Action.REOPEN: S.NEW},
        S.DISMISSED: {Action.REOPEN: S.NEW},
    }
)
SETTLED = frozenset({S.RESOLVED, S.DISMISSED})
WITH_A_UNIT = frozenset({S.ASSIGNED, S.ACCEPTED, S.ON_SCENE})
BY_THE_UNIT = frozenset({Action.ACCEPT, Action.REFUSE, Action.EXPIRE, Action.ARRIVE, Action.RESOLVE})
"""Steps of the unit that holds the sighting, or of somebody on its behalf."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A step as asked: by whom, when, and with what. `unit` as in `StepRequest`; `eta_s` is the way of that unit."""

    action: Action
    at: datetime
    actor: str
    unit: str | None = None
    note: str = ""
    outcome: str | None = None
    eta_s: float | None = None


def legal_actions(status: S) -> tuple[Action, ...]:
    """The steps that somebody may ask for in `status`, in the order of the table."""
    return tuple(action for action in TRANSITIONS[status] if action is not Action.EXPIRE)


def take(sighting: Sighting, asked: Asked) -> Sighting:
    """The sighting after the step; the same object when the step is a repetition of the last one.

    Raises IllegalSightingStepError (NotYourSightingError for a unit that does not hold it), and
    InvalidReportError when an outcome, a note or a unit is missing.
    """
    note, outcome = clean_note(asked.note, "note"), clean_line(asked.outcome or "", "outcome")
    if _is_repeated(sighting, asked, note, outcome):
        return sighting
    legal = legal_actions(sighting.status)
    status = TRANSITIONS[sighting.status].get(asked.action)
    if status is None:
        raise IllegalSightingStepError(f"a sighting that is {sighting.status} cannot be asked to {asked.action}", legal)
    if asked.action in BY_THE_UNIT and asked.unit not in (None, sighting.unit):
        raise NotYourSightingError(str(asked.unit), sighting.unit, legal)
    _check_needs(asked, note, outcome)
    unit = asked.unit if asked.action is Action.ASSIGN else sighting.unit
    step = Step(
        at=asked.at,
        actor=asked.actor,
        action=asked.action,
        status=status,
        unit=unit,
        note=note,
        eta_s=asked.eta_s,
    )
    return replace(
        sighting,
        status=status,
        unit=None if status is S.NEW else unit,
        outcome=outcome or None if asked.action is Action.RESOLVE else None,
        history=(*sighting.history, step),
    )


def _check_needs(asked: Asked, note: str, outcome: str) -> None:
    if asked.action is Action.RESOLVE and not outcome:
        raise InvalidReportError("outcome", "say what came of it, for example: moved, warned, false alarm")
    if asked.action is Action.DISMISS and not note:
        raise InvalidReportError("note", "say why it is dismissed")
    if asked.action is Action.ASSIGN and not asked.unit:
        raise InvalidReportError("unit", "say which unit")


def _is_repeated(sighting: Sighting, asked: Asked, note: str, outcome: str) -> bool:
    if not sighting.history:
        return False
    last = sighting.history[-1]
    same_unit = asked.unit in (None, last.unit) and (asked.unit is not None or asked.action is not Action.ASSIGN)
    same_words = note == last.note and (outcome or None) == sighting.outcome
    return last.action == asked.action and same_unit and same_words
