"""The desk: a report is kept, goes to the nearest free unit at once, and is followed until it is settled.

Every step is stored, synced, before it is shown or answered. A step that was begun is finished even when whoever
asked for it has gone. Sightings are locked before units, so no two steps wait for each other.
"""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from gcs.clock import Clock
from gcs.dispatch.assign import Candidate, way_s
from gcs.dispatch.begun import Begun
from gcs.dispatch.book import Book
from gcs.dispatch.deadlines import Deadlines
from gcs.dispatch.locks import NamedLocks
from gcs.dispatch.matcher import Flights, Matcher
from gcs.dispatch.model import Unit, UnitStatus
from gcs.dispatch.overseer import Overseer
from gcs.dispatch.ports import DeskStore
from gcs.dispatch.reception import Reception
from gcs.dispatch.requests import Duty, StepRequest, UnitPosition, UnitReport, UnitStatusChange
from gcs.dispatch.roster import followed, holder, moved, registered
from gcs.dispatch.telling import (
    sighting_created,
    sighting_followed,
    sighting_joined,
    sighting_pictured,
    sighting_stepped,
    sighting_supervised,
    sighting_waits,
    unit_registered,
    unit_status,
)
from gcs.dispatch.timings import DEFAULT_TIMINGS, DispatchTimings
from gcs.dispatch.travel import Travel
from gcs.events import Event
from gcs.sightings.catalogue import Catalogue
from gcs.sightings.errors import (
    IllegalSightingStepError,
    InvalidReportError,
    NobodyFreeError,
    SightingError,
    SimulatedMixError,
    UnitBusyError,
)
from gcs.sightings.intake import SightingReport, check_class
from gcs.sightings.merge import follow_up, with_views_of
from gcs.sightings.model import Picture, Sighting, SightingStatus
from gcs.sightings.pictures import MOST_A_SIGHTING
from gcs.sightings.workflow import Action, Asked, legal_actions, moved_last, take
from gcs.sites.sites import Sites

SYSTEM = "system"
_SETTING_OUT = frozenset({Action.ASSIGN, Action.ACCEPT})


