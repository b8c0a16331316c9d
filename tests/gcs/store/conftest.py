"""A store in a folder of its own, and records to put into it."""

from datetime import UTC, datetime, timedelta

import pytest

from gcs.dispatch.model import Unit, UnitKind
from gcs.events import Event
from gcs.operations.model import Operation
from gcs.sightings.model import Place, Sighting, Source
from gcs.store.store import Store
from missions.plan import Plan, Sortie, Waypoint

NOW = datetime(2026, 3, 1, 12, 0, 0, 123457, tzinfo=UTC)


class Make:
    """Records with everything that has to survive a round trip."""

    now = NOW

    def event(self, kind="test.happened", **fields):
        return Event(kind=kind, at=NOW, actor="张警官", data={"zh": "值", "n": [1, 2.5, None]}, **fields)

    def sighting(self, name="s-1", minutes=0, **fields):
        return Sighting(
            id=name,
            klass="crowd",
            priority=2,
            place=Place(lat_deg=29.912345678901, lon_deg=121.84, ce90_m=7.7),
            seen_at=NOW,
            received_at=NOW + timedelta(minutes=minutes),
            source=Source(kind="camera", vehicle="main-1", confidence=0.1 + 0.2),
            **fields,
        )

    def unit(self, name="car-1", **fields):
        return Unit(id=name, name="巡逻车", kind=UnitKind.PATROL_CAR, **fields)

    def operation(self, name="op-1", minutes=0, **fields):
        return Operation(
            id=name,
            name="早高峰",
            purpose="test",
            plan_hash="h",
            created_at=NOW + timedelta(minutes=minutes),
            created_by="张警官",
            **fields,
        )

    def plan(self):
        ring = ((121.84, 29.9), (121.85, 29.9), (121.85, 29.91))
        path = (Waypoint(121.841, 29.901, 50.0), Waypoint(121.8423456789, 29.902, 50.0, survey=True))
        return Plan(((ring,),), (), (Sortie(0, 0, path, 1.5, 2.5, 40.0, 8.0),), 10.0, 0.99, (("drones", 1),))


@pytest.fixture
def make():
    return Make()


@pytest.fixture
async def store(tmp_path):
    store = Store.open(tmp_path)
    yield store
    await store.close()


@pytest.fixture
def reopened(tmp_path):
    """Closes a store and opens its folder again."""

    async def reopen(store):
        await store.close()
        return Store.open(tmp_path)

    return reopen
