"""Pictures of sightings: kept before they are attached, masked or refused where somebody's privacy asks for it,
and removed when their time is over."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Protocol

from gcs.clock import Clock
from gcs.sightings.errors import PrivatePictureError
from gcs.sightings.model import Picture, Sighting
from gcs.sightings.pictures import checked, masked
from gcs.sightings.workflow import MOST_BACK, SETTLED
from gcs.sites.sites import Sites

SWEEP_EVERY_S = 6 * 3600.0
MASKED_TYPE = "image/jpeg"


class Files(Protocol):
    """`gcs.store.pictures.PictureFiles` is one; calls block and raise OSError."""

    def put(self, data: bytes, media_type: str) -> str: ...

    def get(self, name: str) -> tuple[bytes, str] | None: ...

    def drop_before(self, unix_s: float, kept: frozenset[str]) -> int: ...


class Attaching(Protocol):
    """`gcs.dispatch.desk.Desk` is one."""

    @property
    def sightings(self) -> Mapping[str, Sighting]: ...

    async def find(self, sighting_id: str) -> Sighting: ...

    async def attach(self, sighting_id: str, picture: Picture, actor: str) -> Sighting: ...


class PictureDesk:
    """`keep_days` 0 keeps pictures for ever; those of open sightings are never removed."""

    def __init__(self, files: Files, desk: Attaching, sites: Sites, clock: Clock, keep_days: int) -> None:
        self._files = files
        self._desk = desk
        self._sites = sites
        self._clock = clock
        self._keep_days = keep_days

    async def add(self, sighting_id: str, data: bytes, actor: str, taken_at: datetime | None = None) -> Sighting:
        """Keep the picture and attach it; the sighting after that. `taken_at` is when it was taken, if that was
        earlier: a wrong clock loses no picture, so it is brought between a day back and now.

        Raises NotAPictureError, PrivatePictureError where no picture of that place may be kept, and as `Desk.attach`.
        """
        place = (await self._desk.find(sighting_id)).place
        rule = self._sites.picture_rule(place.lat_deg, place.lon_deg)
        if rule == "refuse":
            raise PrivatePictureError(sighting_id)
        kind = await asyncio.to_thread(checked, data)
        if rule == "mask":
            data, kind = await asyncio.to_thread(masked, data), MASKED_TYPE
        name = await asyncio.to_thread(self._files.put, data, kind)
        now = self._clock.utc()
        at = min(max(taken_at or now, now - MOST_BACK), now)
        picture = Picture(
            name=name,
            media_type=kind,
            size=len(data),
            at=at,
            by=actor,
            masked=rule == "mask",
            received_at=None if at == now else now,
        )
        return await self._desk.attach(sighting_id, picture, actor)

    async def read(self, name: str, *, mask: bool) -> tuple[bytes, str] | None:
        """The picture and its type, as coarse blocks with `mask`; None when there is none (any more)."""
        found = await asyncio.to_thread(self._files.get, name)
        if found is None or not mask:
            return found
        return await asyncio.to_thread(masked, found[0]), MASKED_TYPE

    async def sweep(self) -> int:
        """Remove pictures whose time is over; how many."""
        if self._keep_days == 0:
            return 0
        before = self._clock.utc() - timedelta(days=self._keep_days)
        open_ones = (s for s in self._desk.sightings.values() if s.status not in SETTLED)
        kept = frozenset(picture.name for sighting in open_ones for picture in sighting.pictures)
        return await asyncio.to_thread(self._files.drop_before, before.timestamp(), kept)

    async def run(self) -> None:
        """Sweep now and then, until cancelled; a disk that fails is tried again the next time."""
        while True:
            with contextlib.suppress(OSError):
                await self.sweep()
            await asyncio.sleep(SWEEP_EVERY_S)
