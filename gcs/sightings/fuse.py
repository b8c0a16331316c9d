"""Is this the same thing seen again, and where is it then? Pure.

A view may show a known thing when it is of its class, near enough to it in time and place for the class (`merge_s`,
`merge_m` of the catalogue), and no further away than the uncertainties of both explain: the squared Mahalanobis
distance is at most 9.21, within which 99 % of true pairs lie.

What several views say together: views of one observer share its compass, its height and its map, so they are joined
by covariance intersection (batch form, weights by the inverse of the trace) and never become surer than the surest
alone. Observers among each other are independent: their information adds up. Neither depends on the order.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from gcs.sightings.ellipse import CE90_OF_A_CIRCLE, Ellipse

GATE = 9.21
SMALLEST_M2 = 0.25
"""Nobody is surer than half a metre."""
_METRES_PER_DEGREE = 111_320.0

K = TypeVar("K", int, str)


@dataclass(frozen=True, slots=True)
class Spot:
    """A place and how sure it is."""

    lat_deg: float
    lon_deg: float
    ellipse: Ellipse


@dataclass(frozen=True, slots=True)
class View:
    """One look at something. `observer` names whose errors are shared: a vehicle, a detector, a person."""

    id: str
    klass: str
    spot: Spot
    seen_at: datetime
    observer: str


@dataclass(frozen=True, slots=True)
class Thing:
    """What is known of something from its views so far."""

    klass: str
    spot: Spot
    first_seen: datetime
    last_seen: datetime


@dataclass(frozen=True, slots=True)
class Reach:
    """How far apart in time and place two views of one thing of a class may be."""

    within: timedelta
    metres: float


@dataclass(slots=True)
class _Information:
    """The inverse of a covariance, and the offset weighted by it."""

    east: float = 0.0
    north: float = 0.0
    between: float = 0.0
    towards_east: float = 0.0
    towards_north: float = 0.0

    def add(self, weight: float, ellipse: Ellipse, east_m: float, north_m: float) -> None:
        """Take in a view at an offset, its covariance counted `weight` times."""
        inverse = _inverse(_widened(ellipse))
        east, north, between = weight * inverse.east_m2, weight * inverse.north_m2, weight * inverse.covariance_m2
        self.east, self.north, self.between = self.east + east, self.north + north, self.between + between
        self.towards_east += east * east_m + between * north_m
        self.towards_north += between * east_m + north * north_m


def fuse(views: Sequence[View]) -> Spot:
    """The place that all of `views` (at least one) tell of; the same for any order of them."""
    ordered = sorted(views, key=lambda view: view.id)
    if len(ordered) == 1:
        return ordered[0].spot
    origin, total = ordered[0].spot, _Information()
    for observer in sorted({view.observer for view in ordered}):
        own = [view.spot for view in ordered if view.observer == observer]
        trust = [1 / (spot.ellipse.east_m2 + spot.ellipse.north_m2 + 2 * SMALLEST_M2) for spot in own]
        for spot, share in zip(own, trust, strict=True):
            total.add(share / sum(trust), spot.ellipse, *_offset_m(spot, origin))
    covariance = _inverse(Ellipse(total.east, total.north, total.between))
    east = covariance.east_m2 * total.towards_east + covariance.covariance_m2 * total.towards_north
    north = covariance.covariance_m2 * total.towards_east + covariance.north_m2 * total.towards_north
    return _moved(origin, east, north, covariance)


def misfit(view: View, thing: Thing, reach: Reach) -> float | None:
    """How badly `view` fits to `thing` (squared Mahalanobis distance); None when it shows something else."""
    if view.klass != thing.klass:
        return None
    if not thing.first_seen - reach.within <= view.seen_at <= thing.last_seen + reach.within:
        return None
    east, north = _offset_m(view.spot, thing.spot)
    if math.hypot(east, north) > reach.metres + _radius_m(view.spot) + _radius_m(thing.spot):
        return None
    one, other = view.spot.ellipse, thing.spot.ellipse
    both = Ellipse(one.east_m2 + other.east_m2, one.north_m2 + other.north_m2, one.covariance_m2 + other.covariance_m2)
    inverse = _inverse(_widened(both))
    squared = inverse.east_m2 * east**2 + 2 * inverse.covariance_m2 * east * north + inverse.north_m2 * north**2
    return squared if squared <= GATE else None


def best_fit(view: View, things: Mapping[K, Thing], reach: Reach) -> K | None:
    """The key of the thing that `view` fits best, the smaller key among equals; None when it fits none."""
    fits = ((misfit(view, thing, reach), key) for key, thing in things.items())
    found = [(fit, key) for fit, key in fits if fit is not None]
    return min(found)[1] if found else None


def _radius_m(spot: Spot) -> float:
    return CE90_OF_A_CIRCLE * spot.ellipse.axes_m[0]


def _widened(ellipse: Ellipse) -> Ellipse:
    return Ellipse(ellipse.east_m2 + SMALLEST_M2, ellipse.north_m2 + SMALLEST_M2, ellipse.covariance_m2)


def _inverse(matrix: Ellipse) -> Ellipse:
    determinant = matrix.east_m2 * matrix.north_m2 - matrix.covariance_m2**2
    return Ellipse(matrix.north_m2 / determinant, matrix.east_m2 / determinant, -matrix.covariance_m2 / determinant)


def _offset_m(place: Spot, origin: Spot) -> tuple[float, float]:
    """Metres east and north, on the plane touching the Earth between the two."""
    scale = math.cos(math.radians((place.lat_deg + origin.lat_deg) / 2)) * _METRES_PER_DEGREE
    east_deg = (place.lon_deg - origin.lon_deg + 180) % 360 - 180
    return east_deg * scale, (place.lat_deg - origin.lat_deg) * _METRES_PER_DEGREE


def _moved(origin: Spot, east_m: float, north_m: float, covariance: Ellipse) -> Spot:
    lat = origin.lat_deg + north_m / _METRES_PER_DEGREE
    scale = math.cos(math.radians((lat + origin.lat_deg) / 2)) * _METRES_PER_DEGREE
    east_m2 = max(0.0, covariance.east_m2 - SMALLEST_M2)
    north_m2 = max(0.0, covariance.north_m2 - SMALLEST_M2)
    most = math.sqrt(east_m2 * north_m2)
    between = min(most, max(-most, covariance.covariance_m2))
    return Spot(lat, (origin.lon_deg + east_m / scale + 180) % 360 - 180, Ellipse(east_m2, north_m2, between))
