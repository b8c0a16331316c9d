"""Drones that are not alike, as the API and the command line's `--fleet` file name them. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import msgspec
from msgspec import Meta

from missions.camera import camera
from missions.fleet import DroneSpec, PlanError

Latitude = Annotated[float, Meta(ge=-90, le=90)]
Longitude = Annotated[float, Meta(ge=-180, le=180)]
MOST_KINDS = 500


class DroneKind(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`count` drones of these figures. `camera` or `swath_m`; with neither they fly the plan's swath. `start` is
    [lat, lon]; without it they start where the fleet does."""

    count: Annotated[int, Meta(ge=1, le=500)] = 1
    camera: Annotated[str, Meta(max_length=40)] | None = None
    swath_m: Annotated[float, Meta(ge=0.1, le=10_000)] | None = None
    speed_m_s: Annotated[float, Meta(ge=0.5, le=50)] = 10.0
    accel_m_s2: Annotated[float, Meta(ge=0.1, le=20)] = 2.0
    endurance_s: Annotated[float, Meta(ge=60, le=86_400)] = 1500.0
    reserve: Annotated[float, Meta(ge=0, lt=1)] = 0.2
    swap_s: Annotated[float, Meta(ge=0, le=86_400)] = 120.0
    ceiling_m: Annotated[float, Meta(ge=5, le=10_000)] = 500.0
    start: tuple[Latitude, Longitude] | None = None


def specs_of(kinds: Sequence[DroneKind], altitude_m: float, overlap: float) -> tuple[DroneSpec, ...]:
    """Every drone, in order. PlanError or CameraError when figures do not go together."""
    return tuple(spec for kind in kinds for spec in (_spec(kind, altitude_m, overlap),) * kind.count)


def _spec(kind: DroneKind, altitude_m: float, overlap: float) -> DroneSpec:
    if kind.camera is not None and kind.swath_m is not None:
        raise PlanError("a drone has a camera or a swath_m, not both")
    swath = camera(kind.camera).swath_m(altitude_m, overlap) if kind.camera is not None else kind.swath_m or 0.0
    return DroneSpec(
        speed_m_s=kind.speed_m_s,
        accel_m_s2=kind.accel_m_s2,
        endurance_s=kind.endurance_s,
        reserve=kind.reserve,
        swath_m=swath,
        swap_s=kind.swap_s,
        start=(kind.start[1], kind.start[0]) if kind.start is not None else None,
        ceiling_m=kind.ceiling_m,
    )


_FILE = msgspec.json.Decoder(tuple[DroneKind, ...])


def read_kinds(data: bytes, name: str) -> tuple[DroneKind, ...]:
    """A JSON list of kinds of drones. PlanError names file, place and fix."""
    try:
        kinds = _FILE.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise PlanError(f"{name}: is no list of drones: {error}") from error
    if not 1 <= len(kinds) <= MOST_KINDS:
        raise PlanError(f"{name}: lists {len(kinds)} kinds of drones: must be 1 to {MOST_KINDS}")
    return kinds
