"""What the live feed shows a volunteer: the task in hand, masked, and that it is gone once it is closed."""

from datetime import UTC, datetime

from msgspec.structs import replace

from gcs.dispatch.model import Unit, UnitKind
from gcs.sightings.model import Place, Sighting, SightingStatus, Source, Step
from maps.live import ByUnit

NOW = datetime(2026, 1, 1, tzinfo=UTC)
STEP = Step(at=NOW, actor="李", action="assign", status=SightingStatus.ASSIGNED, unit="v-1", note="call 13800000000")
TASK = Sighting(
    id="s-1", klass="missing_person", priority=1, place=Place(lat_deg=29.9, lon_deg=121.8), seen_at=NOW,
    received_at=NOW, source=Source(kind="person", name="王女士"), status=SightingStatus.ASSIGNED, unit="v-1",
    history=(replace(STEP, action="report", unit=None), STEP),
)  # fmt: skip


def shown(sighting, *, volunteer):
    found = ByUnit.of([sighting], {"v-1"} if volunteer else ())
    return found.held.get("v-1", []), found.lost.get("v-1", [])


def test_the_task_in_hand_is_masked():
    ((seen,), lost) = shown(TASK, volunteer=True)
    assert (seen.source.name, [step.actor + step.note for step in seen.history], lost) == ("", [""], [])
    assert shown(TASK, volunteer=False) == ([TASK], [])


def test_a_task_that_is_closed_is_gone_for_a_volunteer_only():
    closed = replace(TASK, status=SightingStatus.RESOLVED)
    assert shown(closed, volunteer=True) == ([], ["s-1"])
    assert shown(closed, volunteer=False) == ([closed], [])


def test_what_went_to_somebody_else_is_gone_for_who_had_it():
    moved = replace(TASK, unit="car-1")
    assert shown(moved, volunteer=True) == shown(moved, volunteer=False) == ([], ["s-1"])
    assert ByUnit.of([moved], ()).held == {"car-1": [moved]}


def test_only_volunteers_are_volunteers():
    from gcs.sightings.masking import is_volunteer

    assert [is_volunteer(Unit(id="u", name="u", kind=kind)) for kind in UnitKind].count(True) == 1
    assert not is_volunteer(None)
