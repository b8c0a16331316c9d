"""Doors for other systems: made, tested and closed at the centre; what comes in there is a report like any other."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Awaitable, Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Protocol

from gcs.clock import Clock
from gcs.events import Event
from gcs.sightings.catalogue import Catalogue
from gcs.sightings.errors import InvalidReportError, UnknownIntakeError
from gcs.sightings.intake import SightingReport, make_sighting
from gcs.sightings.intakes import ForeignReport, Intake, opens, report_of, secret_digest
from gcs.sightings.model import Sighting
from gcs.sightings.text import clean_line

MOST = 200
SECRET_BYTES = 24
Report = Callable[[SightingReport, str], Awaitable[tuple[Sighting, bool]]]


class IntakeStore(Protocol):
    """`gcs.store.store.Store` is one; every call raises OSError when the disk fails."""

    async def list_intakes(self) -> Sequence[Intake]: ...

    async def put_intake(self, intake: Intake, events: Sequence[Event]) -> Sequence[Event]: ...

    async def drop_intake(self, intake_id: str, events: Sequence[Event]) -> Sequence[Event]: ...


class IntakeDesk:
    """`report` is the desk's; `publish` gets every event kept, `notice` those that need not be waited for."""

    def __init__(
        self,
        store: IntakeStore,
        clock: Clock,
        catalogue: Catalogue,
        *,
        report: Report,
        publish: Callable[[Event], None],
        notice: Callable[[Event], None],
    ) -> None:
        self._store = store
        self._clock = clock
        self._catalogue = catalogue
        self._report = report
        self._publish, self._notice = publish, notice
        self._intakes: dict[str, Intake] = {}
        self.intakes: Mapping[str, Intake] = MappingProxyType(self._intakes)

    async def recover(self) -> None:
        """Take over what the store holds."""
        self._intakes.update((intake.id, intake) for intake in await self._store.list_intakes())

    async def open(self, name: str, klass: str, actor: str, *, exercise: bool) -> tuple[Intake, str]:
        """A new door and its secret, which is not kept and never told again."""
        name = clean_line(name, "name")
        if not name:
            raise InvalidReportError("name", "say which system will report there")
        if klass not in self._catalogue:
            raise InvalidReportError("klass", f"unknown; known classes: {', '.join(self._catalogue)}")
        if len(self._intakes) >= MOST:
            raise InvalidReportError("name", f"there are {MOST} doors already; close one that is not used")
        secret = secrets.token_urlsafe(SECRET_BYTES)
        intake = Intake(
            id=str(uuid.uuid4()),
            name=name,
            digest=secret_digest(secret),
            created_at=self._clock.utc(),
            created_by=actor,
            klass=klass,
            exercise=exercise,
        )
        self._tell(await self._store.put_intake(intake, (self._event("intake.opened", intake, actor),)))
        self._intakes[intake.id] = intake
        return intake, secret

    async def close(self, intake_id: str, actor: str) -> Intake:
        """Close a door: its secret opens nothing from now on."""
        intake = self._known(intake_id)
        self._tell(await self._store.drop_intake(intake_id, (self._event("intake.closed", intake, actor),)))
        self._intakes.pop(intake_id, None)
        return intake

    def let_in(self, intake_id: str, secret: str) -> Intake | None:
        """The door that the secret opens; None for a wrong secret and for a door that is not there alike."""
        intake = self._intakes.get(intake_id)
        return intake if intake is not None and opens(intake, secret) else None

    async def take(self, intake: Intake, foreign: ForeignReport) -> tuple[Sighting, bool]:
        """A report that has come in at a door. Raises as `Desk.report`."""
        return await self._report(report_of(foreign, intake), intake.name)

    def test(self, intake_id: str, foreign: ForeignReport | None, actor: str) -> None:
        """A notice that the door works; nothing is kept of it and nobody is sent. A report is checked as a real one."""
        intake = self._known(intake_id)
        said: dict[str, Any] = {}
        if foreign is not None:
            now, new_id = self._clock.utc(), str(uuid.uuid4())
            seen = make_sighting(report_of(foreign, intake), self._catalogue, new_id=new_id, now=now, actor=actor)
            said = {"klass": seen.klass, "lat": seen.place.lat_deg, "lon": seen.place.lon_deg, "note": seen.note}
        self._notice(self._event("intake.tested", intake, actor, said))

    def _known(self, intake_id: str) -> Intake:
        try:
            return self._intakes[intake_id]
        except KeyError:
            raise UnknownIntakeError(intake_id) from None

    def _event(self, kind: str, intake: Intake, actor: str, data: Mapping[str, Any] | None = None) -> Event:
        told = {"intake": intake.id, "name": intake.name, **(data or {})}
        return Event(kind=kind, at=self._clock.utc(), actor=actor, data=told)

    def _tell(self, events: Sequence[Event]) -> None:
        for event in events:
            self._publish(event)
