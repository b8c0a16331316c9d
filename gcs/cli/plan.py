"""`aeropatrol plan`: from areas to a plan file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from gcs.cli.console import ERR, fail, print_json
from maps.plan_preview import plan_preview
from missions.area import Area, AreaError, read_areas
from missions.camera import CameraError, camera
from missions.fleet import FleetSpec, PlanError
from missions.follow import follow_ground
from missions.formats import geojson, gpx, html, kml, qgc_plan, waypoints, wpml
from missions.limits import violations
from missions.measure import LANE_OF_SWATH, legs_of
from missions.plan import LonLat, Plan
from missions.planner import plan_coverage
from missions.terrain import TerrainError, read_terrain
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


def plan(  # noqa: PLR0917  typer calls it by name
    areas: Annotated[list[Path], typer.Argument(help="GeoJSON, KML or KMZ; holes and zones are never crossed.")],
    output: Annotated[
        Path, typer.Option("--output", "-o", help="Ends in .geojson, .plan, .waypoints, .kml, .gpx, .html or .kmz.")
    ] = Path("plan.geojson"),
    drones: Annotated[int, typer.Option(help="How many drones fly at once.")] = 1,
    swath: Annotated[
        float | None, typer.Option(help="Distance between lanes, m [default: the file's swath_m].")
    ] = None,
    camera_name: Annotated[str | None, typer.Option("--camera", help="Swath from a camera of the catalogue.")] = None,
    altitude: Annotated[float, typer.Option(help="Height above take-off of the lowest layer, m.")] = 60.0,
    overlap: Annotated[float, typer.Option(help="Side overlap with --camera, 0 to below 1.")] = 0.3,
    start: Annotated[list[str] | None, typer.Option(help="Start point lat,lon; repeat for several.")] = None,
    endurance: Annotated[float, typer.Option(help="Flight time of a full battery, s.")] = 1500.0,
    reserve: Annotated[float, typer.Option(help="Share of the battery never planned away.")] = 0.2,
    speed: Annotated[float, typer.Option(help="Airspeed, m/s.")] = 10.0,
    accel: Annotated[float, typer.Option(help="Acceleration, m/s2.")] = 2.0,
    lanes: Annotated[
        float | None, typer.Option(help="Direction of the lanes, degrees from north [default: the best].")
    ] = None,
    terrain: Annotated[
        Path | None, typer.Option(help="Heights of the ground, .hgt or GeoTIFF: fly --altitude above it.")
    ] = None,
    wind: Annotated[str | None, typer.Option(help="Where it comes from and how strong: dir_deg,m/s.")] = None,
    preview: Annotated[Path | None, typer.Option(help="Also write a map to move about in, one HTML file.")] = None,
    json_output: Annotated[bool, typer.Option("--json", help="Figures as one JSON object.")] = False,
) -> None:
    """Plan the sorties that look at all of one or several areas.

    Lanes stay inside, transits go round no-fly zones, batteries are respected, drones are kept apart by
    altitude layers and launch times. A .plan, .waypoints or .kmz (DJI WPML) file holds one sortie: for
    several sorties several files are written, named by drone and sortie.
    """
    suffix = output.suffix.lower()
    if suffix not in WHOLE_PLAN and suffix not in ONE_SORTIE:
        known = ", ".join([*WHOLE_PLAN, *ONE_SORTIE])
        raise typer.BadParameter(
            f"{output.name} ends in {suffix or 'nothing'}: known are {known}", param_hint="--output"
        )
    if swath is not None and camera_name is not None:
        raise typer.BadParameter("give --swath or --camera, not both", param_hint="--swath")
    starts, from_wind = tuple(_place(text) for text in start or ()), _wind(wind)
    try:
        width = camera(camera_name).swath_m(altitude, overlap) if camera_name else swath or 0.0
        fleet = FleetSpec(
            drones=drones,
            swath_m=width,
            altitude_m=altitude,
            speed_m_s=speed,
            accel_m_s2=accel,
            endurance_s=endurance,
            reserve=reserve,
            starts=starts,
            wind=from_wind,
            lane_deg=lanes,
        )
    except (PlanError, CameraError) as error:
        raise typer.BadParameter(str(error)) from None
    try:
        area = read_areas(areas)
        ground = read_terrain(terrain) if terrain else None
        result = _planned(area, fleet)
        if ground is not None:
            result = follow_ground(result, ground, climb_m_s=fleet.climb_m_s, descent_m_s=fleet.descent_m_s)
    except (AreaError, PlanError, TerrainError) as error:
        fail(str(error))
    written = _write(result, output, suffix, preview)
    _tell(area, fleet, result, written, as_json=json_output)


def _place(text: str) -> LonLat:
    lat, lon = _pair(text, "--start", "lat,lon")
    if not (-90.0 <= lat <= 90.0 and -180.0 <= lon <= 180.0):
        raise typer.BadParameter(f"{text!r} is outside latitude ±90, longitude ±180", param_hint="--start")
    return lon, lat


def _wind(text: str | None) -> Wind | None:
    if text is None:
        return None
    direction, speed = _pair(text, "--wind", "dir_deg,m/s")
    if not 0.0 <= speed <= 60.0:
        raise typer.BadParameter(f"wind of {speed} m/s: must be 0 to 60", param_hint="--wind")
    return Wind(direction % 360.0, speed)


def _pair(text: str, option: str, form: str) -> tuple[float, float]:
    try:
        one, other = (float(part) for part in text.split(","))
    except ValueError:
        raise typer.BadParameter(f"{text!r}: expected {form}", param_hint=option) from None
    return one, other


def _planned(area: Area, fleet: FleetSpec) -> Plan:
    columns = TextColumn("{task.description:<12}"), BarColumn(), TimeElapsedColumn()
    with Progress(*columns, console=ERR, transient=True) as bar:
        task = bar.add_task("area", total=1.0)
        return plan_coverage(
            area, fleet, progress=lambda step, share: bar.update(task, description=step, completed=share)
        )


def _write(result: Plan, output: Path, suffix: str, preview: Path | None) -> list[Path]:
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


def _tell(area: Area, fleet: FleetSpec, result: Plan, written: list[Path], *, as_json: bool) -> None:
    settings = dict(result.settings)
    wrong = violations(result, fleet.battery)
    if as_json:
        print_json(_figures(result, settings, [item.text_en for item in wrong], written))
    else:
        ERR.print(_table(area, result, settings))
        for note in area.notes:
            ERR.print(f"note: {note}", markup=False, soft_wrap=True)
        for item in wrong:
            ERR.print(f"warning: {item.text_en}", markup=False, soft_wrap=True)
        ERR.print(f"written: {', '.join(str(path) for path in written)}", markup=False, soft_wrap=True)


def _figures(result: Plan, settings: dict[str, Any], wrong: list[str], written: list[Path]) -> dict[str, Any]:
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


def _table(area: Area, result: Plan, settings: dict[str, Any]) -> Table:
    title = (
        f"{area.name}: {result.makespan_s / 60:.1f} min, covered {result.covered_fraction:.2%}, "
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
