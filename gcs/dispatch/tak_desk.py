"""What TAK clients say, done at the desk: they become units, answer tasks, mark places, ask for help.

Whatever was heard is done in its order; while the store cannot keep it, it waits.
"""

from __future__ import annotations

import asyncio
import uuid
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from gcs.clock import Clock
from gcs.dispatch.channels.settings import TakSettings
from gcs.dispatch.channels.tak import replies
from gcs.dispatch.channels.tak.channel import Tak
from gcs.dispatch.channels.tak.contacts import AGAIN_AFTER_S, Contacts, unit_id
from gcs.dispatch.channels.tak.incoming import Emergency, Heard, Mark, Pong, Receipt, Said, Station
from gcs.dispatch.channels.tak.outgoing import is_ours
from gcs.dispatch.model import Unit, UnitStatus
from gcs.dispatch.requests import StepRequest, UnitPosition, UnitReport
from gcs.events import Event
from gcs.fleet.state import VehicleState
from gcs.sightings.catalogue import Catalogue
from gcs.sightings.ellipse import CE90_OF_A_CIRCLE
from gcs.sightings.errors import SightingError
from gcs.sightings.intake import HIGHEST_M, LOWEST_M, MAX_CE90_M, SightingReport, SourceReport
from gcs.sightings.looks import Look
from gcs.sightings.model import Sighting
from gcs.sightings.relief import Relief
from gcs.sightings.workflow import SETTLED, Action

MOST_WAITING = 5000
SHOW_EVERY_S = 1.0
UNITS_EVERY = 10
STORE_RETRY_S = 2.0
HELP_CLASS, ANY_CLASS = "person_in_distress", "other"
_MARKS = uuid.UUID("6b0f3e0a-7f0f-5c0e-9d5c-6f2b7a1c9e11")


class Desk(Protocol):
    """`gcs.dispatch.desk.Desk` is one."""

    @property
    def sightings(self) -> Mapping[str, Sighting]: ...

    @property
    def units(self) -> Mapping[str, Unit]: ...

    async def report(self, report: SightingReport, actor: str) -> tuple[Sighting, bool]: ...

    async def step(self, sighting_id: str, request: StepRequest, actor: str) -> Sighting: ...

    async def put_unit(self, report: UnitReport, actor: str) -> Unit: ...

    async def unit_position(self, unit_id: str, position: UnitPosition, actor: str) -> Unit: ...


