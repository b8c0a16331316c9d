"""What may be asked of the planner over HTTP, and what it says when there is no plan."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from gcs.plan_fleet import DroneKind, Latitude, Longitude, seen_by, specs_of
from missions.camera import Shooting
from missions.fleet import MOST_DRONES, MOST_PADS, FleetSpec, PlanError
from missions.ground.heights import Above, Heights
from missions.limits import HIGHEST_ALTITUDE_M
from missions.plan import LonLat
from missions.wind import Wind

PLAN, READ, PATTERN, PATROL, REST = b"P", b"R", b"T", b"S", b"L"
"""The first byte of what the planner's process is asked: a plan, to read a plan file, a pattern, a patrol, the rest."""
Document = Annotated[msgspec.Raw, Meta(extra_json_schema={"type": "object", "description": "GeoJSON"})]


class WindRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where the wind comes from, degrees clockwise from north, and metres per second."""

    from_deg: Annotated[float, Meta(ge=0, le=360)]
    speed_m_s: Annotated[float, Meta(ge=0, le=60)]


class FleetRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What flies. `fleet` lists drones that are not alike and then counts instead of `drones`. `starts`, and `pads`
    where batteries are swapped too, are [lat, lon]; without them the area's own are used. `altitude_m` is above the
    take-off point, above the ground that is followed, or above the sea; the latter two need the site's `terrain`.
    With a `camera` the width that is seen follows from `overlap`, and `interval_s` (between pictures that overlap by
    `front_overlap`) and `exposure_s` cap the speed. `take_off_amsl_m`: how high starts lie above the sea, for zones
    whose heights are."""

    drones: Annotated[int, Meta(ge=1, le=MOST_DRONES)] = 1
    fleet: Annotated[tuple[DroneKind, ...], Meta(max_length=MOST_DRONES)] = ()
    camera: Annotated[str, Meta(max_length=40)] | None = None
    overlap: Annotated[float, Meta(ge=0, lt=1)] = 0.3
    front_overlap: Annotated[float, Meta(ge=0, lt=1)] = 0.7
    interval_s: Annotated[float, Meta(gt=0, le=600)] | None = None
    exposure_s: Annotated[float, Meta(gt=0, le=10)] | None = None
    above: Above = "take_off"
    altitude_m: Annotated[float, Meta(ge=5, le=9500)] = 60.0
    layer_step_m: Annotated[float, Meta(ge=0.5, le=50)] = 5.0
    starts: Annotated[tuple[tuple[Latitude, Longitude], ...], Meta(max_length=MOST_DRONES)] = ()
    pads: Annotated[tuple[tuple[Latitude, Longitude], ...], Meta(max_length=MOST_PADS)] = ()
    endurance_s: Annotated[float, Meta(ge=60, le=86_400)] = 1500.0
    reserve: Annotated[float, Meta(ge=0, lt=1)] = 0.2
    speed_m_s: Annotated[float, Meta(ge=0.5, le=50)] = 10.0
    accel_m_s2: Annotated[float, Meta(ge=0.1, le=20)] = 2.0
    launch_gap_s: Annotated[float, Meta(ge=0, le=600)] | None = None
    wind: WindRequest | None = None
    take_off_amsl_m: Annotated[float, Meta(ge=-500, le=9000)] | None = None

    @property
    def starts_at(self) -> tuple[LonLat, ...]:
        return tuple((lon, lat) for lat, lon in self.starts)

    def flying(self, heights: Heights, swath_m: float, lane_deg: float | None = None) -> FleetSpec:
        """The fleet at heights above take-off, with the swath of those that say none unless a camera says it.
        PlanError or CameraError when figures do not go together."""
        if heights.flown_m > HIGHEST_ALTITUDE_M:
            raise PlanError(f"{heights.flown_m:.0f} m above take-off is more than {HIGHEST_ALTITUDE_M:g} m: fly lower")
        shot, speed = Shooting(self.front_overlap, self.interval_s, self.exposure_s), self.speed_m_s
        if self.camera is not None:
            swath_m, speed = seen_by(self.camera, heights.seen_from_m, self.overlap, speed, shot)
        return FleetSpec(
            drones=self.drones,
            unlike=specs_of(self.fleet, heights.seen_from_m, self.overlap, shot),
            swath_m=swath_m,
            altitude_m=heights.flown_m,
            speed_m_s=speed,
            accel_m_s2=self.accel_m_s2,
            endurance_s=self.endurance_s,
            reserve=self.reserve,
            starts=self.starts_at,
            wind=Wind(self.wind.from_deg, self.wind.speed_m_s) if self.wind else None,
            launch_gap_s=self.launch_gap_s or 0.0,
            layer_step_m=self.layer_step_m,
            lane_deg=lane_deg,
            pads=tuple((lon, lat) for lat, lon in self.pads),
            take_off_amsl_m=self.take_off_amsl_m if heights.take_off_amsl_m is None else heights.take_off_amsl_m,
        )


class PlanRequest(FleetRequest, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`area` is GeoJSON. The swath comes from `swath_m`, else from `camera`, else from the area's own `swath_m`.
    `lane_deg` fixes the direction of lanes, from north."""

    area: Document
    swath_m: Annotated[float, Meta(ge=0.1, le=10_000)] | None = None
    lane_deg: Annotated[float, Meta(ge=-360, le=360)] | None = None


class Refusal(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Why there is no plan; `refused` is a code as in problem documents."""

    refused: str
    detail: str
    reasons: dict[str, str] | None = None


def fleet_of(request: PlanRequest, heights: Heights) -> FleetSpec:
    """The fleet asked for, at heights above take-off. PlanError or CameraError when the figures do not go together."""
    if request.swath_m is not None and request.camera is not None:
        raise PlanError("give swath_m or camera, not both")
    return request.flying(heights, request.swath_m or 0.0, request.lane_deg)
