"""A unit: somebody, or a drone with its pilot, who can be sent to a sighting."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import msgspec


class UnitStatus(StrEnum):
    FREE = "free"
    ASSIGNED = "assigned"
    EN_ROUTE = "en_route"
    ON_SCENE = "on_scene"
    OFF = "off"


class UnitKind(StrEnum):
    """A `station` is who is on duty at a post; a `drone` is one with its pilot, asked to look."""

    PATROL_CAR = "patrol_car"
    OFFICER = "officer"
    AUXILIARY = "auxiliary"
    GRID_WORKER = "grid_worker"
    VOLUNTEER = "volunteer"
    STATION = "station"
    DRONE = "drone"


class Unit(msgspec.Struct, frozen=True, kw_only=True):
    """`position_at` is when the position was measured; no position is None, not (0, 0).
    After `shift_until` nobody is sent; None has no end. `vehicle` is what a drone is as a vehicle: it is where that is,
    and `silent` while that is not heard. `operation` is the one that has the vehicle: meanwhile it gets no task."""

    id: str
    name: str
    kind: UnitKind
    status: UnitStatus = UnitStatus.FREE
    lat_deg: float | None = None
    lon_deg: float | None = None
    position_at: datetime | None = None
    sighting: str | None = None
    simulated: bool = False
    group: str = ""
    skills: tuple[str, ...] = ()
    shift_until: datetime | None = None
    vehicle: str | None = None
    silent: bool = False
    operation: str | None = None
