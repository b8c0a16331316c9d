"""Search patterns about a datum, the most likely place of what is looked for.

Names, turns and first legs follow the IAMSAR Manual (IMO and ICAO, volume II, search patterns): expanding
square (SS), sector search (VS), parallel track (PS) and creeping line (CS). Courses are degrees clockwise
from north; points are metres in the frame of the datum, (n, 2).
"""

from __future__ import annotations

import math

import numpy as np

from missions.fleet import PlanError
from missions.geodesy import Array
from missions.timing import Motion

MOST_LEGS = 2_000
SECTOR_TURN_DEG = 120.0
SECOND_PASS_DEG = 30.0
DRIFT_ROUNDS = 12


def expanding_square(datum: Array, spacing_m: float, legs: int, first_course_deg: float) -> Array:
    """Legs of 1, 1, 2, 2, 3, 3, ... spacings from the datum, all turns 90 degrees to the right. The first leg
    should point into the wind (`into_wind`)."""
    _check(spacing_m, legs)
    points, course = [np.asarray(datum, dtype=float)], first_course_deg
    for leg in range(legs):
        points.append(points[-1] + _step(course, spacing_m * (leg // 2 + 1)))
        course += 90.0
    return np.array(points)


def into_wind(wind_from_deg: float) -> float:
    """The course that flies straight into a wind."""
    return wind_from_deg % 360.0


def sector(datum: Array, radius_m: float, first_course_deg: float, passes: int = 1) -> Array:
    """Three triangles through the datum, all turns 120 degrees to the right: nine legs of one radius. A second
    pass is turned 30 degrees to the right of the first."""
    _check(radius_m, passes)
    centre = np.asarray(datum, dtype=float)
    points = [centre]
    for number in range(passes):
        course = first_course_deg + SECOND_PASS_DEG * number
        for _ in range(3):
            out = centre + _step(course, radius_m)
            across = out + _step(course + SECTOR_TURN_DEG, radius_m)
            points += [out, across, centre]
            course += 2.0 * SECTOR_TURN_DEG
    return np.array(points)


def parallel_track(corner: Array, long_m: float, short_m: float, course_deg: float, spacing_m: float) -> Array:
    """Legs along the long side of a rectangle. `corner` is the one from which, looking along `course_deg`, the
    rectangle lies ahead and to the right. The search commences half a spacing inside it."""
    _check(spacing_m, 1)
    return _swept(corner, long_m, short_m, course_deg, spacing_m)


def creeping_line(corner: Array, long_m: float, short_m: float, course_deg: float, spacing_m: float) -> Array:
    """Legs along the short side, creeping along the long one, which runs along `course_deg`; `corner` as in
    `parallel_track`."""
    _check(spacing_m, 1)
    legs = _swept((0.0, 0.0), short_m, long_m, 0.0, spacing_m)
    # along the short side means to the right of the course, and on means ahead
    east, north = _step(course_deg + 90.0, 1.0), _step(course_deg, 1.0)
    result: Array = np.asarray(corner, dtype=float) + legs[:, 1:2] * east + legs[:, 0:1] * north
    return result


def with_drift(points: Array, motion: Motion, drift_m_s: tuple[float, float]) -> Array:
    """The pattern over a datum that drifts (east, north): each point is put where it will be when it is reached."""
    speed = math.hypot(*drift_m_s)
    if speed >= motion.speed_m_s:
        raise PlanError(f"the datum drifts at {speed:.1f} m/s, faster than the drone flies")
    drift = np.asarray(drift_m_s)
    moved = np.array(points, dtype=float)
    for _ in range(DRIFT_ROUNDS):
        reached = np.concatenate([[0.0], np.cumsum(motion.legs(moved[:-1], moved[1:]))])
        moved = points + reached[:, None] * drift
    return moved


def _swept(
    corner: Array | tuple[float, float], leg_m: float, width_m: float, course_deg: float, spacing: float
) -> Array:
    count = max(1, math.ceil(width_m / spacing - 1e-9))
    if count > MOST_LEGS or not (leg_m > 0 and width_m > 0):
        raise PlanError(f"a search of {leg_m:g} by {width_m:g} m needs sides above 0 and at most {MOST_LEGS} legs")
    inset = min(spacing, leg_m, width_m) / 2.0
    offsets = np.minimum(inset + spacing * np.arange(count), width_m - inset)
    points = []
    for leg, offset in enumerate(offsets.tolist()):
        ends = [(inset, offset), (leg_m - inset, offset)]
        points += ends if leg % 2 == 0 else ends[::-1]
    ahead, right = _step(course_deg, 1.0), _step(course_deg + 90.0, 1.0)
    along = np.array(points)
    result: Array = np.asarray(corner, dtype=float) + along[:, :1] * ahead + along[:, 1:] * right
    return result


def _step(course_deg: float, length_m: float) -> Array:
    angle = math.radians(course_deg)
    return np.array([math.sin(angle), math.cos(angle)]) * length_m


def _check(length_m: float, count: int) -> None:
    if not (math.isfinite(length_m) and length_m > 0 and 1 <= count <= MOST_LEGS):
        raise PlanError(f"a pattern needs a length above 0 m and 1 to {MOST_LEGS} legs, not {length_m:g} m and {count}")
