"""TAK as a channel: sightings as markers, tasks as messages to the unit that has them.

A marker carries the sighting's uid and a message the delivery's id, so what is sent twice is shown once. A task is a
direct message; TAK clients answer those, and only those, with receipts. What a unit's phone has not confirmed is sent
to it again when it comes back.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from gcs.clock import Clock
from gcs.dispatch.channels.channel import Delivery, NotDeliveredError, SettledChannel
from gcs.dispatch.channels.settings import TakSettings
from gcs.dispatch.channels.tak import cot, outgoing, replies
from gcs.dispatch.channels.tak.connection import Connection
from gcs.dispatch.channels.tak.contacts import Contacts
from gcs.dispatch.channels.tak.incoming import Heard
from gcs.dispatch.model import Unit
from gcs.fleet.state import Position, VehicleState
from gcs.sightings.catalogue import Catalogue
from gcs.sightings.looks import Look
from gcs.sightings.model import Sighting, SightingStatus
from gcs.sightings.relief import Relief
from gcs.sightings.workflow import SETTLED

TASK = "sighting.assigned"


class Tak(SettledChannel):
    """One TAK server. `heard` gets what its clients say; it returns at once."""

    def __init__(
        self,
        settings: TakSettings,
        clock: Clock,
        catalogue: Catalogue,
        contacts: Contacts,
        heard: Callable[[TakSettings, Heard], None],
        *,
        relief: Relief,
    ) -> None:
        super().__init__(settings)
        self._settings = settings
        self._clock = clock
        self._catalogue = catalogue
        self._contacts = contacts
        self._relief = relief
        self.uid = outgoing.uid_of("station", settings.name)
        self._connection = Connection(settings, clock, self.uid, self._greet, lambda h: heard(settings, h))

    @property
    def problem(self) -> str:
        return self._connection.problem

    def start(self) -> None:
        """Connect; tracks are shown and clients are heard also while there is nothing to deliver."""
        self._connection.start()

    async def send(self, delivery: Delivery) -> None:
        sighting = delivery.sighting
        if sighting is None:
            raise NotDeliveredError("the sighting of the event is not kept", final=True)
        self._connection.start()
        now = self._clock.utc()
        events = [outgoing.marker(sighting, self._catalogue, now), *self._messages(delivery, sighting)]
        if self._alerts(sighting):
            events.insert(0, outgoing.alert(sighting, self._catalogue, now, self.uid))
        if sighting.status in outgoing.OFF_THE_MAP:
            uid = outgoing.uid_of("sighting", sighting.id)
            events.append(cot.deletion(uid, now, exercise=sighting.simulated))
        await self._connection.deliver(*events)

    async def close(self) -> None:
        await self._connection.stop()

    def show(self, vehicles: Mapping[str, VehicleState], looks: Mapping[str, Look], now_s: float) -> None:
        """The drones as they are now: simulated ones on an exercise channel, real ones on any other."""
        now = self._clock.utc()
        for state in vehicles.values():
            if (state.simulated is True) is self.exercise and not state.stale(now_s):
                hae_m = self._hae_m(state.position)
                for number, event in enumerate(outgoing.track(state, looks.get(state.id), now, self.uid, hae_m)):
                    self._connection.show(f"{state.id}.{number}", event)

    def _hae_m(self, position: Position | None) -> float | None:
        """Autopilots tell heights above the sea, TAK wants them above the ellipsoid."""
        if position is None:
            return None
        return self._relief.hae_m(position.lat_deg, position.lon_deg, position.alt_amsl_m)

    def show_unit(self, unit: Unit) -> None:
        """A unit that TAK does not know by itself; a drone is shown as the vehicle that it is."""
        event = outgoing.unit(unit, self._clock.utc())
        known = unit.vehicle or self._contacts.uid_of(self.name, unit.id)
        if event is not None and known is None and unit.simulated is self.exercise:
            self._connection.show(f"unit.{unit.id}", event)

    def show_alert(self, sighting: Sighting) -> None:
        """An emergency that is open, once more: servers do not say it again by themselves."""
        if sighting.simulated is self.exercise and sighting.status not in SETTLED and self._alerts(sighting):
            event = outgoing.alert(sighting, self._catalogue, self._clock.utc(), self.uid)
            self._connection.show(f"alert.{sighting.id}", event)

    def _alerts(self, sighting: Sighting) -> bool:
        """What was alerted there is not alerted once more."""
        klass, source = self._catalogue.get(sighting.klass), sighting.source
        heard_here = source.kind == "external" and source.name == self.name
        return klass is not None and klass.emergency and not heard_here

    def say(self, uid: str, callsign: str, message_id: str, text: str) -> None:
        """A word to a client, as far as there is a connection."""
        self._connection.show(message_id, self._chat(uid, callsign, message_id, text))

    def say_task(self, uid: str, callsign: str, message_id: str, sighting: Sighting) -> None:
        """The task once more, under the same id."""
        self.say(uid, callsign, message_id, self._task(sighting))

    def _messages(self, delivery: Delivery, sighting: Sighting) -> list[bytes]:
        """The task to the unit that gets it, and word to the one that has it no longer."""
        event, messages = delivery.event, list[bytes]()
        if event.kind == TASK and sighting.unit == event.unit and sighting.status is SightingStatus.ASSIGNED:
            messages += self._message(delivery, event.unit, self._task(sighting))
        before = event.data.get("from")
        if isinstance(before, str):
            text = f"{outgoing.title(sighting, self._catalogue)}：不再由你处理 / no longer yours"
            messages += self._message(delivery, before, text)
        return messages

    def _message(self, delivery: Delivery, unit: str | None, text: str) -> list[bytes]:
        contact = self._contacts.contact(self.name, unit or "")
        if contact is None:
            return []
        uid, callsign = contact
        message_id = f"{delivery.id}.{unit}"
        self._contacts.sent(message_id, unit or "", delivery.event.sighting or "")
        return [self._chat(uid, callsign, message_id, text)]

    def _chat(self, uid: str, callsign: str, message_id: str, text: str) -> bytes:
        me = (self.uid, self._settings.callsign)
        return outgoing.chat(me, (uid, callsign), message_id, text, self._clock.utc(), exercise=self.exercise)

    def _task(self, sighting: Sighting) -> str:
        place = sighting.place
        where = f"{place.lat_deg:.6f}, {place.lon_deg:.6f}"
        how_sure = "" if place.ce90_m is None else f" ±{place.ce90_m:.0f} m"
        title = f"{outgoing.title(sighting, self._catalogue)} P{sighting.priority}"
        return "\n".join(line for line in (title, where + how_sure, sighting.note, replies.HELP) if line)

    def _greet(self) -> bytes:
        now = self._clock.utc()
        return outgoing.hello(self.uid, self._settings.callsign, now, exercise=self.exercise)
