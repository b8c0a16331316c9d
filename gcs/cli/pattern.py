"""`aeropatrol pattern`: searches, rings, corridors and orbits as plan files."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from gcs.cli.console import fail
from gcs.cli.plan_files import place, suffix_of, tell, wind_of, write_plan
from gcs.cli.plan_fleet_options import Pictures, fleet_file, pads_of
from gcs.cli.plan_heights import counted_from
from gcs.cli.plan_options import (
    AboveWhat,
    Accel,
    Altitude,
    AsJson,
    CameraName,
    Drawn,
    Endurance,
    Exposure,
    FleetFileName,
    FrontOverlap,
    Interval,
    NoFly,
    Overlap,
    Pad,
    Preview,
    Reserve,
    SeaLevel,
    Spacing,
    Speed,
    Start,
    Stay,
    TerrainFile,
    WindFrom,
)
from gcs.plan_fleet import FleetFile
from missions.areas.area import Area, AreaError, load_zones, read_areas
from missions.areas.strict_json import read_file
from missions.camera import CameraError, Shooting
from missions.fleet import FleetSpec, PlanError
from missions.ground.heights import Above
from missions.ground.terrain import Ground, TerrainError
from missions.ground.terrain_files import read_ground
from missions.lines.line_file import read_line, read_stops
from missions.lines.pattern_plan import pattern_heights, plan_pattern
from missions.patterns.pattern import PATTERNS, USUAL_SPACING_M, Pattern, drift_towards
from missions.plan import Plan


def pattern(  # noqa: PLR0917  typer calls it by name
    kind: Annotated[str, typer.Argument(help=f"One of {', '.join(PATTERNS)}.")],
    file: Drawn = None,
    output: Annotated[Path, typer.Option("--output", "-o", help="As with plan.")] = Path("plan.geojson"),
    at: Annotated[str | None, typer.Option(help="lat,lon: centre, datum, corner, or where to begin.")] = None,
    spacing: Spacing = None,
    camera_name: CameraName = None,
    overlap: Overlap = 0.3,
    front_overlap: FrontOverlap = 0.7,
    interval: Interval = None,
    exposure: Exposure = None,
    no_fly: NoFly = None,
    radius: Annotated[float, typer.Option(help="Of an orbit or a sector search, m.")] = 200.0,
    turns: Annotated[float, typer.Option(help="Of an orbit.")] = 1.0,
    legs: Annotated[int, typer.Option(help="Of an expanding square.")] = 12,
    course: Annotated[float, typer.Option(help="First course, degrees from north.")] = 0.0,
    passes: Annotated[int, typer.Option(help="Of a sector search.")] = 1,
    long: Annotated[float, typer.Option(help="Side of the rectangle along the course, m.")] = 1000.0,
    short: Annotated[float, typer.Option(help="The other side, to the right, m.")] = 500.0,
    rings: Annotated[int, typer.Option(help="Of a perimeter, each one spacing further in.")] = 1,
    inset: Annotated[float | None, typer.Option(help="Of the first ring, m [default: half the spacing].")] = None,
    width: Annotated[float, typer.Option(help="Of a corridor, m [default: one spacing].")] = 0.0,
    drift: Annotated[str | None, typer.Option(help="Of what is looked for: towards deg, m/s.")] = None,
    sweep_width: Annotated[float | None, typer.Option(help="Say the odds of detection with it (IAMSAR), m.")] = None,
    stay: Stay = None,
    drones: Annotated[int, typer.Option(help="How many share it.")] = 1,
    fleet_name: FleetFileName = None,
    altitude: Altitude = 60.0,
    above: AboveWhat = None,
    terrain: TerrainFile = None,
    start: Start = None,
    pad: Pad = None,
    endurance: Endurance = 1500.0,
    reserve: Reserve = 0.2,
    speed: Speed = 10.0,
    accel: Accel = 2.0,
    wind: WindFrom = None,
    take_off_height: SeaLevel = None,
    preview: Preview = None,
    json_output: AsJson = False,
) -> None:
    """Plan a search pattern, rings inside a border, a corridor along a line, stops in turn, or an orbit.

    Pieces of it are shared out among the drones and cut to batteries. Courses and turns follow the IAMSAR manual.
    """
    suffix = suffix_of(output)
    starts = tuple(place(text) for text in start or ())
    shot = Shooting(front_overlap, interval, exposure)
    try:
        flying = FleetSpec(drones, speed_m_s=speed, accel_m_s2=accel, endurance_s=endurance, reserve=reserve)
        pads = tuple(place(text, "--pad") for text in pad or ())
        flying = replace(flying, starts=starts, pads=pads, wind=wind_of(wind), take_off_amsl_m=take_off_height)
        asked = Pattern(radius_m=radius, turns=turns, legs=legs, course_deg=course, passes=passes, rings=rings)
        asked = replace(asked, long_m=long, short_m=short, inset_m=inset, width_m=width, sweep_width_m=sweep_width)
        centre = place(at, "--at") if at else next(iter(starts), None) if kind == "perimeter" else None
        asked = replace(_with_file(kind, asked, file, stay), at=centre, drift=_towards(drift))
        asked = replace(asked, area=_out_of(asked.area, no_fly))
        widths = (spacing, Pictures(camera_name, 0.0, overlap, shot), fleet_file(fleet_name))
        ground = read_ground(terrain) if terrain else None
        counted = (counted_from(above, ground), altitude, ground)
        result, fleet, notes = _planned(kind, asked, flying, counted, widths)
    except (AreaError, CameraError, PlanError, TerrainError) as error:
        fail(str(error))
    tell(
        kind, (*notes, *_odds(result)), fleet, result, write_plan(result, output, suffix, preview), as_json=json_output
    )


def _planned(
    kind: str,
    asked: Pattern,
    flying: FleetSpec,
    counted: tuple[Above, float, Ground | None],
    widths: tuple[float | None, Pictures, FleetFile | None],
) -> tuple[Plan, FleetSpec, tuple[str, ...]]:
    """The plan, whose fleet it is, and what cameras make of it. `counted`: what the altitude is above, and by which
    heights of the ground; `widths`: the spacing said, the camera, and drones that are not alike."""
    (above, altitude_m, ground), (spacing_m, pictures, kinds) = counted, widths
    asked = replace(asked, spacing_m=USUAL_SPACING_M if spacing_m is None else spacing_m)
    heights = pattern_heights(kind, asked, above, altitude_m, ground=ground, starts=flying.starts)
    pictures = replace(pictures, height_m=heights.seen_from_m)
    seen_m, speed, unlike, notes = pictures.seen(spacing_m, "--spacing", flying.speed_m_s, kinds)
    asked = replace(asked, spacing_m=seen_m or asked.spacing_m)
    known = flying.take_off_amsl_m if heights.take_off_amsl_m is None else heights.take_off_amsl_m
    fleet = replace(
        flying,
        unlike=unlike,
        swath_m=asked.spacing_m,
        speed_m_s=speed,
        altitude_m=heights.flown_m,
        pads=pads_of(flying.pads, kinds),
        take_off_amsl_m=known,
    )
    return plan_pattern(kind, asked, fleet, heights, ground), fleet, notes


def _with_file(kind: str, asked: Pattern, file: Path | None, stay_s: float | None) -> Pattern:
    """`asked` with what the file holds for this kind: the area of a perimeter, the stops of a route, else a line."""
    stays = () if stay_s is None else (stay_s,)
    if file is None:
        return replace(asked, stays_s=stays)
    if kind == "perimeter":
        return replace(asked, area=read_areas([file]))
    if kind == "route":
        stops, own = read_stops(file)
        return replace(asked, line=stops, stays_s=stays or own)
    return replace(asked, line=read_line(file))


def _out_of(area: Area | None, files: list[Path] | None) -> Area | None:
    """The area with the zones of more files; an area of zones alone where there is none."""
    zones = tuple(zone for file in files or () for zone in load_zones(read_file(file), file.name))
    if not zones:
        return area
    return replace(area, no_fly=(*area.no_fly, *zones)) if area is not None else Area("zones", (), no_fly=zones)


def _odds(result: Plan) -> tuple[str, ...]:
    known = dict(result.settings)
    if "probability_of_detection" not in known:
        return ()
    odds, width_m = known["probability_of_detection"], known["sweep_width_m"]
    return (f"odds of detection: {odds:.0%} (IAMSAR, sweep width {width_m:g} m)",)


def _towards(text: str | None) -> tuple[float, float] | None:
    drift = wind_of(text, "--drift")
    return drift_towards(drift.from_deg, drift.speed_m_s) if drift else None
