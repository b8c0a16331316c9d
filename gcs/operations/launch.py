"""Who takes off when: staggered, so that no two vehicles climb at the same moment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from missions.plan import Sortie


@dataclass(frozen=True, slots=True)
class LaunchSlot:
    """`at_s` is seconds after the operation's launch, on the wall."""

    drone: int
    sortie: int
    at_s: float


def launch_slots(sorties: Sequence[Sortie], stagger_s: float, time_scale: float = 1.0) -> tuple[LaunchSlot, ...]:
    """A slot for each drone's first sortie, in the order of the plan's start times, then of the drones.

    Slots are at least `stagger_s` apart and no earlier than the plan says; `time_scale` is how many
    seconds of the plan pass in a second (above 1 for simulations that run fast). Later sorties start
    when their vehicle is ready, so they have no slot.
    """
    first: dict[int, Sortie] = {}
    for sortie in sorties:
        if sortie.drone not in first or sortie.sortie < first[sortie.drone].sortie:
            first[sortie.drone] = sortie
    ordered = sorted(first.values(), key=lambda sortie: (sortie.start_s, sortie.drone))
    earliest_s = ordered[0].start_s if ordered else 0.0
    slots: list[LaunchSlot] = []
    for sortie in ordered:
        planned_s = (sortie.start_s - earliest_s) / time_scale
        free_s = slots[-1].at_s + stagger_s if slots else 0.0
        slots.append(LaunchSlot(sortie.drone, sortie.sortie, max(planned_s, free_s)))
    return tuple(slots)
