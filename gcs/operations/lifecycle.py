"""The legal steps of an operation, as one table.

Rules behind the table:

- nothing flies that was not checked, then authorised by somebody by name, then uploaded and read back;
- checking again takes an authorisation back;
- pausing, returning and aborting are possible at any time in flight; aborting at any time before the end;
- `hold` is what a restart does to an operation whose vehicles cannot be told to be as they were left;
- closed and aborted are final.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from gcs.operations.errors import OperationError
from gcs.operations.model import OperationStatus as S


class Step(StrEnum):
    """What may be asked of an operation."""

    CHECK = "check"
    AUTHORISE = "authorise"
    UPLOAD = "upload"
    LAUNCH = "launch"
    AIRBORNE = "airborne"
    PAUSE = "pause"
    RESUME = "resume"
    HOLD = "hold"
    RTL = "rtl"
    ABORT = "abort"
    CLOSE = "close"


TRANSITIONS: Mapping[S, Mapping[Step, S]] = MappingProxyType(
    {
        S.DRAFT: {Step.CHECK: S.CHECKED, Step.ABORT: S.ABORTED},
        S.CHECKED: {Step.CHECK: S.CHECKED, Step.AUTHORISE: S.AUTHORISED, Step.ABORT: S.ABORTED},
        S.AUTHORISED: {Step.CHECK: S.CHECKED, Step.UPLOAD: S.UPLOADED, Step.ABORT: S.ABORTED},
        S.UPLOADED: {
            Step.CHECK: S.CHECKED,
            Step.UPLOAD: S.UPLOADED,
            Step.LAUNCH: S.LAUNCHING,
            Step.ABORT: S.ABORTED,
        },
        S.LAUNCHING: {
            Step.AIRBORNE: S.FLYING,
            Step.PAUSE: S.PAUSED,
            Step.HOLD: S.HELD,
            Step.RTL: S.RETURNING,
            Step.ABORT: S.ABORTED,
            Step.CLOSE: S.CLOSED,
        },
        S.FLYING: {
            Step.PAUSE: S.PAUSED,
            Step.HOLD: S.HELD,
            Step.RTL: S.RETURNING,
            Step.ABORT: S.ABORTED,
            Step.CLOSE: S.CLOSED,
        },
        S.PAUSED: {
            Step.RESUME: S.FLYING,
            Step.HOLD: S.HELD,
            Step.RTL: S.RETURNING,
            Step.ABORT: S.ABORTED,
            Step.CLOSE: S.CLOSED,
        },
        S.HELD: {Step.RESUME: S.FLYING, Step.RTL: S.RETURNING, Step.ABORT: S.ABORTED, Step.CLOSE: S.CLOSED},
        S.RETURNING: {Step.RTL: S.RETURNING, Step.ABORT: S.ABORTED, Step.CLOSE: S.CLOSED},
        S.CLOSED: {},
        S.ABORTED: {},
    }
)
UNDER_WAY = frozenset({S.LAUNCHING, S.FLYING, S.PAUSED, S.HELD, S.RETURNING})
"""Vehicles of an operation in one of these may be in the air."""
FINAL = frozenset({S.CLOSED, S.ABORTED})


class IllegalOperationStep(OperationError):  # noqa: N818 - a name that others use
    """A step that the operation's status does not allow; `legal` lists those it does."""

    def __init__(self, status: S, step: Step) -> None:
        self.status, self.step = status, step
        self.legal = legal_steps(status)
        allowed = ", ".join(self.legal) or "none"
        super().__init__(f"an operation that is {status} cannot be asked to {step}; legal steps: {allowed}")


def legal_steps(status: S) -> tuple[Step, ...]:
    """The steps possible from `status`, in the order of the table."""
    return tuple(TRANSITIONS[status])


def after(status: S, step: Step) -> S:
    """The status that `step` leads to; raises `IllegalOperationStep`."""
    try:
        return TRANSITIONS[status][step]
    except KeyError:
        raise IllegalOperationStep(status, step) from None
