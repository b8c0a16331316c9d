"""MAVLink's routing rules: where a frame has to go.

A frame without a target, or for target 0, is for everybody. A frame for a system goes where that system was
heard, and if it names a component, where that component was heard ("Routing" in the MAVLink guide).
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from functools import lru_cache
from struct import calcsize

from telemetry.dialect import ARDUPILOTMEGA, Dialect, MessageType, struct_code
from telemetry.frames import V2, Frame

Address = tuple[int, int]


def target_of(frame: Frame, dialect: Dialect = ARDUPILOTMEGA) -> Address:
    """System and component that the frame is for; 0 is every one."""
    raw = frame.raw
    head, length = (10 if raw[0] == V2 else 6), raw[1]
    system, component = (
        raw[head + at] if at is not None and at < length else 0
        for at in _offsets(dialect).get(frame.msgid, (None, None))
    )
    return system, component


def names_a_system(msgid: int, dialect: Dialect = ARDUPILOTMEGA) -> bool:
    """Whether messages of that id say which system they are for."""
    return _offsets(dialect).get(msgid, (None, None))[0] is not None


def leads_to(target: Address, heard: Container[Address]) -> bool:
    """Whether a frame for `target` has to go where `heard` (with component 0 for each system) was heard."""
    return target[0] == 0 or target in heard


@lru_cache(maxsize=16)
def _offsets(dialect: Dialect) -> Mapping[int, tuple[int | None, int | None]]:
    """By id: where in the payload `target_system` and `target_component` are."""
    return {msgid: _offsets_of(cls.TYPE) for msgid, cls in dialect.by_id.items()}


def _offsets_of(kind: MessageType) -> tuple[int | None, int | None]:
    at, places = 0, {}
    for field in kind.wire_fields:
        places[field.name] = at
        at += calcsize("<" + struct_code(field))
    return places.get("target_system"), places.get("target_component")
