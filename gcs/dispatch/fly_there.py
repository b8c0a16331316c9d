"""Whether a drone in the air may fly to a place to look from above it, and how high. Pure.

It flies there in one straight line, so it is refused where that leads through a no-fly zone, as is whoever could not
look there at all (`gcs.dispatch.first_look`). Its height keeps `CLEAR_M` from every other drone in the air, wherever
that is: where others fly to next nobody knows.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from types import MappingProxyType

from gcs.dispatch.first_look import Answer, Words
from gcs.fleet.health import airborne
from gcs.fleet.state import VehicleState
from gcs.operations.airspace import CLEAR_M

LOWEST_M, HIGHEST_M = 20.0, 120.0
"""Above home."""
STEP_M = 1.0
WHY_NOT_SENT = MappingProxyType(
    {
        "mixed": ("模拟与真实不混用", "simulated and real are never mixed"),
        "on_ground": ("在地面：请规划环绕航线", "it is on the ground: plan an orbit"),
        "zone_between": ("直飞会穿过禁飞区：请规划航线", "a no-fly zone lies between: plan a flight"),
        "height_unknown": ("高度不明", "its height is unknown"),
        "no_height": (
            f"{LOWEST_M:.0f}–{HIGHEST_M:.0f} 米各高度都有其他无人机",
            f"other drones fly at every height from {LOWEST_M:.0f} to {HIGHEST_M:.0f} m",
        ),
    }
)


class NotSentError(Exception):
    """The drone is not sent there. `words`: why, in Chinese and English."""

    def __init__(self, words: Words) -> None:
        super().__init__(" / ".join(words))
        self.words = words


def height_there_m(answer: Answer | None, others: Iterable[VehicleState], wanted_m: float | None = None) -> float:
    """Height above home at which the drone of `answer` flies there: `wanted_m`, or as high as it is, where no other
    is; else the nearest free one. `answer` None: it was not ranked for the place. Raises NotSentError."""
    if answer is None:
        raise NotSentError(WHY_NOT_SENT["mixed"])
    if answer.reason:
        raise NotSentError(answer.words())
    if answer.from_ground or answer.look is None:
        raise NotSentError(WHY_NOT_SENT["on_ground"])
    if len(answer.look.way) > 1:
        raise NotSentError(WHY_NOT_SENT["zone_between"])
    here = answer.state.position
    if here is None or here.alt_rel_m is None:
        raise NotSentError(WHY_NOT_SENT["height_unknown"])
    taken_m = _heights(here.alt_amsl_m - here.alt_rel_m, answer.state.id, others)
    height_m = free_height_m(here.alt_rel_m if wanted_m is None else wanted_m, taken_m)
    if height_m is None:
        raise NotSentError(WHY_NOT_SENT["no_height"])
    return height_m


def free_height_m(wanted_m: float, taken_m: Collection[float]) -> float | None:
    """The height nearest to `wanted_m` that is free, the upper of two alike; None when none is."""
    wanted_m = min(max(wanted_m, LOWEST_M), HIGHEST_M)
    steps = range(int((HIGHEST_M - LOWEST_M) / STEP_M) + 1)
    for height_m in (wanted_m + sign * step * STEP_M for step in steps for sign in (1, -1)):
        if LOWEST_M <= height_m <= HIGHEST_M and all(abs(height_m - other) >= CLEAR_M for other in taken_m):
            return height_m
    return None


def _heights(home_amsl_m: float, own: str, others: Iterable[VehicleState]) -> tuple[float, ...]:
    """Heights above a home at which others are, counting those of whom nobody knows whether they fly."""
    flying = (other for other in others if other.id != own and airborne(other) is not False)
    return tuple(other.position.alt_amsl_m - home_amsl_m for other in flying if other.position is not None)
