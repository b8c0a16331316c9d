"""A mission, fence or rally item as MAVLink's MISSION_ITEM_INT carries it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MissionItem:
    """`x`, `y` are degrees x 1e7 for items with a place; `z` is metres in the frame's datum.

    ArduPilot keeps its own home at seq 0 whatever is sent there, so real items start at 1.
    """

    seq: int
    command: int
    frame: int = 3
    param1: float = 0.0
    param2: float = 0.0
    param3: float = 0.0
    param4: float = 0.0
    x: int = 0
    y: int = 0
    z: float = 0.0
    autocontinue: int = 1
