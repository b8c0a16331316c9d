"""`aeropatrol demo`: a whole patrol with simulated vehicles and units."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any

import aiohttp
import typer
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from gcs.app import AppOptions, GroundControl, StartError
from gcs.cli.console import ERR, fail, misused, print_json
from gcs.cli.patrol import PatrolDriver, PatrolError
from gcs.cli.stopping import asked_to_stop
from gcs.config import Config, ConfigError, default_data_dir, load_config
from simulators.battery import BatterySpec
from simulators.cameras.reporter import CameraReporter
from simulators.fleet import FleetError, SimFleet, VehicleSpec
from simulators.scene import Scene, load_scene
from simulators.units import SimUnits

AREA, SCENE = "beilun_area.geojson", "beilun_scene.toml"
NETWORK, SITES = "demo", "beilun"
HOME_ALT_M = 5.0
HOME_STEP_M = 4.0
METRES_PER_DEGREE = 111_320.0
FLIGHT = {"altitude_m": 50.0, "speed_m_s": 9.0, "accel_m_s2": 1.5, "endurance_s": 1200.0, "reserve": 0.2}
PACK = BatterySpec(capacity_mah=11_000.0, sags=True)
SWAP_S = 100.0
COVERED_AT_LEAST = 0.99
SETTLED = frozenset({"resolved", "dismissed"})
NAME = "北仑新碶日常巡逻 / Daily patrol of Xinqi, Beilun"
PURPOSE = "演示：日常巡逻 / demonstration: daily patrol"


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the command line asked for."""

    vehicles: int
    speedup: float
    headless: bool
    exit_when_done: bool
    as_json: bool


def demo(  # noqa: PLR0917  typer calls it by name
    vehicles: Annotated[int, typer.Option(min=1, max=50, help="How many simulated drones.")] = 4,
    speedup: Annotated[float, typer.Option(min=1.0, max=20.0, help="1 is real time.")] = 10.0,
    http: Annotated[str | None, typer.Option(help="HOST:PORT of the pages [default: 127.0.0.1:8080].")] = None,
    data: Annotated[Path | None, typer.Option(help="Folder to keep everything in [default: a new one].")] = None,
    headless: Annotated[bool, typer.Option(help="No progress bar; any free port unless --http names one.")] = False,
    exit_when_done: Annotated[bool, typer.Option(help="End with the patrol instead of serving on.")] = False,
    json_output: Annotated[bool, typer.Option("--json", help="The result as JSON, on the last line.")] = False,
) -> None:
    """Fly a whole patrol over Beilun, Ningbo, with simulated drones and units; nothing to do but watch.

    Plans the area, checks, uploads, launches, flies every sortie, sees what is planted on the ground, brings
    each sighting to a unit, brings everybody home and writes the report. With --exit-when-done the exit code
    is 0 only if every sortie was flown, at least 99 % of the area was covered by flown track and everything
    planted was seen and resolved.
    """
    wishes = Wishes(vehicles, speedup, headless, exit_when_done, json_output)
    folder = data or default_data_dir() / "demo" / datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
    flags = {"data": str(folder), "http": http or ("127.0.0.1:0" if headless else "127.0.0.1:8080"), "network": NETWORK}
    try:
        settings = load_config(None, {}, flags)
    except ConfigError as error:
        misused(str(error))
    try:
        done = asyncio.run(_run(settings, wishes))
    except (StartError, FleetError, PatrolError) as error:
        fail(str(error))
    if not done:
        raise typer.Exit(1)


async def _run(settings: Config, wishes: Wishes) -> bool:
    places = files("simulators") / "places"
    area = json.loads((places / AREA).read_text("utf-8"))
    scene = load_scene((places / SCENE).read_text("utf-8"), SCENE)
    started_s = time.monotonic()
    async with AsyncExitStack() as stack:
        fleet = SimFleet(_vehicles(area, wishes.vehicles), speedup=wishes.speedup)
        await fleet.start()
        stack.push_async_callback(fleet.stop)
        settings = load_config(None, {}, {**_given(settings), "links": fleet.urls, "sites": SITES})
        options = AppOptions(time_scale=wishes.speedup)
        control = await stack.enter_async_context(GroundControl(settings, options))
        _say(wishes, f"map: {control.url}/   units: {control.url}/unit")
        session = await stack.enter_async_context(aiohttp.ClientSession())
        await _people_and_camera(stack, scene, fleet, control.url, wishes.speedup)
        seen = await _patrol(PatrolDriver(session, control.url), area, wishes)
        result = _result(seen, len(fleet.urls), time.monotonic() - started_s, planted=len(scene.anomalies))
        _tell(wishes, result)
        if not wishes.exit_when_done:
            _say(wishes, "the map stays open; Ctrl-C ends")
            await asked_to_stop().wait()
    return _as_promised(seen, result)


