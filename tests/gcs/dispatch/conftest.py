"""A desk in virtual time over a store in memory that can be slow, full, and shared by a second desk."""

import asyncio
from types import SimpleNamespace

import pytest

from gcs.dispatch.desk import Desk
from gcs.dispatch.model import UnitKind
from gcs.dispatch.requests import StepRequest, UnitReport
from gcs.sightings.catalogue import default_catalogue
from gcs.sightings.intake import SightingReport
from gcs.sightings.workflow import SETTLED, Action

LAT, LON = 29.9, 121.84
METRE = 1 / 111_195


class MemoryStore:
    """Keeps what a store keeps; `full` makes it fail as a full disk does, `delay_s` is what a commit takes."""

    def __init__(self):
        self.sightings, self.units, self.events = {}, {}, []
        self.joined = {}
        self.full = False
        self.delay_s = 0.002

    async def add_sighting(self, sighting, events):
        await self._commit()
        kept = await self.get_sighting(sighting.id)
        if kept is not None:
            return SimpleNamespace(sighting=kept, new=False, events=())
        self.sightings[sighting.id] = sighting
        return SimpleNamespace(sighting=sighting, new=True, events=self._keep(events))

    async def join_sighting(self, report, sighting, events):
        await self._commit()
        self.joined[report] = sighting.id
        self.sightings[sighting.id] = sighting
        return SimpleNamespace(sighting=sighting, new=True, events=self._keep(events))

    async def record(self, sightings, units, events):
        await self._commit()
        self.sightings.update((s.id, s) for s in sightings)
        self.units.update((u.id, u) for u in units)
        return self._keep(events)

    async def get_sighting(self, sighting_id):
        return self.sightings.get(self.joined.get(sighting_id, sighting_id))

    async def list_open_sightings(self):
        return [s for s in self.sightings.values() if s.status not in SETTLED]

    async def list_newest_sightings(self, limit):
        return sorted(self.sightings.values(), key=lambda s: s.received_at, reverse=True)[:limit]

    async def list_units(self):
        return list(self.units.values())

    def kinds(self):
        return [event.kind for event in self.events]

    async def _commit(self):
        await asyncio.sleep(self.delay_s)
        if self.full:
            raise OSError("no space left")

    def _keep(self, events):
        self.events.extend(events)
        return tuple(events)


class Post:
    """A desk and what it told; units stand east of the place of reports, by metres."""

    def __init__(self, clock, store, **timings):
        self.clock, self.store = clock, store
        self.events, self.shown, self.units_shown = [], [], []
        self.desk = Desk(
            store,
            clock,
            publish=self.events.append,
            sighting_changed=self.shown.append,
            unit_changed=self.units_shown.append,
            **{"catalogue": default_catalogue(), **timings},
        )

    async def unit(self, name, east_m=100.0, kind=UnitKind.PATROL_CAR, *, simulated=False):
        return await self.desk.put_unit(
            UnitReport(id=name, name=name, kind=kind, lat=LAT, lon=LON + east_m * METRE / 0.8669, simulated=simulated),
            name,
        )

    async def report(self, klass="crowd", **fields):
        sighting, _ = await self.desk.report(SightingReport(klass=klass, lat=LAT, lon=LON, **fields), "camera")
        return sighting.id

    async def step(self, sighting_id, action, unit=None, **more):
        request = StepRequest(action=Action(action), unit=unit, **more)
        return await self.desk.step(sighting_id, request, unit or "centre")

    def now(self, sighting_id):
        """(status, unit) of a sighting."""
        sighting = self.desk.sightings[sighting_id]
        return sighting.status.value, sighting.unit

    def status(self, unit_id):
        return self.desk.units[unit_id].status.value


@pytest.fixture
def store():
    return MemoryStore()


@pytest.fixture
def post(virtual, store):
    """Runs a story (a coroutine function that gets a Post) in virtual time on a desk that was started."""

    def run(story, **timings):
        async def play():
            stage = Post(virtual, store, **timings)
            await stage.desk.recover()
            await stage.desk.start()
            try:
                return await story(stage)
            finally:
                await stage.desk.stop()

        return virtual.run(play())

    return run
