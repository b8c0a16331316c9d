"""A day of patrol as JSON, CSV and GeoJSON. Moments are seconds of the day the patrol begins on."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import numpy as np

from missions.patrol.patrol_file import Place
from missions.patrol.patrol_plan import DroneTask, PatrolDay, Stretch
from missions.ways.stays import LONGEST_STAY_S

CSV_HEAD = ("time", "second", "drone", "event", "place", "lat", "lon")


def to_json(day: PatrolDay) -> dict[str, Any]:
    """Who is where when, and what is left out."""
    places = _places(day)
    return {
        "name": day.patrol.name,
        "drones_needed": day.needed,
        "stands": [
            {"name": _stand(index), "lat": lat, "lon": lon, "ferry_s": round(ferry, 1)}
            for index, ((lon, lat), ferry) in enumerate(zip(day.patrol.stands, day.ferry_s, strict=True))
        ],
        "places": [{"name": place.name, "lat": place.at[1], "lon": place.at[0]} for place in day.patrol.places],
        "stretches": [_stretch(day, stretch, places) for stretch in day.stretches],
    }


def dumps_json(day: PatrolDay) -> str:
    return json.dumps(to_json(day), ensure_ascii=False, indent=1) + "\n"


def dumps_csv(day: PatrolDay) -> str:
    """One row an event, in order of time."""
    places, text = _places(day), io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(CSV_HEAD)
    for stretch in day.stretches:
        rows = [row for task in stretch.tasks for row in _events(day, task, stretch, places)]
        for at, drone, event, place, (lon, lat) in sorted(rows):
            safe = f"'{place}" if place[:1] in "=+-@" else place  # a spreadsheet would take it for a formula
            table.writerow((clock(at), round(at, 1), drone, event, safe, f"{lat:.7f}", f"{lon:.7f}"))
    return text.getvalue()


def dumps_geojson(day: PatrolDay) -> str:
    """Sites and stands as points, each flight as a line."""
    places = _places(day)
    features = [
        _feature("Point", list(place.at), kind="site", id=place.id, name=place.name) for place in day.patrol.places
    ]
    features += [
        _feature("Point", list(at), kind="pad" if index else "base", name=_stand(index))
        for index, at in enumerate(day.patrol.stands)
    ]
    for stretch in day.stretches:
        for task in stretch.tasks:
            for begin, end, stops in _flights(task, stretch):
                way = [list(place) for place in _way(day, task, stops, places)]
                if len(way) > 1:
                    moments = [round(at, 1) for at, _ in stops]
                    stays = _stays(day, stretch, stops, places)
                    who = {
                        "kind": "flight",
                        "drone": task.drone + 1,
                        "begin_s": round(begin, 1),
                        "end_s": round(end, 1),
                    }
                    features.append(_feature("LineString", way, **who, visits_s=moments, stays_s=stays))
    whole = {"kind": "patrol", "name": day.patrol.name, "drones_needed": day.needed}
    document = {"type": "FeatureCollection", "properties": whole, "features": features}
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")) + "\n"


def visits_of(stretch: Stretch) -> dict[int, list[float]]:
    """Moments at which each kept site is visited, in order."""
    seen: dict[int, list[float]] = {site.id: [] for site in stretch.kept}
    for task in stretch.tasks:
        for at, site in task.day.visits:
            seen[site].append(at)
    return {site: sorted(moments) for site, moments in seen.items()}


def clock(second: float) -> str:
    """HH:MM:SS of the day."""
    whole = int(second)
    return f"{whole // 3600 % 24:02d}:{whole // 60 % 60:02d}:{whole % 60:02d}"


def names(day: PatrolDay, sites: tuple[int, ...]) -> list[str]:
    """What the sites are called."""
    places = _places(day)
    return [places[site].name for site in sites]


def _stand(index: int) -> str:
    return f"pad {index}" if index else "base"


def _places(day: PatrolDay) -> dict[int, Place]:
    return {place.id: place for place in day.patrol.places}


def _stretch(day: PatrolDay, stretch: Stretch, places: dict[int, Place]) -> dict[str, Any]:
    visits = visits_of(stretch)
    return {
        "begin": clock(stretch.begin_s),
        "begin_s": stretch.begin_s,
        "end_s": stretch.end_s,
        "drones_needed": stretch.needed,
        "drones": len(stretch.tasks),
        "left_out": [places[site].name for site in stretch.left_out],
        "sites": [
            {
                "site": places[site.id].name,
                "deadline_s": site.deadline_s,
                "first_s": round(visits[site.id][0], 1) if visits[site.id] else None,
                "visits": len(visits[site.id]),
                "longest_gap_s": round(max((b - a for a, b in pairwise(visits[site.id])), default=0.0), 1),
            }
            for site in stretch.kept
        ],
        "schedule": [
            {
                "drone": task.drone + 1,
                "stand": _stand(task.stand),
                "visits": [{"at_s": round(at, 1), "site": places[site].name} for at, site in task.day.visits],
                "flights": [
                    {
                        "take_off_s": round(begin, 1),
                        "land_s": round(end, 1),
                        "way": [[lat, lon] for lon, lat in _way(day, task, stops, places)],
                        "stops": _stops(day, stretch, stops, places),
                    }
                    for begin, end, stops in _flights(task, stretch)
                    if task.day.bases is not None
                ],
            }
            for task in stretch.tasks
        ],
    }


def _flights(task: DroneTask, stretch: Stretch) -> Iterator[tuple[float, float, list[tuple[float, int]]]]:
    """(take-off, landing, visits) of each flight; without batteries all is one."""
    if task.day.bases is None:
        yield stretch.begin_s, stretch.end_s, list(task.day.visits)
        return
    for (_, begin), (end, _) in pairwise(task.day.bases):
        yield begin, end, [visit for visit in task.day.visits if begin <= visit[0] <= end]


def _way(
    day: PatrolDay, task: DroneTask, stops: list[tuple[float, int]], places: dict[int, Place]
) -> list[tuple[float, float]]:
    """From the stand by the stops and back, round zones; without batteries only the stops."""
    line = [places[site].at for _, site in stops]
    if task.day.bases is not None:
        stand = day.patrol.stands[task.stand]
        line = [stand, *line, stand]
    return day.way(line) if len(line) > 1 else line


def _stops(
    day: PatrolDay, stretch: Stretch, stops: list[tuple[float, int]], places: dict[int, Place]
) -> list[dict[str, Any]]:
    """The sites of a flight in turn, and how long the drone is at each."""
    found = []
    for (at, site), stay in zip(stops, _stays(day, stretch, stops, places), strict=True):
        (lon, lat), name = places[site].at, places[site].name
        found.append({"site": name, "lat": lat, "lon": lon, "at_s": round(at, 1), "stay_s": stay})
    return found


def _stays(day: PatrolDay, stretch: Stretch, stops: list[tuple[float, int]], places: dict[int, Place]) -> list[float]:
    """Seconds at each stop: its dwell, or until it is time to fly to the next."""
    dwell = {site.id: site.dwell_s for site in stretch.kept}
    spots = day.patrol.frame.to_local(np.array([places[site].at for _, site in stops]).reshape(-1, 2))
    stays = []
    for number, (at, site) in enumerate(stops):
        wait = 0.0
        if number + 1 < len(stops):
            flight = day.ground.travel(spots[number : number + 1], spots[number + 1 : number + 2])
            wait = stops[number + 1][0] - at - float(flight[0, 0])
        stays.append(round(min(max(dwell[site], wait), LONGEST_STAY_S), 1))
    return stays


def _events(
    day: PatrolDay, task: DroneTask, stretch: Stretch, places: dict[int, Place]
) -> Iterator[tuple[float, int, str, str, tuple[float, float]]]:
    stand = _stand(task.stand), day.patrol.stands[task.stand]
    for begin, end, stops in _flights(task, stretch):
        if task.day.bases is not None:
            yield begin, task.drone + 1, "take-off", *stand
            yield end, task.drone + 1, "landing", *stand
        for at, site in stops:
            yield at, task.drone + 1, "visit", places[site].name, places[site].at


def _feature(shape: str, coordinates: list[Any], **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "properties": properties, "geometry": {"type": shape, "coordinates": coordinates}}
