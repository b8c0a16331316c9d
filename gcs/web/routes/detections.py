"""What detectors see, and what a pilot marks through the camera, placed on the ground."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Annotated

import msgspec
from msgspec import Meta

from gcs.sightings.detections import Detections, PoseReport, Skipped, reports_of
from gcs.sightings.intake import SightingReport, SourceReport, check_place
from gcs.sightings.locate import CameraPose
from gcs.sightings.model import Sighting
from gcs.sightings.relief import HeightDatum, Relief, stand
from gcs.web.problem import ProblemError, not_found
from gcs.web.route import Call, Route
from gcs.web.services import Services

LARGEST = 256 * 1024


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """The sighting that a box became, or joined; `new` is False for one that is known."""

    box: int
    sighting: str
    new: bool


class Placed(msgspec.Struct, frozen=True, kw_only=True):
    """What became of the boxes, by their number in the request."""

    sightings: tuple[Seen, ...]
    skipped: tuple[Skipped, ...]


class Mark(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the camera shows there."""

    klass: str
    note: Annotated[str, Meta(max_length=2000)] = ""
    priority: int | None = None


async def take_detections(call: Call[Detections]) -> Placed:
    """Each box is a report of its own; the same picture again changes nothing."""
    services, asked = call.services, call.body
    pose, relief = _pose(services, asked.pose) if asked.pose is not None else _pose_now(services, asked.vehicle)
    reports, skipped = await asyncio.to_thread(reports_of, asked, pose, services.catalogue, relief)
    operation = services.conductor.operation_of(asked.vehicle) if asked.vehicle else None
    seen = []
    for number, report in reports:
        owned = msgspec.structs.replace(report, operation=operation.id if operation else None)
        sighting, new = await services.desk.report(owned, call.actor)
        seen.append(Seen(box=number, sighting=sighting.id, new=new))
    return Placed(sightings=tuple(seen), skipped=tuple(skipped))


async def mark_place(call: Call[Mark]) -> Sighting:
    """A sighting where the vehicle's camera looks: at what it follows, else at the middle of its picture."""
    services, vehicle = call.services, call.part("id")
    state = services.fleet.vehicles.get(vehicle)
    if state is None:
        raise not_found("vehicle", vehicle)
    aim = services.looks.aim(vehicle, services.clock.monotonic_s())
    if aim is None:
        raise ProblemError(409, "camera.no_place", f"the camera of {vehicle} does not say where it looks")
    operation = services.conductor.operation_of(vehicle)
    report = SightingReport(
        klass=call.body.klass,
        lat=aim.lat_deg,
        lon=aim.lon_deg,
        ce90_m=None if aim.ce90_m is None else round(aim.ce90_m, 1),
        priority=call.body.priority,
        note=call.body.note,
        source=SourceReport(kind="person", name=call.actor, vehicle=vehicle),
        operation=operation.id if operation else None,
        simulated=state.simulated is True,
    )
    return (await services.desk.report(report, call.actor))[0]


def _pose(services: Services, said: PoseReport) -> tuple[CameraPose, Relief | None]:
    check_place(said.lat, said.lon)
    pose = CameraPose(said.lat, said.lon, said.height_m, said.bearing_deg, said.depression_deg, said.roll_deg)
    return stand(pose, said.height_datum, services.relief)


def _pose_now(services: Services, vehicle: str | None) -> tuple[CameraPose, Relief | None]:
    """Where the vehicle and its camera are now, over the relief, else over ground as high as its home.

    The height above home is the better known one: above the sea it is counted from the relief at home.
    """
    state = services.fleet.vehicles.get(vehicle or "")
    look = services.looks.at(services.clock.monotonic_s()).get(vehicle or "")
    if state is None or state.position is None or look is None or look.azimuth_deg is None:
        raise ProblemError(422, "report.invalid", "say pose: the vehicle's camera does not tell it", field="pose")
    position, height_m = state.position, state.position.alt_rel_m
    if height_m is None:
        raise ProblemError(422, "report.invalid", "say pose: nobody knows how high above home it is", field="pose")
    elevation = look.elevation_deg or 0.0
    pose = CameraPose(position.lat_deg, position.lon_deg, height_m, look.azimuth_deg, -elevation)
    relief, home = services.relief, state.home
    if relief(pose.lat_deg, pose.lon_deg) is None:
        return pose, None
    at_home_m = relief(home.lat_deg, home.lon_deg) if home is not None else None
    msl_m = position.alt_amsl_m if at_home_m is None else at_home_m + height_m
    return stand(replace(pose, height_m=msl_m), HeightDatum.MSL, relief)


ROUTES = (
    Route(
        "POST", "/detections", take_detections, "the boxes of one picture, placed on the ground", "sightings",
        body=Detections, answer=Placed, max_body=LARGEST, problems=(503, 507),
    ),
    Route(
        "POST", "/vehicles/{id}/mark", mark_place, "a sighting where the vehicle's camera looks", "sightings",
        body=Mark, answer=Sighting, status=201, problems=(503, 507),
    ),
)  # fmt: skip