class TakDesk:
    """`notice` gets events that nobody waits for: receipts."""

    def __init__(
        self,
        desk: Desk,
        contacts: Contacts,
        catalogue: Catalogue,
        clock: Clock,
        notice: Callable[[Event], None],
        *,
        relief: Relief,
    ) -> None:
        self._desk = desk
        self._contacts = contacts
        self._catalogue = catalogue
        self._clock = clock
        self._notice = notice
        self._relief = relief
        self._channels: Mapping[str, Tak] = {}
        self._waiting: deque[tuple[TakSettings, Heard]] = deque(maxlen=MOST_WAITING)
        self._more = asyncio.Event()
        self._said_again_s: dict[str, float] = {}
        self._tasks: tuple[asyncio.Task[None], ...] = ()

    def heard(self, settings: TakSettings, heard: Heard) -> None:
        """A client has said something; returns at once."""
        self._waiting.append((settings, heard))
        self._more.set()

    async def start(
        self,
        channels: Sequence[Tak],
        vehicles: Mapping[str, VehicleState],
        looks: Callable[[float], Mapping[str, Look]],
    ) -> None:
        """Connect, listen, and show drones and units."""
        self._channels = {channel.name: channel for channel in channels}
        for channel in channels:
            channel.start()
        works = (self._run(), self._show(vehicles, looks)) if channels else ()
        self._tasks = tuple(asyncio.get_running_loop().create_task(work, name="tak desk") for work in works)

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            await self._more.wait()
            self._more.clear()
            while self._waiting:
                first = self._waiting[0]
                try:
                    await self._do(*first)
                except OSError:
                    await asyncio.sleep(STORE_RETRY_S)
                    continue
                except SightingError:
                    pass
                if self._waiting and self._waiting[0] is first:
                    self._waiting.popleft()

    async def _show(self, vehicles: Mapping[str, VehicleState], looks: Callable[[float], Mapping[str, Look]]) -> None:
        turn = 0
        while True:
            now_s = self._clock.monotonic_s()
            for channel in self._channels.values():
                channel.show(vehicles, looks(now_s), now_s)
                if turn % UNITS_EVERY == 0:
                    self._show_people(channel)
            turn += 1
            await asyncio.sleep(SHOW_EVERY_S)

    def _show_people(self, channel: Tak) -> None:
        for unit in tuple(self._desk.units.values()):
            channel.show_unit(unit)
        for sighting in tuple(self._desk.sightings.values()):
            channel.show_alert(sighting)

    async def _do(self, settings: TakSettings, heard: Heard) -> None:
        match heard:
            case Station() if settings.units and not is_ours(heard.uid):
                await self._met(settings, heard)
            case Said():
                await self._said(settings, heard)
            case Receipt():
                self._receipt(heard)
            case Mark() if not is_ours(heard.uid):
                await self._marked(settings, heard)
            case Emergency() if not is_ours(heard.uid):
                await self._emergency(settings, heard)
            case Station() | Mark() | Emergency() | Pong():
                return

    async def _met(self, settings: TakSettings, station: Station) -> None:
        name = unit_id(station.uid)
        self._contacts.met(settings.name, name, station.uid, station.callsign)
        known = self._desk.units.get(name)
        if known is None or known.name != station.callsign:
            report = UnitReport(
                id=name,
                name=station.callsign,
                kind=known.kind if known else settings.unit_kind,
                lat=station.lat_deg,
                lon=station.lon_deg,
                simulated=settings.exercise,
            )
            known = await self._desk.put_unit(report, station.callsign)
        elif station.lat_deg is not None and station.lon_deg is not None:
            position = UnitPosition(lat=station.lat_deg, lon=station.lon_deg)
            await self._desk.unit_position(name, position, station.callsign)
        self._remind(settings, known, station)

    def _remind(self, settings: TakSettings, unit: Unit, station: Station) -> None:
        """A task that the client has not confirmed is sent to it again."""
        if unit.sighting is None or unit.status is not UnitStatus.ASSIGNED:
            return
        message_id, now_s = self._contacts.unconfirmed(unit.id, unit.sighting), self._clock.monotonic_s()
        sighting = self._desk.sightings.get(unit.sighting)
        if message_id is None or sighting is None or now_s - self._said_again_s.get(unit.id, 0.0) < AGAIN_AFTER_S:
            return
        self._said_again_s[unit.id] = now_s
        self._channels[settings.name].say_task(station.uid, station.callsign, message_id, sighting)

    async def _said(self, settings: TakSettings, said: Said) -> None:
        channel, reply = self._channels[settings.name], replies.reply_of(said.text)
        name = unit_id(said.uid)
        unit = self._desk.units.get(name)
        if said.to != channel.uid or unit is None or reply is None:
            return
        if unit.sighting is None:
            answer = "当前没有任务 / you have no task"
        else:
            answer = await self._step(unit, unit.sighting, reply)
        channel.say(said.uid, said.callsign, str(uuid.uuid4()), answer)

    async def _step(self, unit: Unit, sighting_id: str, reply: replies.Reply) -> str:
        resolves = reply.action is Action.RESOLVE
        request = StepRequest(
            action=reply.action,
            unit=unit.id,
            note="" if resolves else reply.words,
            outcome=(reply.words or replies.DONE_WITHOUT_WORDS) if resolves else None,
        )
        try:
            after = await self._desk.step(sighting_id, request, unit.name)
        except SightingError as error:
            return f"未记录 / not done: {error}"
        return f"已记录 / noted: {after.status.value}"

    def _receipt(self, receipt: Receipt) -> None:
        sent = self._contacts.confirm(receipt.message_id, read=receipt.read)
        if sent is not None:
            kind = "task.read" if receipt.read else "task.delivered"
            at = self._clock.utc()
            self._notice(Event(kind=kind, at=at, actor=sent.unit, sighting=sent.sighting, unit=sent.unit))

    async def _marked(self, settings: TakSettings, mark: Mark) -> None:
        ce90_m = None if mark.ce_m is None else min(MAX_CE90_M, round(mark.ce_m * CE90_OF_A_CIRCLE, 1))
        report = SightingReport(
            id=str(uuid.uuid5(_MARKS, f"{settings.name}:{mark.uid}")),
            klass=self._class_in(f"{mark.callsign} {mark.text}"),
            lat=mark.lat_deg,
            lon=mark.lon_deg,
            ce90_m=ce90_m,
            hae_m=mark.hae_m,
            msl_m=self._msl_m(mark),
            note="\n".join(filter(None, (mark.callsign, mark.text)))[:2000],
            source=SourceReport(kind="external", name=settings.name, detector=mark.uid[:100]),
            simulated=settings.exercise,
        )
        await self._desk.report(report, settings.name)

    def _msl_m(self, heard: Mark | Emergency) -> float | None:
        """TAK tells heights above the ellipsoid."""
        if heard.hae_m is None:
            return None
        msl_m = self._relief.msl_m(heard.lat_deg, heard.lon_deg, heard.hae_m)
        return None if msl_m is None else round(min(max(msl_m, LOWEST_M), HIGHEST_M), 1)

    def _class_in(self, text: str) -> str:
        """The class whose name somebody has written."""
        said = text.casefold()
        named = (key for key, k in self._catalogue.items() if k.zh in text or k.en.casefold() in said)
        return next(named, ANY_CLASS if ANY_CLASS in self._catalogue else next(iter(self._catalogue)))

    async def _emergency(self, settings: TakSettings, emergency: Emergency) -> None:
        """One that stands is not reported again; a cancelled one is dismissed."""
        standing = self._standing(emergency.uid, settings)
        if emergency.cancelled:
            if standing is not None:
                request = StepRequest(action=Action.DISMISS, note="本人解除 / cancelled by who asked for help")
                await self._desk.step(standing.id, request, emergency.callsign or settings.name)
        elif standing is None:
            report = SightingReport(
                klass=HELP_CLASS if HELP_CLASS in self._catalogue else ANY_CLASS,
                lat=emergency.lat_deg,
                lon=emergency.lon_deg,
                hae_m=emergency.hae_m,
                msl_m=self._msl_m(emergency),
                priority=1,
                note=f"{emergency.callsign}: {emergency.kind}",
                source=SourceReport(kind="external", name=settings.name, detector=emergency.uid[:100]),
                simulated=settings.exercise,
            )
            await self._desk.report(report, emergency.callsign or settings.name)

    def _standing(self, uid: str, settings: TakSettings) -> Sighting | None:
        for sighting in self._desk.sightings.values():
            source = sighting.source
            if sighting.status not in SETTLED and (source.name, source.detector) == (settings.name, uid[:100]):
                return sighting
        return None
