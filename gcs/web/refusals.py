"""What the rest of the system refuses, as problem documents: one table from error to status and code."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gcs.leases import HeldError
from gcs.operations import errors as operations
from gcs.operations.lifecycle import IllegalOperationStep, Step
from gcs.sightings import errors as sightings
from gcs.sightings.pictures import NotAPictureError
from gcs.store.errors import StoreError, StoreFullError, UnstorableError
from gcs.vehicles.files import FileUnreadError, FileUnwrittenError, UnknownLogError
from gcs.vehicles.link_desk import LastHeardError, OnlyLinkError
from gcs.vehicles.parameters import UnreadError
from gcs.vehicles.rally import RallyUnreadError, RallyUnwrittenError
from gcs.vehicles.work import WorkRefusedError
from gcs.web.planner import PlannerBusyError, PlannerTimeoutError, PlanRefusedError
from gcs.web.problem import Problem, problem
from telemetry.links.url import LinkError

NOT_KEPT = "the store cannot keep records at the moment, so nothing was done: try again later"
RETRY_S = "5"
_TABLE: Mapping[type[Exception], tuple[int, str]] = {
    operations.UnknownOperationError: (404, "operation.unknown"),
    IllegalOperationStep: (409, "operation.illegal_step"),
    operations.WrongVehiclesError: (422, "operation.vehicles"),
    operations.ChecksBlockError: (409, "operation.checks_red"),
    operations.NoteNeededError: (409, "operation.note_needed"),
    operations.UploadFailedError: (409, "operation.upload_failed"),
    operations.StillAirborneError: (409, "operation.still_airborne"),
    operations.NothingToClearError: (409, "operation.nothing_to_clear"),
    operations.NotKeptError: (503, "store.not_kept"),
    operations.OperationError: (409, "operation.refused"),
    sightings.UnknownSightingError: (404, "sighting.unknown"),
    sightings.UnknownIntakeError: (404, "intake.unknown"),
    sightings.UnknownUnitError: (404, "unit.unknown"),
    sightings.IllegalSightingStepError: (409, "sighting.illegal_step"),
    sightings.NotYourSightingError: (409, "sighting.not_yours"),
    sightings.InvalidReportError: (422, "report.invalid"),
    sightings.UnitBusyError: (409, "unit.busy"),
    sightings.SimulatedMixError: (409, "sighting.simulated_mix"),
    sightings.PrivatePictureError: (422, "picture.private"),
    NotAPictureError: (415, "picture.type"),
    sightings.SightingError: (409, "sighting.refused"),
    StoreFullError: (507, "store.full"),
    UnstorableError: (422, "record.unstorable"),
    StoreError: (503, "store.not_kept"),
    HeldError: (409, "vehicle.held"),
    WorkRefusedError: (409, "vehicle.refused"),
    UnreadError: (504, "params.unread"),
    FileUnreadError: (504, "file.unread"),
    FileUnwrittenError: (504, "file.unwritten"),
    RallyUnreadError: (504, "rally.unread"),
    RallyUnwrittenError: (504, "rally.unwritten"),
    LinkError: (422, "link.invalid"),
    OnlyLinkError: (409, "link.needed"),
    LastHeardError: (409, "link.last_heard"),
    UnknownLogError: (404, "log.unknown"),
    PlanRefusedError: (422, "plan.refused"),
    PlannerBusyError: (503, "planner.busy"),
    PlannerTimeoutError: (503, "planner.timeout"),
}
REFUSED = tuple(_TABLE)
"""Everything that is a refusal and no defect."""
_INTERNAL = frozenset({Step.AIRBORNE, Step.HOLD})


def as_problem(error: Exception) -> tuple[Problem, dict[str, str]]:
    """The problem document for one of `REFUSED`, and the headers that go with it."""
    status, code = next(_TABLE[kind] for kind in type(error).__mro__ if kind in _TABLE)
    detail = str(error)
    if isinstance(error, operations.NotKeptError) and isinstance(error.__cause__, StoreFullError):
        status, code = _TABLE[StoreFullError]
    if isinstance(error, PlanRefusedError):
        code = error.code
    if status in (503, 507) and isinstance(error, StoreError | operations.NotKeptError):
        detail = NOT_KEPT
    headers = {"Retry-After": RETRY_S} if status in (503, 507) else {}
    document = problem(
        status,
        code,
        detail,
        field=getattr(error, "field", None),
        legal=_legal(error),
        reasons=_reasons(error),
    )
    return document, headers


def _legal(error: Exception) -> tuple[str, ...] | None:
    steps: Any = getattr(error, "legal", None)
    return None if steps is None else tuple(str(step) for step in steps if step not in _INTERNAL)


def _reasons(error: Exception) -> dict[str, str] | None:
    if isinstance(error, operations.ChecksBlockError):
        return {f"{check.vehicle or 'plan'} {check.code}": _english(check.data) for check in error.checks}
    if isinstance(error, operations.StillAirborneError):
        return dict.fromkeys(error.vehicles, "in the air")
    if isinstance(error, operations.UploadFailedError | PlanRefusedError | LastHeardError):
        return error.reasons
    return None


def _english(data: dict[str, Any]) -> str:
    text = data.get("text")
    return str(text.get("en", "")) if isinstance(text, dict) else ""
