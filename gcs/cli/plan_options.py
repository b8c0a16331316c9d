"""Options of the verbs that plan, said once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gcs.cli.plan_heights import Counted

Altitude = Annotated[float, typer.Option(help="Height of the lowest layer, m, above what --above says.")]
Start = Annotated[list[str] | None, typer.Option(help="Start point lat,lon; repeat for several.")]
Pad = Annotated[list[str] | None, typer.Option(help="Swap pad lat,lon where sorties may end too; repeat for several.")]
Exposure = Annotated[
    float | None, typer.Option(help="Shutter time, s: caps the speed so that nothing blurs by more than a pixel.")
]
Endurance = Annotated[float, typer.Option(help="Flight time of a full battery, s.")]
Reserve = Annotated[float, typer.Option(help="Share of the battery never planned away.")]
Speed = Annotated[float, typer.Option(help="Airspeed, m/s.")]
WindFrom = Annotated[str | None, typer.Option(help="Where it comes from and how strong: dir_deg,m/s.")]
Preview = Annotated[Path | None, typer.Option(help="Also write a map to move about in, one HTML file.")]
SeaLevel = Annotated[
    float | None,
    typer.Option("--take-off-height", help="Of the start points above the sea, m: opens zones with bands."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Figures as one JSON object.")]
Lanes = Annotated[float | None, typer.Option(help="Direction of the lanes, degrees from north [default: the best].")]
Swath = Annotated[float | None, typer.Option(help="Distance between lanes, m [default: the file's swath_m].")]
FleetFileName = Annotated[
    Path | None, typer.Option("--fleet", help="JSON: drones that are not alike, instead of --drones; and swap pads.")
]
CameraName = Annotated[str | None, typer.Option("--camera", help="Swath from a camera of the catalogue.")]
Overlap = Annotated[float, typer.Option(help="Side overlap with a camera, 0 to below 1.")]
FrontOverlap = Annotated[float, typer.Option(help="Between pictures along a lane, with a camera.")]
Interval = Annotated[float | None, typer.Option(help="Least time between pictures, s: caps the speed.")]
Accel = Annotated[float, typer.Option(help="Acceleration, m/s2.")]
TerrainFile = Annotated[Path | None, typer.Option(help="Heights of the ground, .hgt or GeoTIFF, or a folder of them.")]
AboveWhat = Annotated[
    Counted | None, typer.Option(help="What --altitude is above [default: ground with --terrain, else take-off].")
]
Drawn = Annotated[Path | None, typer.Argument(help="Area of a perimeter, LineString of a corridor, stops of a route.")]
Spacing = Annotated[
    float | None, typer.Option(help="Between tracks, m; a track sees half of it on each side [default: 40].")
]
Stay = Annotated[float | None, typer.Option(help="At each stop of a route, s [default: the dwell_s of its points].")]
NoFly = Annotated[list[Path] | None, typer.Option(help="GeoJSON or KML with zones to keep out of; repeat.")]