class Desk:
    """`publish` gets every event kept, `sighting_changed` and `unit_changed` every record shown anew.

    Every method that changes something raises SightingError (nothing has changed) or the store's OSError (likewise).
    """

    def __init__(
        self,
        store: DeskStore,
        clock: Clock,
        *,
        publish: Callable[[Event], None],
        sighting_changed: Callable[[Sighting], None],
        unit_changed: Callable[[Unit], None],
        catalogue: Catalogue,
        sites: Sites | None = None,
        travel: Travel | None = None,
        flights: Flights | None = None,
        timings: DispatchTimings = DEFAULT_TIMINGS,
    ) -> None:
        self._clock = clock
        self._catalogue = catalogue
        self._timings = timings
        self._tell_sighting, self._tell_unit = sighting_changed, unit_changed
        self._book = Book(store, publish, self._sighting_changed, self._unit_changed)
        sites = sites or Sites()
        self._travel = travel or Travel("", clock)
        self._matcher = Matcher(
            self._book,
            clock,
            catalogue,
            sites,
            timings=timings,
            travel=self._travel,
            offer=self._offer,
            waits=self._waits,
            flights=flights,
        )
        self._deadlines = Deadlines(clock, catalogue, timings, self._not_accepted)
        self._sighting_locks, self._unit_locks = NamedLocks(), NamedLocks()
        self._tasks = Begun()
        self._reception = Reception(self._book, clock, catalogue, sites, locks=self._sighting_locks, tasks=self._tasks)
        self._overseer = Overseer(self._book, clock, catalogue, timings, self._supervise)
        self._watching: tuple[asyncio.Task[None], ...] = ()
        self.sightings: Mapping[str, Sighting] = self._book.sightings
        """Every open sighting, and those settled of late."""
        self.units: Mapping[str, Unit] = self._book.units

    async def recover(self) -> None:
        """Take over what the store holds."""
        await self._book.recover()

    async def start(self) -> None:
        """Begin to assign; sightings that wait for an answer go on waiting for it."""
        for sighting in tuple(self.sightings.values()):
            self._follow(sighting)
        self._watching = tuple(asyncio.create_task(work) for work in (self._matcher.run(), self._overseer.run()))

    async def stop(self) -> None:
        """Finish what was begun and begin nothing more."""
        self._deadlines.stop()
        for task in self._watching:
            task.cancel()
        await asyncio.gather(*self._watching, return_exceptions=True)
        await self._matcher.stop()
        await self._travel.close()
        await self._tasks.end()

    async def find(self, sighting_id: str) -> Sighting:
        """The sighting, however old; raises UnknownSightingError."""
        return await self._book.sighting(sighting_id)

    async def candidates(self, sighting_id: str, most: int) -> tuple[Candidate, ...]:
        """Who could go to the sighting now, best first; raises UnknownSightingError."""
        return await self._matcher.candidates(await self._book.sighting(sighting_id), most)

    async def report(self, report: SightingReport, actor: str) -> tuple[Sighting, bool]:
        """Keep what is reported; what is kept, and whether it is new. A report repeated is kept once, and a
        camera's report of something that is known joins that sighting, which is answered."""
        return await self._reception.report(report, actor)

    async def step(self, sighting_id: str, request: StepRequest, actor: str) -> Sighting:
        """Take a step of the sighting; the sighting after it. A step repeated changes nothing."""
        return await self._tasks.finished(self._step(sighting_id, request, actor))

    async def attach(self, sighting_id: str, picture: Picture, actor: str) -> Sighting:
        """Attach a picture that is kept already; one that is there already changes nothing."""
        return await self._tasks.finished(self._attach(sighting_id, picture, actor))

    async def put_unit(self, report: UnitReport, actor: str) -> Unit:
        """Register a unit, or bring it up to date."""
        return await self._tasks.finished(self._put_unit(report, actor))

    async def unit_position(self, unit_id: str, position: UnitPosition, actor: str) -> Unit:  # noqa: ARG002
        """Show where a unit is. The position is kept as soon as the store can; that is no step of anybody's."""
        now = self._clock.utc()
        return await self._tasks.finished(self._show_changed(unit_id, lambda unit: moved(unit, position, now)))

    async def unit_flown(self, unit_id: str, *, silent: bool, operation: str | None) -> Unit:
        """Whether the vehicle that a unit is is heard, and the operation that has it. Kept like a position."""
        return await self._tasks.finished(
            self._show_changed(unit_id, lambda unit: replace(unit, silent=silent, operation=operation))
        )

    async def unit_status(self, unit_id: str, change: UnitStatusChange, actor: str) -> Unit:
        """On or off duty. A unit that goes off hands its sighting back; one that holds a sighting is not free."""
        return await self._tasks.finished(self._unit_status(unit_id, change.status, actor))

    async def _step(self, sighting_id: str, request: StepRequest, actor: str) -> Sighting:
        if request.action is Action.DUPLICATE:
            return await self._merge(sighting_id, request, actor)
        async with self._sighting_locks.hold(sighting_id):
            sighting = await self._book.sighting(sighting_id)
            if request.action is Action.REOPEN and sighting.status is SightingStatus.ARCHIVED:
                return await self._take_up(sighting, request.note, actor)
            if request.action is Action.EXPIRE:
                raise IllegalSightingStepError("nobody asks for a step to expire", legal_actions(sighting.status))
            unit = request.unit
            if unit is not None:
                self._check_unit(sighting, request.action, self._book.unit(unit))
            elif request.action is Action.ASSIGN and Action.ASSIGN in legal_actions(sighting.status):
                unit = self._nearest(sighting)
            return await self._take(sighting, self._asked(request, unit, actor))

    def _asked(self, request: StepRequest, unit: str | None, actor: str) -> Asked:
        """The step as asked; what only some steps have is left out of all others."""
        now = self._clock.utc()
        asked = Asked(
            request.action, now, actor, unit, request.note, request.outcome, taken_at=request.at, id=request.id
        )
        if request.action is not Action.CLASSIFY:
            return asked
        check_class(request.klass, request.priority, self._catalogue)
        return dataclasses.replace(asked, klass=request.klass, priority=request.priority)

    async def _attach(self, sighting_id: str, picture: Picture, actor: str) -> Sighting:
        async with self._sighting_locks.hold(sighting_id):
            before = await self._book.sighting(sighting_id)
            if picture.name in {known.name for known in before.pictures}:
                return before
            if before.status is SightingStatus.ARCHIVED:
                raise IllegalSightingStepError("what is archived is not changed", legal_actions(before.status))
            if len(before.pictures) >= MOST_A_SIGHTING:
                raise InvalidReportError("pictures", f"a sighting has at most {MOST_A_SIGHTING}")
            after = replace(before, pictures=(*before.pictures, picture))
            await self._book.keep((after,), (), (sighting_pictured(after, actor),))
            return after

    def _check_unit(self, sighting: Sighting, action: Action, unit: Unit) -> None:
        if action is not Action.ASSIGN or Action.ASSIGN not in legal_actions(sighting.status):
            return
        if unit.simulated is not sighting.simulated:
            raise SimulatedMixError(unit.id, simulated=sighting.simulated)
        if unit.id == holder(sighting):
            return
        if unit.status is not UnitStatus.FREE or unit.operation is not None:
            raise UnitBusyError(unit.id, unit.sighting, unit.operation)

    def _nearest(self, sighting: Sighting) -> str:
        candidate = self._matcher.best(sighting)
        if candidate is None:
            raise NobodyFreeError(sighting.id)
        return candidate.unit.id

    async def _merge(self, sighting_id: str, request: StepRequest, actor: str) -> Sighting:
        """One sighting is the same as another, which goes on with the views of both."""
        async with self._sighting_locks.hold(*(sighting_id, request.of or sighting_id)):
            sighting = await self._book.sighting(sighting_id)
            asked = dataclasses.replace(self._asked(request, None, actor), of=request.of)
            if take(sighting, asked) is sighting:
                return sighting
            other = with_views_of(await self._book.sighting(request.of or ""), sighting)
            joined = sighting_joined(other, sighting, actor)
            return await self._take(sighting, asked, others=(other,), told=(joined,))

    async def _take_up(self, archived: Sighting, note: str, actor: str) -> Sighting:
        """What is archived stays as it is: a new sighting takes it up, once."""
        new = follow_up(archived, self._clock.utc(), note, actor)
        events = (sighting_created(new, actor), sighting_followed(new, archived, self._clock.utc(), actor))
        return (await self._book.add(new, events))[0]

    async def _take(
        self,
        sighting: Sighting,
        asked: Asked,
        off: str | None = None,
        data: Mapping[str, Any] | None = None,
        *,
        others: Sequence[Sighting] = (),
        told: Sequence[Event] = (),
    ) -> Sighting:
        """Take the step and move the units with it, in one record. The caller holds the sighting's lock."""
        if asked.action in _SETTING_OUT:
            asked = dataclasses.replace(asked, eta_s=self._eta_s(asked.unit or sighting.unit, sighting))
        after = take(sighting, asked)
        if after is sighting:
            return sighting
        after = replace(after, supervised=self._overseer.verdict(after))
        names = {unit for unit in (holder(sighting), holder(after)) if unit is not None}
        async with self._unit_locks.hold(*names):
            before = [self._book.unit(name) for name in sorted(names)]
            units = followed(before, after, off)
            events = [sighting_stepped(after, {**_taken_from(sighting, after, asked), **(data or {})})]
            events += [unit_status(unit, asked.at, asked.actor) for unit in units if unit.id == off]
            await self._book.keep((after, *others), units, (*events, *told))
        return after

    def _eta_s(self, unit_id: str | None, sighting: Sighting) -> float | None:
        unit = self.units.get(unit_id or "")
        return None if unit is None else way_s(unit, sighting.place)

    async def _put_unit(self, report: UnitReport, actor: str) -> Unit:
        async with self._unit_locks.hold(report.id):
            now, known = self._clock.utc(), self.units.get(report.id)
            unit = registered(report, known, now)
            if unit.vehicle is not None and any(
                other.vehicle == unit.vehicle for other in self.units.values() if other.id != unit.id
            ):
                raise InvalidReportError("vehicle", f"{unit.vehicle} is another unit already")
            told = known is None or (known.name, known.kind, known.simulated) != (unit.name, unit.kind, unit.simulated)
            events = [unit_registered(unit, now, actor, new=known is None)] if told else []
            if unit != known:
                await self._book.keep((), (unit,), events)
            return unit

    async def _show_changed(self, unit_id: str, change: Callable[[Unit], Unit]) -> Unit:
        """Change what nobody waits for: where the store cannot keep it, it is shown all the same."""
        async with self._unit_locks.hold(unit_id):
            before = self._book.unit(unit_id)
            unit = change(before)
            if unit == before:
                return before
            try:
                await self._book.keep((), (unit,), ())
            except OSError:
                self._book.show_unit(unit)
            return unit

    async def _unit_status(self, unit_id: str, duty: Duty, actor: str) -> Unit:
        held = self._book.unit(unit_id).sighting
        if held is not None and duty is Duty.FREE:
            raise UnitBusyError(unit_id, held)
        if held is not None:
            await self._hand_back(held, unit_id, actor)
        async with self._unit_locks.hold(unit_id):
            unit = self._book.unit(unit_id)
            if unit.sighting is not None:
                raise UnitBusyError(unit_id, unit.sighting)
            changed = replace(unit, status=UnitStatus(duty.value))
            if changed != unit:
                await self._book.keep((), (changed,), (unit_status(changed, self._clock.utc(), actor),))
            return changed

    async def _hand_back(self, sighting_id: str, unit_id: str, actor: str) -> None:
        async with self._sighting_locks.hold(sighting_id):
            sighting = await self._book.sighting(sighting_id)
            if holder(sighting) == unit_id:
                asked = Asked(Action.REFUSE, self._clock.utc(), actor, unit_id)
                await self._take(sighting, asked, off=unit_id, data={"reason": "off"})

    async def _offer(self, sighting: Sighting, candidate: Candidate) -> None:
        """Give a waiting sighting to a unit, unless either has found something else meanwhile."""
        distance = None if candidate.distance_m is None else round(candidate.distance_m)
        data = {"distance_m": distance, "position_fresh": candidate.fresh, "way_estimated": candidate.estimated}
        try:
            async with self._sighting_locks.hold(sighting.id):
                current = self.sightings[sighting.id]
                if current.status is SightingStatus.NEW:
                    self._check_unit(current, Action.ASSIGN, self._book.unit(candidate.unit.id))
                    asked = Asked(Action.ASSIGN, self._clock.utc(), SYSTEM, candidate.unit.id)
                    await self._take(current, asked, data=data)
        except SightingError:
            return
        except OSError:
            await asyncio.sleep(self._timings.store_retry_s)

    async def _waits(self, sighting: Sighting) -> None:
        try:
            await self._book.keep((), (), (sighting_waits(sighting, self._clock.utc()),))
        except OSError:
            await asyncio.sleep(self._timings.store_retry_s)

    def _not_accepted(self, sighting_id: str, steps: int) -> None:
        self._tasks.start(self._expire(sighting_id, steps))

    async def _expire(self, sighting_id: str, steps: int) -> None:
        """No answer in time: the next unit is asked."""
        try:
            async with self._sighting_locks.hold(sighting_id):
                sighting = self.sightings[sighting_id]
                if moved_last(sighting) == steps:
                    await self._take(sighting, Asked(Action.EXPIRE, self._clock.utc(), SYSTEM, sighting.unit))
        except OSError:
            self._deadlines.try_again(sighting_id, steps)

    async def _supervise(self, sighting_id: str) -> None:
        """Say that a sighting takes too long, or does not any longer."""
        try:
            async with self._sighting_locks.hold(sighting_id):
                before = self.sightings[sighting_id]
                after = replace(before, supervised=self._overseer.verdict(before))
                if after != before:
                    await self._book.keep((after,), (), (sighting_supervised(after, self._clock.utc()),))
        except OSError:
            await asyncio.sleep(self._timings.store_retry_s)

    def _sighting_changed(self, sighting: Sighting) -> None:
        self._tell_sighting(sighting)
        self._follow(sighting)

    def _follow(self, sighting: Sighting) -> None:
        self._deadlines.follow(sighting)
        self._matcher.follow(sighting)

    def _unit_changed(self, unit: Unit) -> None:
        self._tell_unit(unit)
        if unit.status is UnitStatus.FREE:
            self._matcher.wake()


def _taken_from(before: Sighting, after: Sighting, asked: Asked) -> dict[str, Any]:
    """The unit that has the sighting no longer without having said so itself."""
    lost = holder(before)
    handed_back = asked.action is Action.RESOLVE or (
        asked.action is Action.REFUSE and lost in (asked.unit, asked.actor)
    )
    return {"from": lost} if lost is not None and lost != holder(after) and not handed_back else {}