def _given(settings: Config) -> dict[str, Any]:
    return {"data": settings.data, "http": settings.http, "network": settings.network}


def _vehicles(area: dict[str, Any], count: int) -> Sequence[VehicleSpec]:
    """Side by side at the area's home, with room between them."""
    home = next(f for f in area["features"] if f["properties"].get("kind") == "home")
    lon, lat = home["geometry"]["coordinates"]
    return [
        VehicleSpec(
            sysid=1 + n,
            lat_deg=lat - n * HOME_STEP_M / METRES_PER_DEGREE,
            lon_deg=lon,
            alt_m=HOME_ALT_M,
            battery=PACK,
            swap_s=SWAP_S,
        )
        for n in range(count)
    ]


async def _people_and_camera(stack: AsyncExitStack, scene: Scene, fleet: SimFleet, url: str, speedup: float) -> None:
    await stack.enter_async_context(SimUnits(scene.units, url, speedup=speedup))
    await stack.enter_async_context(CameraReporter(fleet, scene, url, network=NETWORK))


async def _patrol(driver: PatrolDriver, area: dict[str, Any], wishes: Wishes) -> dict[str, Any]:
    names = [f"{NETWORK}-{1 + n}" for n in range(wishes.vehicles)]
    await driver.wait_for_vehicles(names)
    plan = await driver.plan({"area": area, "drones": wishes.vehicles, **FLIGHT})
    _say(wishes, f"planned: {len(_sorties(plan))} sorties, {plan['properties']['makespan_s'] / 60:.0f} min of flight")
    operation = await driver.start(plan["properties"]["hash"], NAME, PURPOSE, names)
    columns = TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn()
    with Progress(*columns, console=ERR, transient=True, disable=wishes.headless) as bar:
        task = bar.add_task("flying", total=None)
        return await driver.follow(operation, lambda seen: bar.update(task, **_progress(seen)))


def _sorties(plan: dict[str, Any]) -> list[dict[str, Any]]:
    return [feature for feature in plan["features"] if feature["properties"].get("kind") == "sortie"]


def _progress(seen: dict[str, Any]) -> dict[str, Any]:
    operation, sightings = seen["operation"], seen["sightings"]
    items = sum(sortie["items"] or 1 for sortie in operation["sorties"])
    done = sum((s["items"] or 1) if s["status"] == "flown" else s["progress"] for s in operation["sorties"])
    flown = sum(s["status"] == "flown" for s in operation["sorties"])
    settled = sum(s["status"] in SETTLED for s in sightings)
    text = f"{operation['status']}: {flown}/{len(operation['sorties'])} sorties, {settled}/{len(sightings)} sightings"
    return {"description": text, "completed": done, "total": items}


def _result(seen: dict[str, Any], vehicles: int, duration_s: float, *, planted: int) -> dict[str, Any]:
    operation, sightings = seen["operation"], seen["sightings"]
    return {
        "vehicles": vehicles,
        "sorties": len(operation["sorties"]),
        "sorties_flown": sum(sortie["status"] == "flown" for sortie in operation["sorties"]),
        "covered_fraction": operation["covered_fraction"],
        "planted": planted,
        "sightings": len(sightings),
        "sightings_resolved": sum(sighting["status"] == "resolved" for sighting in sightings),
        "duration_s": round(duration_s, 1),
        "status": operation["status"],
        "report": operation["report"],
    }


def _as_promised(seen: dict[str, Any], result: dict[str, Any]) -> bool:
    return bool(
        seen["operation"]["status"] == "closed"
        and result["sorties_flown"] == result["sorties"] > 0
        and (result["covered_fraction"] or 0.0) >= COVERED_AT_LEAST
        and result["sightings_resolved"] == result["sightings"] >= result["planted"]
    )


def _say(wishes: Wishes, text: str) -> None:
    if not wishes.as_json:
        ERR.print(text, markup=False, soft_wrap=True, highlight=False)


def _tell(wishes: Wishes, result: dict[str, Any]) -> None:
    if wishes.as_json:
        print_json(result)
        return
    covered = result["covered_fraction"]
    _say(
        wishes,
        f"{result['sorties_flown']} of {result['sorties']} sorties flown, "
        f"{'?' if covered is None else format(covered, '.1%')} covered, "
        f"{result['sightings_resolved']} of {result['sightings']} sightings resolved, {result['duration_s']:.0f} s",
    )
    _say(wishes, f"report: {result['report']}")
