"""`aeropatrol plan`: from areas to a plan file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from gcs.cli.console import ERR, fail
from gcs.cli.plan_files import place, suffix_of, tell, wind_of, write_plan
from gcs.cli.plan_fleet_options import Pictures, fleet_file, pads_of
from gcs.cli.plan_heights import counted_from
from gcs.cli.plan_options import (
    AboveWhat,
    Accel,
    Altitude,
    AsJson,
    CameraName,
    Endurance,
    Exposure,
    FleetFileName,
    FrontOverlap,
    Interval,
    Lanes,
    Overlap,
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
from missions.areas.area import Area, AreaError, read_areas
from missions.camera import CameraError, Shooting
from missions.coverage.planner import plan_coverage
from missions.fleet import FleetSpec, PlanError
from missions.ground.heights import heights_of, settled
from missions.ground.terrain import TerrainError
from missions.ground.terrain_files import read_ground
from missions.plan import Plan


def plan(  # noqa: PLR0917  typer calls it by name
    areas: Annotated[list[Path], typer.Argument(help="GeoJSON, KML or KMZ; holes and zones are never crossed.")],
    output: Annotated[
        Path, typer.Option("--output", "-o", help="Ends in .geojson, .plan, .waypoints, .kml, .gpx, .html or .kmz.")
    ] = Path("plan.geojson"),
    drones: Annotated[int, typer.Option(help="How many drones fly at once.")] = 1,
    fleet_name: FleetFileName = None,
    swath: Swath = None,
    camera_name: CameraName = None,
    altitude: Altitude = 60.0,
    overlap: Overlap = 0.3,
    front_overlap: FrontOverlap = 0.7,
    interval: Interval = None,
    exposure: Exposure = None,
    start: Start = None,
    pad: Pad = None,
    endurance: Endurance = 1500.0,
    reserve: Reserve = 0.2,
    speed: Speed = 10.0,
    accel: Accel = 2.0,
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
        pictures, kinds = Pictures(camera_name, heights.seen_from_m, overlap, shot), fleet_file(fleet_name)
        width, speed, unlike, notes = pictures.seen(swath, "--swath", speed, kinds)
        fleet = FleetSpec(
            drones=drones,
            unlike=unlike,
            swath_m=width,
            altitude_m=heights.flown_m,
            speed_m_s=speed,
            accel_m_s2=accel,
            endurance_s=endurance,
            reserve=reserve,
            starts=starts,
            wind=from_wind,
            lane_deg=lanes,
            pads=pads_of(tuple(place(text, "--pad") for text in pad or ()), kinds),
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


def _planned(area: Area, fleet: FleetSpec) -> Plan:
    columns = TextColumn("{task.description:<12}"), BarColumn(), TimeElapsedColumn()
    with Progress(*columns, console=ERR, transient=True) as bar:
        task = bar.add_task("area", total=1.0)
        return plan_coverage(
            area, fleet, progress=lambda step, share: bar.update(task, description=step, completed=share)
        )
