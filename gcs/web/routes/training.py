"""Training: drills with simulated vehicles. Answers only where ground control was started for it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import msgspec
from aiohttp import web

from gcs.training.model import (
    BookmarkRequest,
    FaultRequest,
    PauseRequest,
    RewindRequest,
    StartRequest,
    ThingRequest,
    TrainingError,
    TrainingView,
)
from gcs.web.problem import ProblemError, not_found
from gcs.web.route import Call, Handler, Route
from gcs.web.services import Training

HTML, GEOJSON = "text/html", "application/geo+json"
DEBRIEF_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def training_of(call: Call[Any]) -> Training:
    """The training; 404 where there is none, 409 as soon as one vehicle is not simulated."""
    training = call.services.training
    if training is None:
        raise ProblemError(404, "training.off", "this ground control was not started for training: aeropatrol drill")
    real = [vehicle.id for vehicle in call.services.state().vehicles if vehicle.simulated is False]
    if real:
        raise ProblemError(409, "training.real_vehicles", f"there are real vehicles here: {', '.join(sorted(real))}")
    return training


async def get_training(call: Call[None]) -> TrainingView:
    return await training_of(call).view()


async def start_drill(call: Call[StartRequest]) -> TrainingView:
    training = training_of(call)
    _do(lambda: training.start(call.body.drill, call.body.trainee))
    return await training.view()


async def stop_drill(call: Call[None]) -> TrainingView:
    training = training_of(call)
    _do(training.stop)
    return await training.view()


async def pause_drill(call: Call[PauseRequest]) -> TrainingView:
    training = training_of(call)
    _do(lambda: training.pause(paused=call.body.paused))
    return await training.view()


async def set_fault(call: Call[FaultRequest]) -> TrainingView:
    training = training_of(call)
    _do(lambda: training.fault(call.body))
    return await training.view()


async def add_thing(call: Call[ThingRequest]) -> TrainingView:
    training = training_of(call)
    if call.body.klass is not None and call.body.klass not in call.services.catalogue:
        raise ProblemError(422, "training.refused", f"no class of sightings {call.body.klass!r}", field="klass")
    _do(lambda: training.thing(call.body))
    return await training.view()


async def add_bookmark(call: Call[BookmarkRequest]) -> TrainingView:
    training = training_of(call)
    _do(lambda: training.bookmark(call.body.name, call.actor))
    return await training.view()


async def rewind_drill(call: Call[RewindRequest]) -> TrainingView:
    training = training_of(call)
    try:
        await training.rewind(call.body.bookmark, call.actor)
    except TrainingError as error:
        raise _refused(error) from error
    return await training.view()


async def get_area(call: Call[None]) -> web.Response:
    area = training_of(call).area()
    if area is None:
        raise not_found("area", "of a drill")
    headers = {"Content-Disposition": 'attachment; filename="drill-area.geojson"'}
    return web.Response(body=msgspec.json.encode(area), content_type=GEOJSON, headers=headers)


async def get_debrief(call: Call[None]) -> web.Response:
    training, run = training_of(call), call.part("run")
    path = training.debrief(run)
    if path is None:
        raise not_found("debrief", run)
    page = await asyncio.to_thread(path.read_bytes)
    headers = {"Content-Security-Policy": DEBRIEF_POLICY}
    return web.Response(body=page, content_type=HTML, charset="utf-8", headers=headers)


def _do(step: Callable[[], None]) -> None:
    try:
        step()
    except TrainingError as error:
        raise _refused(error) from error


def _refused(error: TrainingError) -> ProblemError:
    return ProblemError(422 if error.field else 409, "training.refused", str(error), field=error.field)


TAG = "training"


def _step(path: str, handler: Handler, about: str, body: Any) -> Route:
    return Route("POST", path, handler, about, TAG, body=body, answer=TrainingView, problems=(404, 409))


ROUTES = (
    Route(
        "GET",
        "/training",
        get_training,
        "drills, the one that runs, its score, and what was done before",
        TAG,
        answer=TrainingView,
        problems=(404, 409),
    ),
    _step("/training/start", start_drill, "starts a drill", StartRequest),
    _step("/training/stop", stop_drill, "ends the drill and writes its debrief", None),
    _step("/training/pause", pause_drill, "holds what is simulated, or goes on", PauseRequest),
    _step("/training/faults", set_fault, "sets a fault, or ends one", FaultRequest),
    _step("/training/things", add_thing, "has something appear", ThingRequest),
    _step("/training/bookmarks", add_bookmark, "marks this moment for the debrief", BookmarkRequest),
    _step("/training/rewind", rewind_drill, "goes back to a bookmark; the drill stands there", RewindRequest),
    Route(
        "GET",
        "/training/area",
        get_area,
        "the area of the drill that runs, to be planned for",
        TAG,
        content=GEOJSON,
        problems=(404, 409),
    ),
    Route(
        "GET",
        "/training/debriefs/{run}",
        get_debrief,
        "the page about a drill that was done",
        TAG,
        content=HTML,
        problems=(404, 409),
    ),
)
