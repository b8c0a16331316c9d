"""`aeropatrol patrol`: how many drones keep looking again at sites, and who is where when."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from gcs.cli.console import ERR, fail, print_json
from gcs.cli.plan_files import place
from gcs.cli.plan_options import AsJson, Endurance, Reserve, Speed
from missions.areas.checks import AreaError
from missions.areas.strict_json import read_file
from missions.fleet import PlanError
from missions.formats import patrol as formats
from missions.patrol.patrol_file import DAY_S, read_patrol
from missions.patrol.patrol_plan import PatrolAsk, PatrolDay, plan_day
from missions.patrol.site_weights import read_weights

FORMATS: dict[str, Callable[[PatrolDay], str]] = {
    ".json": formats.dumps_json,
    ".csv": formats.dumps_csv,
    ".geojson": formats.dumps_geojson,
}
CLOCK = re.compile(r"(\d{1,3}):([0-5]\d)")


def patrol(  # noqa: PLR0917  typer calls it by name
    sites: Annotated[Path, typer.Argument(help="GeoJSON: sites by kind or deadline_s, base, pads, no-fly zones.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="Ends in .json, .csv or .geojson.")] = Path(
        "patrol.json"
    ),
    base: Annotated[str | None, typer.Option(help="lat,lon where the drones live [default: the file's].")] = None,
    pad: Annotated[list[str] | None, typer.Option(help="lat,lon of a pad for swapping batteries; repeat.")] = None,
    begin: Annotated[str, typer.Option("--from", help="HH:MM of the day.")] = "00:00",
    end: Annotated[str, typer.Option("--to", help="HH:MM; more than 24 hours for the days after.")] = "24:00",
    drones: Annotated[int | None, typer.Option(help="What so many keep [default: as many as it takes].")] = None,
    drop_out: Annotated[list[str] | None, typer.Option(help="HH:MM at which a drone is lost; repeat.")] = None,
    jitter: Annotated[
        float, typer.Option(help="Share of every deadline given away so that moments cannot be foretold.")
    ] = 0.0,
    seed: Annotated[int, typer.Option(help="Of the moments, with --jitter.")] = 0,
    weights: Annotated[Path | None, typer.Option(help="Answer of /api/v1/analysis/sites: busy hours.")] = None,
    speed: Speed = 10.0,
    endurance: Endurance = 1500.0,
    reserve: Reserve = 0.2,
    swap: Annotated[float, typer.Option(help="Time on the ground for a battery swap, s.")] = 120.0,
    batteries: Annotated[bool, typer.Option(help="Do batteries limit flights?")] = True,
    json_output: AsJson = False,
) -> None:
    """Keep looking again at sites before their deadlines: school gates, checkpoints, rail lines, events.

    Tells how many drones that takes, and writes the schedule. With --drones it tells what so few keep: sites of the
    lowest priority are left out by name. With --drop-out the rest is planned anew without the lost drone.
    """
    form = FORMATS.get(output.suffix.lower())
    if form is None:
        raise typer.BadParameter(f"{output.name}: known are {', '.join(FORMATS)}", param_hint="--output")
    if not 0.0 <= reserve < 1.0 or endurance <= 0.0:
        raise typer.BadParameter("endurance must be above 0 s, reserve 0 to below 1", param_hint="--endurance")
    try:
        ask = PatrolAsk(
            begin_s=_second(begin, "--from"),
            end_s=_second(end, "--to"),
            drones=_drones(drones, drop_out),
            drop_outs=tuple(_second(text, "--drop-out") for text in drop_out or ()),
            speed_m_s=speed,
            usable_s=endurance * (1.0 - reserve) if batteries else None,
            swap_s=swap,
            jitter=jitter,
            seed=seed,
        )
        known = read_weights(read_file(weights), weights.name) if weights is not None else None
        stands = tuple(place(text, "--pad") for text in pad or ())
        home = place(base, "--base") if base is not None else None
        day = plan_day(read_patrol(read_file(sites), sites.name, base=home, pads=stands, weights=known), ask)
        output.write_text(form(day), "utf-8")
    except (AreaError, PlanError) as error:
        fail(str(error))
    except OSError as error:
        fail(f"{error.filename}: cannot be written: {error.strerror}")
    _tell(day, output, as_json=json_output)


def _drones(drones: int | None, drop_out: list[str] | None) -> int | None:
    if drop_out and drones is None:
        raise typer.BadParameter("say with --drones how many there are before", param_hint="--drop-out")
    return drones


def _second(text: str, option: str) -> float:
    match = CLOCK.fullmatch(text)
    second = 60.0 * (60 * int(match[1]) + int(match[2])) if match else -1.0
    if not 0.0 <= second <= 7 * DAY_S:
        raise typer.BadParameter(f"{text!r} is not HH:MM within seven days", param_hint=option)
    return second


def _tell(day: PatrolDay, output: Path, *, as_json: bool) -> None:
    figures = formats.to_json(day)
    if as_json:
        short = [{k: v for k, v in stretch.items() if k != "schedule"} for stretch in figures["stretches"]]
        print_json({**figures, "stretches": short, "file": str(output)})
        return
    needed = figures["drones_needed"]
    title = f"{day.patrol.name}: {len(day.patrol.places)} sites, " + (
        f"{needed} drones keep every deadline" if needed is not None else "no number of drones keeps every deadline"
    )
    table = Table(title=title, title_justify="left")
    for column in ("from", "to", "sites", "needed", "drones", "left out"):
        table.add_column(column)
    for stretch in day.stretches:
        left = formats.names(day, stretch.left_out)
        cells = (formats.clock(stretch.begin_s), formats.clock(stretch.end_s), len(stretch.kept) + len(left))
        said = "-" if stretch.needed is None else stretch.needed
        table.add_row(*map(str, (*cells, said, len(stretch.tasks), ", ".join(left))))
    ERR.print(table, markup=False)
    ERR.print(f"written: {output}", markup=False, soft_wrap=True)
