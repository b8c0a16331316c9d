"""Sightings and their analysis as files for other programs: CSV and GeoJSON. Pure."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import UTC
from typing import Any

from gcs.sightings.analysis import Cell, durations
from gcs.sightings.catalogue import Catalogue
from gcs.sightings.model import Sighting

COLUMNS = ("id", "class", "zh", "en", "priority", "status", "outcome", "lat", "lon", "ce90_m", "seen_at", "received_at",
           "accept_s", "arrive_s", "resolve_s", "unit", "operation", "site", "source", "simulated", "note")  # fmt: skip
_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def sightings_csv(sightings: Iterable[Sighting], catalogue: Catalogue) -> str:
    """One line a sighting. A spreadsheet takes no text in it for a formula."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for sighting in sightings:
        writer.writerow(_plain(value) for value in _row(sighting, catalogue))
    return out.getvalue()


def heat_geojson(cells: Sequence[Cell]) -> dict[str, Any]:
    """The cells as polygons with `count`, `days`, `klass` and `weight`; `share` is the weight of the heaviest as 1."""
    heaviest = max((cell.weight for cell in cells), default=1.0) or 1.0
    return {"type": "FeatureCollection", "features": [_feature(cell, heaviest) for cell in cells]}


def _row(sighting: Sighting, catalogue: Catalogue) -> tuple[Any, ...]:
    klass, took = catalogue.get(sighting.klass), durations(sighting)
    names = (sighting.klass, sighting.klass) if klass is None else (klass.zh, klass.en)
    seen, received = (
        at.astimezone(UTC).isoformat(timespec="seconds") for at in (sighting.seen_at, sighting.received_at)
    )
    place = sighting.place
    return (
        sighting.id, sighting.klass, *names, sighting.priority, sighting.status.value, sighting.outcome, place.lat_deg,
        place.lon_deg, place.ce90_m, seen, received, took.accept_s, took.arrive_s, took.resolve_s, sighting.unit,
        sighting.operation, sighting.site, sighting.source.kind, sighting.simulated, sighting.note,
    )  # fmt: skip


def _plain(value: Any) -> Any:
    if isinstance(value, str) and value.startswith(_STARTS_A_FORMULA):
        return f"'{value}"
    return "" if value is None else value


def _feature(cell: Cell, heaviest: float) -> dict[str, Any]:
    south, west, north, east = (round(d, 7) for d in (cell.south_deg, cell.west_deg, cell.north_deg, cell.east_deg))
    corners = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {
        "type": "Feature",
        "geometry": {"type": "Polygon", "coordinates": [corners]},
        "properties": {
            "count": cell.count,
            "days": cell.days,
            "klass": cell.klass,
            "weight": round(cell.weight, 3),
            "share": round(cell.weight / heaviest, 3),
        },
    }
