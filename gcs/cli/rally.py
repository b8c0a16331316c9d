"""`aeropatrol rally`: a vehicle's rally points as GeoJSON, and others put there."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Annotated, Any

import typer

from gcs.cli.console import fail, print_json
from gcs.cli.vehicle_client import RefusedError, SeatOption, VehicleClient


def rally(
    vehicle: Annotated[str, typer.Argument(help="The vehicle, as the centre shows it: main-1.", show_default=False)],
    put: Annotated[
        Path | None,
        typer.Option(help="GeoJSON with Points [lon, lat, whole metres above home]; none clears.", show_default=False),
    ] = None,
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before replacing what is there.")] = False,
    url: Annotated[str, typer.Option(help="Where ground control is.")] = "http://127.0.0.1:8080",
    seat: SeatOption = "",
) -> None:
    """Show a vehicle's rally points as GeoJSON, or put those of a file there; done when read back and equal.

    Not while the vehicle is armed. A token is taken from AEROPATROL_TOKEN.
    """
    points = None if put is None else _points(put)
    if points is not None and not yes and not typer.confirm(f"Put these {len(points)} rally points on {vehicle}?"):
        raise typer.Exit(1)
    try:
        held = asyncio.run(_ask(vehicle, points, url, seat))
    except RefusedError as error:
        fail(str(error))
    print_json({"type": "FeatureCollection", "features": [_feature(point) for point in held]})


async def _ask(vehicle: str, points: list[dict[str, Any]] | None, url: str, seat: str) -> list[dict[str, Any]]:
    async with VehicleClient.open(url, vehicle, seat) as client:
        if points is None:
            return list(await client.ask("GET", "/rally"))
        return list(await client.ask("PUT", "/rally", {"points": points, "confirm": vehicle}))


def _points(path: Path) -> list[dict[str, Any]]:
    """The file's Points as the API takes them."""
    try:
        features = json.loads(path.read_text("utf-8"))["features"]
        places = [feature["geometry"]["coordinates"] for feature in features if _is_point(feature)]
        return [{"lat": float(lat), "lon": float(lon), "alt_rel_m": round(alt)} for lon, lat, alt in places]
    except OSError as error:
        fail(f"{path}: cannot be read ({error.strerror})")
    except (ValueError, KeyError, TypeError, AttributeError):
        fail(f"{path}: not a GeoJSON FeatureCollection of Points [longitude, latitude, metres above home]")


def _is_point(feature: dict[str, Any]) -> bool:
    return bool(feature["geometry"]["type"] == "Point")


def _feature(point: dict[str, Any]) -> dict[str, Any]:
    geometry = {"type": "Point", "coordinates": [point["lon"], point["lat"], point["alt_m"]]}
    return {"type": "Feature", "properties": {"kind": "rally", "above": point["above"]}, "geometry": geometry}
