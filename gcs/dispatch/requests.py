"""What may be asked of sightings and units; the JSON is that of docs/api.md."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import msgspec

from gcs.dispatch.model import UnitKind
from gcs.sightings.intake import Time
from gcs.sightings.workflow import Action

StepId = Annotated[str, msgspec.Meta(pattern=r"^[\w.:-]{1,64}$")]


class StepRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A step of a sighting. `unit` is whom to assign, or who takes the step; without it the step is taken
    on behalf of the unit that holds the sighting. `assign` without a unit asks for the nearest free one.
    `klass` and `priority` are for `classify`; `of` names the sighting that a `duplicate` is the same as. `at` is when a
    unit took the step, if that was earlier: offline, say. A step with an `id` is taken once, however often
    it is asked for."""

    action: Action
    unit: str | None = None
    note: str = ""
    outcome: str | None = None
    klass: str | None = None
    priority: int | None = None
    of: str | None = None
    at: Time | None = None
    id: StepId | None = None


class UnitReport(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A unit as it introduces itself. Degrees WGS-84; no position is None. What is left out of `group`,
    `skills`, `shift_until` and `vehicle` stays as it was. `vehicle`: which one a drone is; "" for none."""

    id: str
    name: str
    kind: UnitKind
    lat: float | None = None
    lon: float | None = None
    simulated: bool = False
    group: str | None = None
    skills: tuple[str, ...] | None = None
    shift_until: Time | None = None
    vehicle: str | None = None


class UnitPosition(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where a unit is; `at` is when it was measured, now when not said."""

    lat: float
    lon: float
    at: Time | None = None


class Duty(StrEnum):
    """What a unit may say of itself; the other statuses follow from its sighting."""

    FREE = "free"
    OFF = "off"


class UnitStatusChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """On duty and free, or off duty."""

    status: Duty
