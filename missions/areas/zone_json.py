"""A zone's band of heights as files give it: `floor_m`, `ceiling_m` and `above` ("take_off" or "sea")."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from missions.areas.checks import AreaError
from missions.areas.zones import TAKE_OFF, WORDS, Zone
from missions.plan import Ring

LOWEST_M, HIGHEST_M = -500.0, 20_000.0


def zone_of(rings: tuple[Ring, ...], properties: Mapping[str, Any], place: str) -> Zone:
    """A zone with the band that `properties` give it. AreaError names what is wrong with the band."""
    floor, ceiling = (_height(properties, name, place) for name in ("floor_m", "ceiling_m"))
    if floor is not None and ceiling is not None and floor >= ceiling:
        raise AreaError(f"{place}: floor_m {floor:g} is not below ceiling_m {ceiling:g}: exchange them")
    above = properties.get("above", TAKE_OFF)
    if not isinstance(above, str) or above not in WORDS:
        raise AreaError(f"{place}: above is {str(above)[:40]!r}: heights of a zone are above take_off or sea")
    return Zone(rings, floor, ceiling, above)


def _height(properties: Mapping[str, Any], name: str, place: str) -> float | None:
    value = properties.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not LOWEST_M <= value <= HIGHEST_M:
        raise AreaError(f"{place}: {name} is {str(value)[:40]!r}: must be metres, {LOWEST_M:g} to {HIGHEST_M:g}")
    return float(value)
