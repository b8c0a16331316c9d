"""`aeropatrol plan`: from areas to a plan file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from gcs.cli.console import ERR, fail
from gcs.cli.plan_files import place, suffix_of, tell, wind_of, write_plan
from gcs.cli.plan_heights import counted_from
from gcs.cli.plan_options import (
    AboveWhat,
    Altitude,
    AsJson,
    Endurance,
    Exposure,
    FleetFile,
    Lanes,
    Pad,
    Preview,
    Reserve,
    SeaLevel,
    Speed,
    Start,
    Swath,
    TerrainFile,
    WindFrom,
)
from gcs.plan_fleet import read_kinds, specs_of
from missions.area import Area, AreaError, read_areas
from missions.area_json import read_file
from missions.camera import CameraError, Shooting, camera
from missions.fleet import DroneSpec, FleetSpec, PlanError
from missions.heights import heights_of, settled
from missions.plan import Plan
from missions.planner import plan_coverage
from missions.terrain import TerrainError
from missions.terrain_files import read_ground


def plan(  # noqa: PLR0917  typer calls it by name
    areas: Annotated[list[Path], typer.Argument(help="GeoJSON, KML or KMZ; holes and zones are never crossed.")],
    output: Annotated[
        Path, typer.Option("--output", "-o", help="Ends in .geojson, .plan, .waypoints, .kml, .gpx, .html or .kmz.")
    ] = Path("plan.geojson"),
    drones: Annotated[int, typer.Option(help="How many drones fly at once.")] = 1,
    fleet_file: FleetFile = None,
    swath: Swath = None,
    camera_name: Annotated[str | None, typer.Option("--camera", help="Swath from a camera of the catalogue.")] = None,
    altitude: Altitude = 60.0,
    overlap: Annotated[float, typer.Option(help="Side overlap with --camera, 0 to below 1.")] = 0.3,
    front_overlap: Annotated[float, typer.Option(help="Between pictures along a lane, with --camera.")] = 0.7,
    interval: Annotated[float | None, typer.Option(help="Least time between pictures, s: caps the speed.")] = None,
    exposure: Exposure = None,
    start: Start = None,
    pad: Pad = None,
    endurance: Endurance = 1500.0,
    reserve: Reserve = 0.2,
    speed: Speed = 10.0,
    accel: Annotated[float, typer.Option(help="Acceleration, m/s2.")] = 2.0,
    lanes: Lanes = None,
    terrain: TerrainFile = None,
    above: AboveWhat = None,
    wind: WindFrom = None,
    take_off_height: SeaLevel = None,
    preview: Preview = None,
    json_output: AsJson = False,
) -> None:
    """Plan the sorties that look at all of one or several areas.

    Lanes stay inside, transits go round no-fly zones, batteries are respected, drones are kept apart by
    altitude layers and launch times. A .plan, .waypoints or .kmz (DJI WPML) file holds one sortie: for
    several sorties several files are written, named by drone and sortie. Zones with a band of heights are flown
    over or under where the layer allows; over ground that is followed they are closed at all heights.
    """
    suffix = suffix_of(output)
    starts, from_wind = tuple(place(text) for text in start or ()), wind_of(wind)
    try:
        area = read_areas(areas)
        ground = read_ground(terrain) if terrain else None
    except (AreaError, TerrainError) as error:
        fail(str(error))
    try:
        heights = heights_of(counted_from(above, ground), altitude, ground, starts, area)
        shot = Shooting(front_overlap, interval, exposure)
        width, speed, notes = _seen((swath, camera_name), heights.seen_from_m, overlap, speed, shot)
        fleet = FleetSpec(
            drones=drones,
            unlike=_unlike(fleet_file, heights.seen_from_m, overlap),
            swath_m=width,
            altitude_m=heights.flown_m,
            speed_m_s=speed,
            accel_m_s2=accel,
            endurance_s=endurance,
            reserve=reserve,
            starts=starts,
            wind=from_wind,
            lane_deg=lanes,
            pads=tuple(place(text) for text in pad or ()),
            take_off_amsl_m=take_off_height if heights.take_off_amsl_m is None else heights.take_off_amsl_m,
        )
    except (AreaError, PlanError, CameraError) as error:
        raise typer.BadParameter(str(error)) from None
    try:
        result = settled(_planned(heights.area(area), fleet), heights, ground)
    except PlanError as error:
        fail(str(error))
    written = write_plan(result, output, suffix, preview)
    tell(area.name, (*notes, *area.notes), fleet, result, written, as_json=json_output)


def _seen(
    by: tuple[float | None, str | None], altitude_m: float, overlap: float, speed: float, shot: Shooting
) -> tuple[float, float, tuple[str, ...]]:
    """Distance between lanes, speed, and what the camera makes of them; `by`: a swath, or the name of a camera."""
    swath, name = by
    if name is None:
        return swath or 0.0, speed, ()
    if swath is not None:
        raise typer.BadParameter("give --swath or --camera, not both", param_hint="--swath")
    lens = camera(name)
    width, gap_m = lens.swath_m(altitude_m, overlap), lens.trigger_distance_m(altitude_m, shot.front_overlap)
    note = (
        f"{lens.title}: {lens.ground_resolution_cm(altitude_m):.2g} cm a pixel, lanes {width:.1f} m apart, "
        f"a picture every {gap_m:.1f} m"
    )
    fastest = lens.fastest_m_s(altitude_m, shot)
    if fastest >= speed:
        return width, speed, (note,)
    why = f"so that pictures overlap by {shot.front_overlap:.0%} and nothing blurs by more than a pixel"
    return width, fastest, (note, f"speed capped at {fastest:.1f} m/s, {why}")


def _unlike(file: Path | None, altitude_m: float, overlap: float) -> tuple[DroneSpec, ...]:
    return specs_of(read_kinds(read_file(file), file.name), altitude_m, overlap) if file is not None else ()


def _planned(area: Area, fleet: FleetSpec) -> Plan:
    columns = TextColumn("{task.description:<12}"), BarColumn(), TimeElapsedColumn()
    with Progress(*columns, console=ERR, transient=True) as bar:
        task = bar.add_task("area", total=1.0)
        return plan_coverage(
            area, fleet, progress=lambda step, share: bar.update(task, description=step, completed=share)
        )
