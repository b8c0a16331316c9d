"""`aeropatrol resume`: what is left of a plan after an abort, with other drones, or round new zones."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from gcs.cli.console import fail
from gcs.cli.plan_files import place, suffix_of, tell, wind_of, write_plan
from gcs.cli.plan_options import AsJson, Preview, WindFrom
from missions.areas.area import AreaError, load_zones
from missions.areas.strict_json import read_file
from missions.coverage.rest import what_is_left
from missions.coverage.resume import fleet_of
from missions.fleet import FleetSpec, PlanError
from missions.formats import geojson
from missions.lines.line_file import load_lines
from missions.plan import LonLat, Plan


def resume_plan(  # noqa: PLR0917  typer calls it by name
    plan: Annotated[Path, typer.Argument(help="The plan file (.geojson) that was broken off.")],
    flown: Annotated[list[Path] | None, typer.Argument(help="GeoJSON with the tracks flown so far as lines.")] = None,
    output: Annotated[Path, typer.Option("--output", "-o", help="As with plan.")] = Path("rest.geojson"),
    drones: Annotated[int | None, typer.Option(help="How many fly on [default: as many as before].")] = None,
    start: Annotated[list[str] | None, typer.Option(help="lat,lon; repeat [default: where they started].")] = None,
    no_fly: Annotated[list[Path] | None, typer.Option(help="GeoJSON or KML with zones that are new; repeat.")] = None,
    endurance: Annotated[float | None, typer.Option(help="Of a full battery, s [default: the plan's].")] = None,
    wind: WindFrom = None,
    preview: Preview = None,
    json_output: AsJson = False,
) -> None:
    """Plan only what nobody has looked at yet, on the lanes of the plan.

    After an abort, with a drone lost or added, or around a new no-fly zone. Lanes begin exactly where tracks end.
    `aeropatrol log FILE.tlog -o tracks.geojson` takes tracks out of a recording.
    """
    suffix = suffix_of(output)
    starts, from_wind = tuple(place(text) for text in start or ()), wind_of(wind)
    try:
        whole = geojson.loads(read_file(plan))
        fleet = _fleet(whole, drones, starts)
        fleet = replace(fleet, wind=from_wind, endurance_s=endurance or fleet.endurance_s)
        tracks = [line for file in flown or () for line in load_lines(read_file(file), file.name)]
        zones = [zone for file in no_fly or () for zone in load_zones(read_file(file), file.name)]
        ways = [[(lon, lat) for lon, lat in track.tolist()] for track in tracks]
        rest = what_is_left(whole, ways, fleet, no_fly=zones)
    except (AreaError, PlanError) as error:
        fail(str(error))
    except geojson.PlanFileError as error:
        fail(f"{plan.name}: {error}")
    tell(f"rest of {plan.name}", (), fleet, rest, write_plan(rest, output, suffix, preview), as_json=json_output)


def _fleet(whole: Plan, drones: int | None, starts: tuple[LonLat, ...]) -> FleetSpec:
    if not whole.sorties:
        raise PlanError("the plan has no sorties: plan afresh")
    fleet = fleet_of(whole)
    return replace(fleet, drones=drones if drones is not None else fleet.drones, starts=starts or fleet.starts)
