"""`aeropatrol camera`: the catalogue, and what one of its cameras sees from a height."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.table import Table

from gcs.cli.console import ERR, print_json
from gcs.cli.plan_options import AsJson
from missions.camera import CAMERAS, Camera, CameraError, Shooting
from missions.camera import camera as camera_of

FRONT_OVERLAP = 0.7


def camera(  # noqa: PLR0917  typer calls it by name
    name: Annotated[str | None, typer.Argument(help="Of the catalogue; without it the catalogue is shown.")] = None,
    altitude: Annotated[float, typer.Option(help="Height above ground, m.")] = 60.0,
    overlap: Annotated[float, typer.Option(help="Side overlap between lanes, 0 to below 1.")] = 0.3,
    front_overlap: Annotated[float, typer.Option(help="Between pictures along a lane, 0 to below 1.")] = FRONT_OVERLAP,
    interval: Annotated[float, typer.Option(help="Least time between two pictures, s.")] = 1.0,
    exposure: Annotated[float, typer.Option(help="Time the shutter is open, s.")] = 1 / 1000,
    json_output: AsJson = False,
) -> None:
    """Footprint, distance between lanes and between pictures, size of a pixel on the ground, and the fastest flight.

    The fastest flight is that at which pictures still overlap at one every --interval, and the ground moves by no more
    than a pixel while the shutter is open.
    """
    if name is None:
        _catalogue(as_json=json_output)
        return
    try:
        found = camera_of(name)
        across, along = found.footprint_m(altitude)
        figures = {
            "camera": found.name,
            "title": found.title,
            "altitude_m": altitude,
            "footprint_m": [round(across, 2), round(along, 2)],
            "lane_spacing_m": round(found.swath_m(altitude, overlap), 2),
            "trigger_distance_m": round(found.trigger_distance_m(altitude, front_overlap), 2),
            "ground_resolution_cm": round(found.ground_resolution_cm(altitude), 3),
            "fastest_m_s": round(found.fastest_m_s(altitude, Shooting(front_overlap, interval, exposure)), 2),
        }
    except CameraError as error:
        raise typer.BadParameter(str(error)) from None
    if json_output:
        print_json(figures)
        return
    table = Table(title=f"{found.title}, {altitude:g} m above ground", title_justify="left", show_header=False)
    for key, value in figures.items():
        if key not in ("camera", "title", "altitude_m"):
            table.add_row(key, " x ".join(map(str, value)) if isinstance(value, list) else str(value))
    ERR.print(table, markup=False)


def _catalogue(*, as_json: bool) -> None:
    cameras = sorted(CAMERAS.values(), key=lambda each: each.name)
    if as_json:
        print_json([{"camera": each.name, "title": each.title, **_lens(each)} for each in cameras])
        return
    table = Table(title=f"{len(cameras)} cameras", title_justify="left")
    for column in ("camera", "what it is", "sensor mm", "focal mm", "pixels"):
        table.add_column(column)
    for each in cameras:
        sensor, pixels = f"{each.sensor_width_mm:g} x {each.sensor_height_mm:g}", f"{each.width_px} x {each.height_px}"
        table.add_row(each.name, each.title, sensor, f"{each.focal_mm:g}", pixels)
    ERR.print(table, markup=False)


def _lens(each: Camera) -> dict[str, object]:
    return {
        "sensor_mm": [each.sensor_width_mm, each.sensor_height_mm],
        "focal_mm": each.focal_mm,
        "pixels": [each.width_px, each.height_px],
    }
