"""How long climbing and landing take, by the phases in which a multirotor flies them.

The phases and their figures are those that were timed on ArduCopter 4.7 with its default speeds: after the order
the motors spin up, the climb begins and ends softly, the way down waits over home, slows down 10 m above the
ground, touches it and waits for the motors to be off.
"""

from __future__ import annotations

import math

CLIMB_M_S, DESCENT_M_S = 2.5, 1.5
SPIN_UP_S = 1.4
SPEED_UP_M_S2, SLOW_DOWN_M_S2 = 1.1, 0.55
HOVER_BEFORE_LANDING_S = 5.0
SLOW_BELOW_M, LAND_M_S = 10.0, 0.5
MOTORS_OFF_S = 2.1


def climb_s(height_m: float, speed_m_s: float = CLIMB_M_S) -> float:
    """Seconds from the order to take off until the drone hangs at `height_m` above it."""
    return SPIN_UP_S + _ramped_s(height_m, speed_m_s, 0.0)


def landing_s(height_m: float, speed_m_s: float = DESCENT_M_S) -> float:
    """Seconds from the arrival over the landing place, `height_m` above it, until the motors are off."""
    last = min(LAND_M_S, speed_m_s)
    down = _ramped_s(max(0.0, height_m - SLOW_BELOW_M), speed_m_s, last) + min(height_m, SLOW_BELOW_M) / last
    return HOVER_BEFORE_LANDING_S + down + MOTORS_OFF_S


def _ramped_s(way_m: float, speed_m_s: float, last_m_s: float) -> float:
    """Seconds for `way_m` from standstill up to `speed_m_s` and down to `last_m_s`; the speed that a short way does
    not let one reach is not reached."""
    if way_m <= 0:
        return 0.0
    both = 0.5 / SPEED_UP_M_S2 + 0.5 / SLOW_DOWN_M_S2
    top = min(speed_m_s, math.sqrt((way_m + last_m_s**2 * 0.5 / SLOW_DOWN_M_S2) / both))
    if top <= last_m_s:
        return way_m / last_m_s
    even = way_m - top**2 * 0.5 / SPEED_UP_M_S2 - (top**2 - last_m_s**2) * 0.5 / SLOW_DOWN_M_S2
    return top / SPEED_UP_M_S2 + even / top + (top - last_m_s) / SLOW_DOWN_M_S2
