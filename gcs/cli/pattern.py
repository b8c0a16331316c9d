"""`aeropatrol pattern`: searches, rings, corridors and orbits as plan files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gcs.cli.console import fail
from gcs.cli.plan_files import place, suffix_of, tell, wind_of, write_plan
from gcs.cli.plan_options import Altitude, AsJson, Endurance, Preview, Reserve, SeaLevel, Speed, Start, WindFrom
from missions.area import Area, AreaError, read_areas
from missions.fleet import FleetSpec, PlanError
from missions.geodesy import Array
from missions.line_file import read_line
from missions.pattern_plan import plan_pattern
from missions.patterns.pattern import PATTERNS, Pattern, drift_towards
from missions.plan import Plan


def pattern(  # noqa: PLR0917  typer calls it by name
    kind: Annotated[str, typer.Argument(help=f"One of {', '.join(PATTERNS)}.")],
    file: Annotated[Path | None, typer.Argument(help="Area of a perimeter, or LineString of a corridor.")] = None,
    output: Annotated[Path, typer.Option("--output", "-o", help="As with plan.")] = Path("plan.geojson"),
    at: Annotated[str | None, typer.Option(help="lat,lon: centre, datum, corner, or where to begin.")] = None,
    spacing: Annotated[float, typer.Option(help="Between tracks, m; a track sees half of it on each side.")] = 40.0,
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
    drones: Annotated[int, typer.Option(help="How many share it.")] = 1,
    altitude: Altitude = 60.0,
    start: Start = None,
    endurance: Endurance = 1500.0,
    reserve: Reserve = 0.2,
    speed: Speed = 10.0,
    wind: WindFrom = None,
    take_off_height: SeaLevel = None,
    preview: Preview = None,
    json_output: AsJson = False,
) -> None:
    """Plan a search pattern, rings inside a border, a corridor along a line, or an orbit.

    Pieces of it are shared out among the drones and cut to batteries. Courses and turns follow the IAMSAR manual.
    """
    suffix = suffix_of(output)
    try:
        fleet = FleetSpec(
            drones=drones,
            swath_m=spacing,
            altitude_m=altitude,
            speed_m_s=speed,
            endurance_s=endurance,
            reserve=reserve,
            starts=tuple(place(text) for text in start or ()),
            wind=wind_of(wind),
            take_off_amsl_m=take_off_height,
        )
        area, line = _drawn(kind, file)
        asked = Pattern(
            at=place(at, "--at") if at else next(iter(fleet.starts), None) if area else None,
            area=area,
            line=line,
            spacing_m=spacing,
            radius_m=radius,
            turns=turns,
            legs=legs,
            course_deg=course,
            passes=passes,
            long_m=long,
            short_m=short,
            inset_m=inset,
            rings=rings,
            width_m=width,
            drift=_towards(drift),
            sweep_width_m=sweep_width,
        )
        result = plan_pattern(kind, asked, fleet)
    except (AreaError, PlanError) as error:
        fail(str(error))
    tell(kind, _odds(result), fleet, result, write_plan(result, output, suffix, preview), as_json=json_output)


def _drawn(kind: str, file: Path | None) -> tuple[Area | None, Array | None]:
    """What the file holds for this kind: the area of a perimeter, else a line."""
    if file is None:
        return None, None
    return (read_areas([file]), None) if kind == "perimeter" else (None, read_line(file))


def _odds(result: Plan) -> tuple[str, ...]:
    known = dict(result.settings)
    if "probability_of_detection" not in known:
        return ()
    odds, width_m = known["probability_of_detection"], known["sweep_width_m"]
    return (f"odds of detection: {odds:.0%} (IAMSAR, sweep width {width_m:g} m)",)


def _towards(text: str | None) -> tuple[float, float] | None:
    drift = wind_of(text, "--drift")
    return drift_towards(drift.from_deg, drift.speed_m_s) if drift else None
