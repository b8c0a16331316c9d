"""A mission, fence or rally item as MAVLink's MISSION_ITEM_INT carries it."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Sequence
from dataclasses import dataclass, fields

from telemetry.constants import MavMissionType
from telemetry.dialect import Message
from telemetry.messages import new
from telemetry.services.mission_rounding import normal, on_wire


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


def from_message(message: Message) -> MissionItem:
    """The item held by a MISSION_ITEM_INT."""
    return MissionItem(
        seq=message.seq,
        command=message.command,
        frame=message.frame,
        param1=message.param1,
        param2=message.param2,
        param3=message.param3,
        param4=message.param4,
        x=message.x,
        y=message.y,
        z=message.z,
        autocontinue=message.autocontinue,
    )


def to_message(item: MissionItem, target: tuple[int, int], mission_type: int = MavMissionType.MISSION) -> Message:
    """The item as MISSION_ITEM_INT, its numbers chosen so that ArduPilot's cutting keeps what is meant."""
    sent = on_wire(item, mission_type)
    return new(
        "MISSION_ITEM_INT",
        target_system=target[0],
        target_component=target[1],
        mission_type=int(mission_type),
        **{field.name: getattr(sent, field.name) for field in fields(sent)},
    )


def mission_hash(items: Sequence[MissionItem], mission_type: int = MavMissionType.MISSION) -> str:
    """Names what a vehicle holds: equal for a mission as it was planned and as it is read back.

    Made of the normal form (`telemetry.services.mission_rounding`); a mission's item 0 is home and does
    not count.
    """
    digest = hashlib.sha256(bytes((mission_type,)))
    for item in counted(items, mission_type):
        kept = normal(item, mission_type)
        numbers = (kept.param1, kept.param2, kept.param3, kept.param4, kept.x, kept.y, kept.z)
        digest.update(struct.pack("<HHB4diid", kept.seq, kept.command, kept.frame, *numbers))
    return digest.hexdigest()[:32]


def counted(items: Sequence[MissionItem], mission_type: int = MavMissionType.MISSION) -> tuple[MissionItem, ...]:
    """The items that the vehicle keeps as it was given them: a mission's item 0 is its own home."""
    return tuple(item for item in items if item.seq > 0 or mission_type != MavMissionType.MISSION)
