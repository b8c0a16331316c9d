"""What `--altitude` is above, said on the command line."""

from __future__ import annotations

from enum import StrEnum

from missions.ground.heights import Above
from missions.ground.terrain import Ground


class Counted(StrEnum):
    """A choice of `--above`."""

    TAKE_OFF = "take-off"
    GROUND = "ground"
    SEA = "sea"


def counted_from(said: Counted | None, ground: Ground | None) -> Above:
    """Unless it is said, heights are above the ground where a file knows that."""
    if said is None:
        return "take_off" if ground is None else "ground"
    found: dict[Counted, Above] = {Counted.TAKE_OFF: "take_off", Counted.GROUND: "ground", Counted.SEA: "sea"}
    return found[said]
