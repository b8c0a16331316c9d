"""Operations: what there is, drafts, tracks and reports."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import msgspec
from aiohttp import web
from msgspec import Meta

from gcs.operations.model import Operation
from gcs.web.problem import ProblemError
from gcs.web.route import Call, Route
from gcs.web.routes.plans import GEOJSON, find_plan
from gcs.web.words import needed_line, needed_note
from missions.fleet import MOST_DRONES

REPORT_CSP = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'none'; sandbox"
)
Name = Annotated[str, Meta(min_length=1, max_length=100)]


class Draft(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`vehicles[i]` is to fly the plan's drone `i`."""

    plan_hash: Annotated[str, Meta(max_length=100)]
    name: Name
    purpose: Annotated[str, Meta(min_length=1, max_length=500)]
    vehicles: Annotated[tuple[Name, ...], Meta(max_length=MOST_DRONES)]


async def list_operations(call: Call[None]) -> tuple[Operation, ...]:
    return tuple(call.services.conductor.operations.values())


async def get_operation(call: Call[None]) -> Operation:
    return call.services.conductor.get(call.part("id"))


async def draft_operation(call: Call[Draft]) -> Operation:
    asked = call.body
    plan = await find_plan(call.services, asked.plan_hash)
    name, purpose = needed_line(asked.name, "name"), needed_note(asked.purpose, "purpose")
    return await call.services.conductor.create(plan, name, purpose, asked.vehicles, call.actor)


async def get_tracks(call: Call[None]) -> web.Response:
    """Vehicles that have flown fewer than two points are left out: they make no line."""
    operation = call.services.conductor.get(call.part("id"))
    features = []
    for vehicle in operation.vehicles:
        points = await call.services.store.read_track(operation.id, vehicle)
        if len(points) > 1:
            features.append(_line(operation, vehicle, points))
    collection = {"type": "FeatureCollection", "features": features}
    return web.Response(body=msgspec.json.encode(collection), content_type=GEOJSON)


def _line(operation: Operation, vehicle: str, points: Any) -> dict[str, Any]:
    return {
        "type": "Feature",
        "properties": {"operation": operation.id, "vehicle": vehicle, "times": [point[0] for point in points]},
        "geometry": {
            "type": "LineString",
            "coordinates": [[lon, lat, alt_m] for _, lat, lon, alt_m in points],
        },
    }


async def get_report(call: Call[None]) -> web.StreamResponse:
    """Only the name of the file counts, and only inside the reports' folder."""
    operation = call.services.conductor.get(call.part("id"))
    file = call.services.reports_dir / Path(operation.report or "").name
    if not operation.report or file.is_symlink() or not file.is_file():
        raise ProblemError(404, "report.unknown", "there is no report yet: it is written when the operation is over")
    headers = {"Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": REPORT_CSP}
    return web.FileResponse(file, headers=headers)


ROUTES = (
    Route("GET", "/operations", list_operations, "all operations", "operations", answer=tuple[Operation, ...]),
    Route("GET", "/operations/{id}", get_operation, "one operation", "operations", answer=Operation),
    Route("GET", "/operations/{id}/tracks", get_tracks, "flown tracks as GeoJSON", "operations", content=GEOJSON),
    Route("GET", "/operations/{id}/report", get_report, "the after-action report", "operations", content="text/html"),
    Route(
        "POST",
        "/operations",
        draft_operation,
        "drafts an operation",
        "operations",
        body=Draft,
        answer=Operation,
        status=201,
        problems=(404, 503, 507),
    ),
)
