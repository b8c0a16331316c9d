"""Everything by which others are told and tell us: channels and their outbox, doors, TAK, pictures."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from pathlib import Path

from gcs.clock import Clock
from gcs.config import Config
from gcs.dispatch.channels.make import make_channels
from gcs.dispatch.channels.tak.channel import Tak
from gcs.dispatch.channels.tak.contacts import Contacts
from gcs.dispatch.desk import Desk
from gcs.dispatch.intake_desk import IntakeDesk
from gcs.dispatch.links import Links
from gcs.dispatch.outbox import Outbox
from gcs.dispatch.picture_desk import PictureDesk
from gcs.dispatch.receipts import Receipts
from gcs.dispatch.tak_desk import TakDesk
from gcs.events import Event
from gcs.fleet.state import VehicleState
from gcs.sightings.catalogue import Catalogue
from gcs.sightings.looks import Looks
from gcs.sightings.model import Sighting
from gcs.sightings.relief import Relief
from gcs.sites.sites import Sites
from gcs.store.pictures import PictureFiles
from gcs.store.store import Store

PICTURES = "pictures"


class Outside:
    """`show` gets every event kept, to be shown; `notice` takes events that nobody waits for, to be kept."""

    def __init__(
        self,
        config: Config,
        store: Store,
        clock: Clock,
        desk: Desk,
        *,
        catalogue: Catalogue,
        sites: Sites,
        relief: Relief,
        show: Callable[[Event], None],
        notice: Callable[[Event], None],
        time_scale: float = 1.0,
    ) -> None:
        self._store = store
        self._show = show
        self.looks = Looks()
        contacts = Contacts()
        self._clock, self._notice, self._receipts = clock, notice, Receipts()
        self._tak = TakDesk(desk, contacts, catalogue, clock, self._receipt, relief=relief)
        self._taks = tuple(
            Tak(settings, clock, catalogue, contacts, self._tak.heard, relief=relief) for settings in config.tak
        )
        self.links = Links(clock)
        told = make_channels(
            config, clock, catalogue, sites, self.links, receipts=self._receipts, time_scale=time_scale
        )
        self.outbox = Outbox(store, (*told, *self._taks), store.get_sighting, clock)
        self.intakes = IntakeDesk(store, clock, catalogue, report=desk.report, publish=self.publish, notice=notice)
        files = PictureFiles(Path(config.data_dir) / PICTURES)
        self.pictures = PictureDesk(files, desk, sites, clock, config.pictures_days)
        self._sweeping: asyncio.Task[None] | None = None

    def publish(self, event: Event) -> None:
        """What was kept is shown and handed on."""
        self._show(event)
        self.outbox.wake(event)

    def received(self, sighting: Sighting, unit: str, *, read: bool) -> None:
        """A unit's page has its task, or somebody has read it there."""
        event = self._receipts.event(sighting, unit, self._clock.utc(), read=read)
        if event is not None:
            self._receipt(event)

    def _receipt(self, event: Event) -> None:
        self._receipts.note(event)
        self._notice(event)

    async def open(self) -> None:
        """Before anything happens: what happens from now on is delivered."""
        self.links.use(await self._store.key("links"))
        self._store.deliver(self.outbox.wanted)
        await self.outbox.start()
        self._sweeping = asyncio.get_running_loop().create_task(self.pictures.run(), name="pictures")

    async def listen(self, vehicles: Mapping[str, VehicleState]) -> None:
        """Once the desk is at work: take what others say, and show them the vehicles."""
        await self._tak.start(self._taks, vehicles, self.looks.at)

    async def close(self) -> None:
        """Stop; what was not delivered waits in the store."""
        await self._tak.stop()
        await self.outbox.stop()
        if self._sweeping is not None:
            self._sweeping.cancel()
            await asyncio.gather(self._sweeping, return_exceptions=True)

    def trouble(self) -> tuple[str, str] | None:
        """Why others cannot be told at the moment, in Chinese and English."""
        problems = ((name, self.outbox.problem(name)) for name in self.outbox.channels)
        failing = "; ".join(f"{name}: {problem}" for name, problem in problems if problem)
        return (f"对外通道不通：{failing}", f"others cannot be told: {failing}") if failing else None
