"""Rings a phone by ntfy: what and where and how urgent, nothing about persons; a task can be accepted with one tap.

The phone's screen is read by others, so a message says the class, the site or the coordinates, and nothing that
somebody wrote. The picture is the masked one. The tap is a link that works once (see `gcs/dispatch/links.py`).
"""

from __future__ import annotations

import hashlib
from typing import Any

import msgspec

from gcs.clock import Clock
from gcs.dispatch.channels.channel import Delivery, NotDeliveredError, NotYetError, SettledChannel
from gcs.dispatch.channels.posting import Poster
from gcs.dispatch.channels.settings import NtfySettings
from gcs.dispatch.links import Links
from gcs.dispatch.receipts import Receipts
from gcs.events import Event
from gcs.sightings.catalogue import Catalogue
from gcs.sightings.model import Level, Sighting, SightingStatus
from gcs.sites.sites import Sites

PRIORITIES = (5, 4, 3, 2)
"""Of ntfy (5 rings loudest), by ours."""
TASK = "sighting.assigned"
_TAKEN = range(200, 300)
_NEVER = frozenset({400, 413})
_PICTURE = "picture.jpg"


class Ntfy(SettledChannel):
    """One server; tasks go to the topic of the unit, everything else to the centre's. `time_scale` is that of the
    dispatch timings: where time runs faster, a phone waits for the other ways as much less."""

    def __init__(
        self,
        settings: NtfySettings,
        catalogue: Catalogue,
        sites: Sites,
        links: Links,
        *,
        receipts: Receipts,
        clock: Clock,
        time_scale: float = 1.0,
    ) -> None:
        super().__init__(settings)
        self._settings = settings
        self._catalogue = catalogue
        self._sites = sites
        self._links = links
        self._receipts = receipts
        self._clock = clock
        self._time_scale = time_scale
        self._poster = Poster()

    def wants(self, event: Event) -> bool:
        """A task only when the unit's phone has a topic."""
        return super().wants(event) and (event.kind != TASK or event.unit in self._settings.units)

    async def send(self, delivery: Delivery) -> None:
        sighting = delivery.sighting
        if sighting is None:
            raise NotDeliveredError("the sighting of the event is not kept", final=True)
        event = delivery.event
        if event.kind == TASK and (sighting.unit != event.unit or self._has_it(event, sighting)):
            return
        body = msgspec.json.encode(self._message(delivery, sighting))
        status = await self._poster.post(self._settings.url, body, self._headers())
        if status not in _TAKEN:
            raise NotDeliveredError(f"answered {status}", final=status in _NEVER)

    async def close(self) -> None:
        await self._poster.close()

    def _has_it(self, event: Event, sighting: Sighting) -> bool:
        """Whether the unit has the task by another way; raises NotYetError while there is time for that."""
        own_s = self._settings.after_s
        after_s = self._catalogue.receipt_s(sighting.klass, sighting.priority) if own_s is None else own_s
        after_s /= self._time_scale
        if after_s <= 0:
            return False
        if sighting.status is not SightingStatus.ASSIGNED:
            return True
        if self._receipts.since(sighting.id, event.unit or "", event.at) is not None:
            return True
        waited_s = max(0.0, (self._clock.utc() - event.at).total_seconds())
        if waited_s < after_s:
            raise NotYetError(after_s - waited_s)
        return False

    def _message(self, delivery: Delivery, sighting: Sighting) -> dict[str, Any]:
        event, settings = delivery.event, self._settings
        task = event.kind == TASK
        link = self._links.make(sighting, event.unit or "") if task and settings.public_url else None
        standing = sighting.supervised
        urgent = standing is not None and standing.level is Level.RED
        message: dict[str, Any] = {
            "topic": settings.units[event.unit or ""] if task else settings.topic,
            "title": self._title(sighting, "" if task else "督办 / overdue: "),
            "message": self._place(sighting),
            "priority": 5 if urgent else PRIORITIES[sighting.priority - 1],
            "tags": ["rotating_light" if sighting.priority == 1 else "helicopter"],
            "sequence_id": _sequence_id(delivery.id),
        }
        if link is not None:
            url = f"{settings.public_url.rstrip('/')}/api/v1/links/{link}"
            accept = {"action": "http", "label": "接单 / Accept", "url": url, "method": "POST", "clear": True}
            message |= {"actions": [accept], "click": f"{settings.public_url.rstrip('/')}/unit"}
            if sighting.pictures:
                message |= {"attach": f"{url}/picture", "filename": _PICTURE}
        return message

    def _title(self, sighting: Sighting, before: str) -> str:
        klass = self._catalogue.get(sighting.klass)
        name = f"{klass.zh} / {klass.en}" if klass else sighting.klass
        return f"{'演练 / EXERCISE: ' if sighting.simulated else ''}{before}{name} P{sighting.priority}"

    def _place(self, sighting: Sighting) -> str:
        site = self._sites.get(sighting.site or "")
        where = f"{sighting.place.lat_deg:.5f}, {sighting.place.lon_deg:.5f}"
        return f"{site.zh} / {site.en}\n{where}" if site else where

    def _headers(self) -> dict[str, str]:
        token = self._settings.token
        return {"Content-Type": "application/json", **({"Authorization": f"Bearer {token}"} if token else {})}


def _sequence_id(delivery_id: str) -> str:
    """What a message replaces on the phone: letters and digits, whatever the channel is called."""
    return hashlib.sha256(delivery_id.encode()).hexdigest()[:32]
