"""Which drone is there first: the fleet ranked for a look at a sighting or a place. Asking sends nothing."""

from __future__ import annotations

import math
from typing import Any

import msgspec

from gcs.dispatch.first_look import LOOK_S, Answer
from gcs.web.problem import ProblemError
from gcs.web.route import Call, Query, Route
from missions.plan import LonLat
from missions.wind import Wind

STRONGEST_M_S = 60.0
LONGEST_LOOK_S = 86_400.0


class WindView(msgspec.Struct, frozen=True, kw_only=True):
    """`told_by`: `drones` in the air, or `request`."""

    from_deg: float
    speed_m_s: float
    told_by: str


class LookView(msgspec.Struct, frozen=True, kw_only=True):
    """A drone that can look: seconds until it is there, the way that keeps out of zones as `[lat, lon]`, and seconds
    of flight left above the reserve when it is home again. `from_ground`: it has to take off first."""

    vehicle: str
    name: str
    simulated: bool | None
    arrival_s: float
    spare_s: float
    from_ground: bool
    way: tuple[tuple[float, float], ...]
    speed_m_s: float
    endurance_s: float


class NoLookView(msgspec.Struct, frozen=True, kw_only=True):
    """A drone that cannot, or that an operation has; `arrival_s` is there for the latter."""

    vehicle: str
    name: str
    simulated: bool | None
    code: str
    reason: dict[str, str]
    arrival_s: float | None


class LooksView(msgspec.Struct, frozen=True, kw_only=True):
    """`looks`: the soonest first. `wind` null: nobody tells of any, and none is counted with."""

    lat: float
    lon: float
    simulated: bool
    wind: WindView | None
    zones: int
    looks: tuple[LookView, ...]
    others: tuple[NoLookView, ...]


async def rank_looks(call: Call[None]) -> LooksView:
    """Of simulated drones for what is simulated, of real ones for what is real."""
    (lon, lat), simulated = await _place(call)
    asked = _wind(call)
    look_s = _figure(call, "look_s", 0.0, LONGEST_LOOK_S)
    ranking = call.services.look_desk.rank(
        (lon, lat), simulated=simulated, wind=asked, look_s=LOOK_S if look_s is None else look_s
    )
    return LooksView(
        lat=lat,
        lon=lon,
        simulated=simulated,
        wind=_wind_view(ranking.wind, "drones" if asked is None else "request"),
        zones=len(ranking.zones),
        looks=tuple(_look(answer) for answer in ranking.answers if not answer.reason),
        others=tuple(_other(answer) for answer in ranking.answers if answer.reason),
    )


def _wind_view(wind: Wind | None, told_by: str) -> WindView | None:
    return None if wind is None else WindView(from_deg=wind.from_deg, speed_m_s=wind.speed_m_s, told_by=told_by)


async def _place(call: Call[None]) -> tuple[LonLat, bool]:
    """Where, and whether for simulated drones. At a place without a sighting the real ones count, as long as there
    are any, unless `simulated=1` says otherwise."""
    sighting = call.request.query.get("sighting")
    lat, lon = _figure(call, "lat", -90.0, 90.0), _figure(call, "lon", -180.0, 180.0)
    if (sighting is None) is (lat is None or lon is None):
        raise ProblemError(400, "query.number", "name either a sighting, or lat and lon", field="lat")
    if sighting is not None:
        found = await call.services.desk.find(sighting[:80])
        return (found.place.lon_deg, found.place.lat_deg), found.simulated
    if "simulated" in call.request.query:
        return (lon or 0.0, lat or 0.0), call.number("simulated", 0) > 0
    every = call.services.fleet.vehicles.values()
    return (lon or 0.0, lat or 0.0), bool(every) and all(state.simulated is True for state in every)


def _figure(call: Call[None], name: str, least: float, most: float) -> float | None:
    said = call.request.query.get(name)
    if said is None:
        return None
    try:
        value = float(said)
    except ValueError:
        value = math.nan
    if not least <= value <= most:
        raise ProblemError(400, "query.number", f"{name} must be a number from {least:g} to {most:g}", field=name)
    return value


def _wind(call: Call[None]) -> Wind | None:
    from_deg = _figure(call, "wind_from_deg", 0.0, 360.0)
    speed_m_s = _figure(call, "wind_m_s", 0.0, STRONGEST_M_S)
    if (from_deg is None) is not (speed_m_s is None):
        raise ProblemError(400, "query.number", "name both wind_from_deg and wind_m_s", field="wind_m_s")
    return None if from_deg is None or speed_m_s is None else Wind(from_deg, speed_m_s)


def _look(answer: Answer) -> LookView:
    found: Any = answer.look
    return LookView(
        vehicle=answer.state.id,
        name=answer.state.name or answer.state.id,
        simulated=answer.state.simulated,
        arrival_s=round(found.arrival_s, 1),
        spare_s=round(found.spare_s, 1),
        from_ground=answer.from_ground,
        way=tuple((round(lat, 7), round(lon, 7)) for lon, lat in found.way),
        speed_m_s=answer.habits.speed_m_s,
        endurance_s=answer.habits.endurance_s,
    )


def _other(answer: Answer) -> NoLookView:
    chinese, english = answer.words()
    return NoLookView(
        vehicle=answer.state.id,
        name=answer.state.name or answer.state.id,
        simulated=answer.state.simulated,
        code=answer.reason,
        reason={"zh": chinese, "en": english},
        arrival_s=round(answer.look.arrival_s, 1) if answer.look else None,
    )


ROUTES = (
    Route(
        "GET",
        "/looks",
        rank_looks,
        "which drone is there first; sends nothing",
        "vehicles",
        answer=LooksView,
        query=(
            Query("sighting", "the sighting to look at", "string"),
            Query("lat", "or a place: degrees", "number"),
            Query("lon", "degrees", "number"),
            Query("look_s", "how long it looks; 60 s unless told", "number"),
            Query("simulated", "1: simulated drones, 0: real ones"),
            Query("wind_from_deg", "where the wind comes from; unless told, as drones estimate it", "number"),
            Query("wind_m_s", "metres per second; 0 for none", "number"),
        ),
    ),
)
