"""What may be asked of the planner over HTTP, and what it says when there is no plan."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

import msgspec
from msgspec import Meta

from gcs.plan_fleet import DroneKind, Latitude, Longitude, specs_of
from missions.camera import Shooting, camera
from missions.fleet import MOST_DRONES, MOST_PADS, FleetSpec, PlanError
from missions.heights import Above, Heights
from missions.limits import HIGHEST_ALTITUDE_M
from missions.wind import Wind

PLAN, READ, PATTERN, PATROL, REST = b"P", b"R", b"T", b"S", b"L"
"""The first byte of what the planner's process is asked: a plan, to read a plan file, a pattern, a patrol, the rest."""
Document = Annotated[msgspec.Raw, Meta(extra_json_schema={"type": "object", "description": "GeoJSON"})]


class WindRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where the wind comes from, degrees clockwise from north, and metres per second."""

    from_deg: Annotated[float, Meta(ge=0, le=360)]
    speed_m_s: Annotated[float, Meta(ge=0, le=60)]


class FleetRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What flies. `fleet` lists drones that are not alike and then counts instead of `drones`. `starts` are
    `[lat, lon]`. `take_off_amsl_m`: how high they lie above the sea, for zones whose heights are."""

    drones: Annotated[int, Meta(ge=1, le=MOST_DRONES)] = 1
    fleet: Annotated[tuple[DroneKind, ...], Meta(max_length=MOST_DRONES)] = ()
    overlap: Annotated[float, Meta(ge=0, lt=1)] = 0.3
    altitude_m: Annotated[float, Meta(ge=5, le=500)] = 60.0
    layer_step_m: Annotated[float, Meta(ge=0.5, le=50)] = 5.0
    starts: Annotated[tuple[tuple[Latitude, Longitude], ...], Meta(max_length=MOST_DRONES)] = ()
    endurance_s: Annotated[float, Meta(ge=60, le=86_400)] = 1500.0
    reserve: Annotated[float, Meta(ge=0, lt=1)] = 0.2
    speed_m_s: Annotated[float, Meta(ge=0.5, le=50)] = 10.0
    accel_m_s2: Annotated[float, Meta(ge=0.1, le=20)] = 2.0
    launch_gap_s: Annotated[float, Meta(ge=0, le=600)] | None = None
    wind: WindRequest | None = None
    take_off_amsl_m: Annotated[float, Meta(ge=-500, le=9000)] | None = None

    def flying(self, swath_m: float) -> FleetSpec:
        """The fleet, with the swath of those that say none. PlanError or CameraError when figures do not go
        together."""
        return FleetSpec(
            drones=self.drones,
            unlike=specs_of(self.fleet, self.altitude_m, self.overlap),
            swath_m=swath_m,
            altitude_m=self.altitude_m,
            speed_m_s=self.speed_m_s,
            accel_m_s2=self.accel_m_s2,
            endurance_s=self.endurance_s,
            reserve=self.reserve,
            starts=tuple((lon, lat) for lat, lon in self.starts),
            wind=Wind(self.wind.from_deg, self.wind.speed_m_s) if self.wind else None,
            launch_gap_s=self.launch_gap_s or 0.0,
            layer_step_m=self.layer_step_m,
            take_off_amsl_m=self.take_off_amsl_m,
        )


class PlanRequest(FleetRequest, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`area` is GeoJSON. The swath comes from `swath_m`, else from `camera` at `altitude_m` with `overlap`,
    else from the area's own `swath_m`. Without `starts` or `pads`, where batteries are swapped too, the area's own are
    used. With a camera `interval_s` (between pictures that overlap by `front_overlap`) and `exposure_s` cap the speed.
    `lane_deg` fixes the direction of lanes, from north. `altitude_m` is above the take-off
    point, above the ground that is followed, or above the sea; the latter two need the site's `terrain`."""

    area: Document
    above: Above = "take_off"
    altitude_m: Annotated[float, Meta(ge=5, le=9500)] = 60.0
    pads: Annotated[tuple[tuple[Latitude, Longitude], ...], Meta(max_length=MOST_PADS)] = ()
    swath_m: Annotated[float, Meta(ge=0.1, le=10_000)] | None = None
    camera: Annotated[str, Meta(max_length=40)] | None = None
    front_overlap: Annotated[float, Meta(ge=0, lt=1)] = 0.7
    interval_s: Annotated[float, Meta(gt=0, le=600)] | None = None
    exposure_s: Annotated[float, Meta(gt=0, le=10)] | None = None
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
    if heights.flown_m > HIGHEST_ALTITUDE_M:
        raise PlanError(f"{heights.flown_m:.0f} m above take-off is more than {HIGHEST_ALTITUDE_M:g} m: fly lower")
    swath, speed = request.swath_m or 0.0, request.speed_m_s
    if request.camera is not None:
        lens, shot = camera(request.camera), Shooting(request.front_overlap, request.interval_s, request.exposure_s)
        swath = lens.swath_m(heights.seen_from_m, request.overlap)
        speed = min(speed, lens.fastest_m_s(heights.seen_from_m, shot))
    own = specs_of(request.fleet, heights.seen_from_m, request.overlap)
    known = request.take_off_amsl_m if heights.take_off_amsl_m is None else heights.take_off_amsl_m
    at_height = msgspec.structs.replace(request, altitude_m=heights.flown_m, speed_m_s=speed, fleet=())
    pads = tuple((lon, lat) for lat, lon in request.pads)
    return replace(at_height.flying(swath), unlike=own, take_off_amsl_m=known, pads=pads, lane_deg=request.lane_deg)
