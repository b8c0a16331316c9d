"""Plans: made off the event loop, kept until an operation uses them."""

from __future__ import annotations

from typing import Annotated, Any, TypeVar

import msgspec
from aiohttp import web
from msgspec import Meta
from msgspec.structs import replace

from gcs.web.pattern_request import PatrolRequest, PatternRequest
from gcs.web.plan_request import FleetRequest, PlanRequest
from gcs.web.problem import not_found
from gcs.web.rest_request import RestRequest
from gcs.web.route import Call, Route
from gcs.web.services import Services
from missions.formats import geojson
from missions.plan import Plan

R = TypeVar("R", bound=FleetRequest)
LARGEST_AREA = 2 * 2**20
GEOJSON = "application/geo+json"


class PlanFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`plan` is a plan file: a GeoJSON FeatureCollection as `GET /plans/{hash}` gives it."""

    plan: Annotated[msgspec.Raw, Meta(extra_json_schema={"type": "object", "description": "a plan file"})]


async def make_plan(call: Call[PlanRequest]) -> web.Response:
    return _kept(call, await call.services.planner.plan(_with_gap(call, call.body)))


async def make_pattern(call: Call[PatternRequest]) -> web.Response:
    return _kept(call, await call.services.planner.pattern(_with_gap(call, call.body)))


async def make_patrol(call: Call[PatrolRequest]) -> dict[str, Any]:
    return await call.services.planner.patrol(call.body)


def _with_gap(call: Call[Any], asked: R) -> R:
    """What is asked, with the settings' pause between launches where it says none."""
    if asked.launch_gap_s is not None:
        return asked
    return replace(asked, launch_gap_s=call.services.config.launch_gap_s)


async def plan_rest(call: Call[RestRequest]) -> web.Response:
    """What of an operation's plan its tracks have not looked at; the operation itself is left as it is."""
    operation = call.services.conductor.get(call.body.operation)
    plan = await find_plan(call.services, operation.plan_hash)
    tracks = [await call.services.store.read_track(operation.id, vehicle) for vehicle in operation.vehicles]
    flown = tuple(tuple((lon, lat) for _, lat, lon, _ in track) for track in tracks if len(track) > 1)
    return _kept(call, await call.services.planner.rest(call.body, plan, flown))


async def import_plan(call: Call[PlanFile]) -> web.Response:
    return _kept(call, await call.services.planner.read(bytes(call.body.plan)))


async def get_plan(call: Call[None]) -> web.Response:
    return _file(await find_plan(call.services, call.part("hash")))


async def find_plan(services: Services, plan_hash: str) -> Plan:
    """The plan of that hash, wherever it is; 404 when it is nowhere."""
    plan = services.shelf.get(plan_hash) or services.conductor.plans.get(plan_hash)
    plan = plan or await services.store.get_plan(plan_hash)
    if plan is None:
        raise not_found("plan", plan_hash)
    return plan


def _kept(call: Call[Any], plan: Plan) -> web.Response:
    call.services.shelf.put(plan)
    return _file(plan)


def _file(plan: Plan) -> web.Response:
    return web.Response(body=geojson.dumps(plan).encode(), content_type=GEOJSON)


ROUTES = (
    Route(
        "POST",
        "/plans",
        make_plan,
        "plans; the plan file's properties.hash names the plan",
        "plans",
        body=PlanRequest,
        content=GEOJSON,
        max_body=LARGEST_AREA,
        problems=(503,),
    ),
    Route(
        "POST",
        "/plans/pattern",
        make_pattern,
        "plans a search pattern, rings, a corridor or an orbit",
        "plans",
        body=PatternRequest,
        content=GEOJSON,
        max_body=LARGEST_AREA,
        problems=(503,),
    ),
    Route(
        "POST",
        "/patrols",
        make_patrol,
        "how many drones keep looking again at sites, and who is where when",
        "plans",
        body=PatrolRequest,
        answer=dict[str, Any],
        max_body=LARGEST_AREA,
        problems=(503,),
    ),
    Route(
        "POST",
        "/plans/rest",
        plan_rest,
        "plans what of an operation nobody has looked at yet",
        "plans",
        body=RestRequest,
        content=GEOJSON,
        max_body=LARGEST_AREA,
        problems=(404, 503),
    ),
    Route(
        "POST",
        "/plans/import",
        import_plan,
        "takes a plan made elsewhere, if it keeps every limit",
        "plans",
        body=PlanFile,
        content=GEOJSON,
        max_body=LARGEST_AREA,
        problems=(503,),
    ),
    Route("GET", "/plans/{hash}", get_plan, "a plan as plan file", "plans", content=GEOJSON),
)
