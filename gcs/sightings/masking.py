"""What a volunteer sees: the task in their hands, without who reported it and who else dealt with it; nothing once it
is closed. Pure."""

from __future__ import annotations

from msgspec.structs import replace

from gcs.dispatch.model import Unit, UnitKind
from gcs.sightings.model import Sighting, Source
from gcs.sightings.workflow import WITH_A_UNIT


def is_volunteer(unit: Unit | None) -> bool:
    return unit is not None and unit.kind is UnitKind.VOLUNTEER


def in_hand(sighting: Sighting, unit_id: str) -> bool:
    """Whether the unit is dealing with it now."""
    return sighting.unit == unit_id and sighting.status in WITH_A_UNIT


def masked_for(sighting: Sighting, unit_id: str) -> Sighting:
    """What, where, when and how urgent; of the history only the unit's own steps; pictures are shown as blocks."""
    return replace(
        sighting,
        source=Source(kind=sighting.source.kind),
        operation=None,
        views=(),
        duplicate_of=None,
        follows=None,
        supervised=None,
        history=tuple(replace(step, actor="", note="") for step in sighting.history if step.unit == unit_id),
        pictures=tuple(replace(picture, by="", masked=True) for picture in sighting.pictures),
    )
