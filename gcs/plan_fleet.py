"""Drones that are not alike, as the API and the command line's `--fleet` file name them. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import msgspec
from msgspec import Meta

from missions.camera import Shooting, camera
from missions.fleet import MOST_PADS, DroneSpec, PlanError
from missions.plan import LonLat

Latitude = Annotated[float, Meta(ge=-90, le=90)]
Longitude = Annotated[float, Meta(ge=-180, le=180)]
MOST_KINDS = 500


class DroneKind(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`count` drones of these figures. `camera` or `swath_m`; with neither they fly the plan's swath. With a camera
    `interval_s`, `front_overlap` and `exposure_s` cap the speed; what is left out is as for the plan. `start` is
    [lat, lon]; without it they start where the fleet does."""

    count: Annotated[int, Meta(ge=1, le=500)] = 1
    camera: Annotated[str, Meta(max_length=40)] | None = None
    front_overlap: Annotated[float, Meta(ge=0, lt=1)] | None = None
    interval_s: Annotated[float, Meta(gt=0, le=600)] | None = None
    exposure_s: Annotated[float, Meta(gt=0, le=10)] | None = None
    swath_m: Annotated[float, Meta(ge=0.1, le=10_000)] | None = None
    speed_m_s: Annotated[float, Meta(ge=0.5, le=50)] = 10.0
    accel_m_s2: Annotated[float, Meta(ge=0.1, le=20)] = 2.0
    endurance_s: Annotated[float, Meta(ge=60, le=86_400)] = 1500.0
    reserve: Annotated[float, Meta(ge=0, lt=1)] = 0.2
    swap_s: Annotated[float, Meta(ge=0, le=86_400)] = 120.0
    ceiling_m: Annotated[float, Meta(ge=5, le=10_000)] = 500.0
    start: tuple[Latitude, Longitude] | None = None


def specs_of(
    kinds: Sequence[DroneKind], altitude_m: float, overlap: float, shot: Shooting | None = None
) -> tuple[DroneSpec, ...]:
    """Every drone, in order; `shot`: how pictures are taken, unless a kind says otherwise. PlanError or CameraError
    when figures do not go together."""
    shooting = shot or Shooting()
    return tuple(spec for kind in kinds for spec in (_spec(kind, altitude_m, overlap, shooting),) * kind.count)


def seen_by(name: str, altitude_m: float, overlap: float, speed_m_s: float, shot: Shooting) -> tuple[float, float]:
    """The swath of a camera of the catalogue, metres, and `speed_m_s` as far as its pictures allow. CameraError."""
    lens = camera(name)
    return lens.swath_m(altitude_m, overlap), min(speed_m_s, lens.fastest_m_s(altitude_m, shot))


def _spec(kind: DroneKind, altitude_m: float, overlap: float, shot: Shooting) -> DroneSpec:
    if kind.camera is not None and kind.swath_m is not None:
        raise PlanError("a drone has a camera or a swath_m, not both")
    swath, speed = kind.swath_m or 0.0, kind.speed_m_s
    if kind.camera is not None:
        own = Shooting(
            shot.front_overlap if kind.front_overlap is None else kind.front_overlap,
            shot.interval_s if kind.interval_s is None else kind.interval_s,
            shot.exposure_s if kind.exposure_s is None else kind.exposure_s,
        )
        swath, speed = seen_by(kind.camera, altitude_m, overlap, speed, own)
    return DroneSpec(
        speed_m_s=speed,
        accel_m_s2=kind.accel_m_s2,
        endurance_s=kind.endurance_s,
        reserve=kind.reserve,
        swath_m=swath,
        swap_s=kind.swap_s,
        start=(kind.start[1], kind.start[0]) if kind.start is not None else None,
        ceiling_m=kind.ceiling_m,
    )


class FleetFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A fleet with where it may swap batteries, [lat, lon]."""

    drones: tuple[DroneKind, ...]
    pads: Annotated[tuple[tuple[Latitude, Longitude], ...], Meta(max_length=MOST_PADS)] = ()

    @property
    def pads_at(self) -> tuple[LonLat, ...]:
        return tuple((lon, lat) for lat, lon in self.pads)


_LIST = msgspec.json.Decoder(tuple[DroneKind, ...])
_WHOLE = msgspec.json.Decoder(FleetFile)


def read_fleet(data: bytes, name: str) -> FleetFile:
    """A JSON list of kinds of drones, or `{"drones": [...], "pads": [...]}`. PlanError names file, place and fix."""
    try:
        is_list = data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"["
        fleet = FleetFile(drones=_LIST.decode(data)) if is_list else _WHOLE.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise PlanError(f"{name}: is no list of drones: {error}") from error
    if not 1 <= len(fleet.drones) <= MOST_KINDS:
        raise PlanError(f"{name}: lists {len(fleet.drones)} kinds of drones: must be 1 to {MOST_KINDS}")
    return fleet
