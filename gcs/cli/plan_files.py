"""What the verbs that plan have in common: places and winds as they are typed, plans as files and figures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import typer
from rich.table import Table

from gcs.cli.console import ERR, fail, print_json
from maps.plan_preview import plan_preview
from missions.fleet import FleetSpec
from missions.formats import geojson, gpx, html, kml, qgc_plan, waypoints, wpml
from missions.limits import violations
from missions.measure import LANE_OF_SWATH, legs_of
from missions.plan import LonLat, Plan
from missions.wind import Wind

WHOLE_PLAN: dict[str, Callable[[Plan], str]] = {
    ".geojson": geojson.dumps,
    ".json": geojson.dumps,
    ".kml": kml.dumps,
    ".gpx": gpx.dumps,
    ".html": html.dumps,
}
ONE_SORTIE: dict[str, Callable[[Plan, int, int], str | bytes]] = {
    ".plan": qgc_plan.dumps,
    ".waypoints": waypoints.dumps,
    ".kmz": wpml.dumps,
}


def suffix_of(output: Path) -> str:
    """The ending of a plan file; wrong usage when it is none that is known."""
    suffix = output.suffix.lower()
    if suffix not in WHOLE_PLAN and suffix not in ONE_SORTIE:
        known = ", ".join([*WHOLE_PLAN, *ONE_SORTIE])
        raise typer.BadParameter(
            f"{output.name} ends in {suffix or 'nothing'}: known are {known}", param_hint="--output"
        )
    return suffix


def place(text: str, option: str = "--start") -> LonLat:
    lat, lon = _pair(text, option, "lat,lon")
    if not (-90.0 <= lat <= 90.0 and -180.0 <= lon <= 180.0):
        raise typer.BadParameter(f"{text!r} is outside latitude ±90, longitude ±180", param_hint=option)
    return lon, lat


def wind_of(text: str | None, option: str = "--wind") -> Wind | None:
    if text is None:
        return None
    direction, speed = _pair(text, option, "dir_deg,m/s")
    if not 0.0 <= direction <= 360.0:
        raise typer.BadParameter(f"wind from {direction:g} degrees: must be 0 to 360", param_hint=option)
    if not 0.0 <= speed <= 60.0:
        raise typer.BadParameter(f"wind of {speed:g} m/s: must be 0 to 60", param_hint=option)
    return Wind(direction % 360.0, speed)


def _pair(text: str, option: str, form: str) -> tuple[float, float]:
    try:
        one, other = (float(part) for part in text.split(","))
    except ValueError:
        raise typer.BadParameter(f"{text!r}: expected {form}", param_hint=option) from None
    return one, other


def write_plan(result: Plan, output: Path, suffix: str, preview: Path | None) -> list[Path]:
    texts: dict[Path, str | bytes]
    if suffix in WHOLE_PLAN:
        texts = {output: WHOLE_PLAN[suffix](result)}
    elif len(result.sorties) == 1:
        texts = {output: ONE_SORTIE[suffix](result, 0, 0)}
    else:
        texts = {
            output.with_name(f"{output.stem}-{s.drone + 1}-{s.sortie + 1}{suffix}"): ONE_SORTIE[suffix](
                result, s.drone, s.sortie
            )
            for s in result.sorties
        }
    if preview is not None:
        texts[preview] = plan_preview(result)
    try:
        for path, text in texts.items():
            path.write_bytes(text.encode() if isinstance(text, str) else text)
    except OSError as error:
        fail(f"{error.filename}: cannot be written: {error.strerror}")
    return list(texts)


def tell(
    name: str, notes: Sequence[str], fleet: FleetSpec, result: Plan, written: list[Path], *, as_json: bool
) -> None:
    settings = dict(result.settings)
    wrong = violations(result, [drone.battery for drone in fleet.each()])
    if as_json:
        print_json(_figures(result, settings, [item.text_en for item in wrong], written))
    else:
        ERR.print(_table(name, result, settings))
        for note in notes:
            ERR.print(f"note: {note}", markup=False, soft_wrap=True)
        for item in wrong:
            ERR.print(f"warning: {item.text_en}", markup=False, soft_wrap=True)
        ERR.print(f"written: {', '.join(str(path) for path in written)}", markup=False, soft_wrap=True)


def _figures(result: Plan, settings: dict[str, Any], wrong: list[str], written: Sequence[Path]) -> dict[str, Any]:
    return {
        "hash": result.hash,
        "drones": result.drones,
        "sorties": len(result.sorties),
        "makespan_s": result.makespan_s,
        "covered_fraction": result.covered_fraction,
        "length_m": settings.get("length_m"),
        "transit_share": settings.get("transit_share"),
        "violations": wrong,
        "files": [str(path) for path in written],
    }


def _table(name: str, result: Plan, settings: dict[str, Any]) -> Table:
    title = (
        f"{name}: {result.makespan_s / 60:.1f} min, covered {result.covered_fraction:.2%}, "
        f"transit share {settings.get('transit_share', 0.0):.1%}"
    )
    table = Table(title=title, title_justify="left")
    for column in ("drone", "sortie", "lanes", "length m", "time s", "start s", "height m"):
        table.add_column(column, justify="right")
    for s in result.sorties:
        lanes = sum(1 for leg_m, looks in legs_of(s) if looks and leg_m > LANE_OF_SWATH * s.swath_m)
        cells = (s.drone + 1, s.sortie + 1, lanes, round(s.length_m), round(s.duration_s), round(s.start_s))
        table.add_row(*map(str, cells), f"{s.path[0].alt_rel_m:g}")
    return table
