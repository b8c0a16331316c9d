"""What the instructor's page talks to: which drills there are, the one that runs, its score, and all runs before.

Outlives the ground controls that it is shown by: each drill has one of its own, so that nothing of the drill
before is left in it.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from gcs.cli.drill_session import DrillSession
from gcs.cli.drill_trainee import area_file
from gcs.sightings.catalogue import Catalogue
from gcs.training.model import (
    ActiveFault,
    Bookmark,
    DrillSummary,
    FaultNumber,
    FaultOffer,
    FaultRequest,
    NoticePlace,
    RunStatus,
    RunView,
    ThingRequest,
    TrainingError,
    TrainingView,
    Truth,
)
from gcs.training.records import Records, currency
from missions.drill_score import Score
from simulators.drill import Drill
from simulators.drill.measures import measure
from simulators.drill.score import score
from simulators.faults import CATALOGUE, LIVE
from simulators.world import KINDS

SCORE_EVERY_S: Final = 2.0
RUNS_SHOWN: Final = 50


@dataclass(frozen=True, slots=True)
class Wanted:
    """A drill that is to be started."""

    drill: Drill
    trainee: str


class DrillHost:
    """Satisfies `gcs.web.services.Training`."""

    def __init__(self, drills: Mapping[str, Drill], records: Records, classes: Catalogue) -> None:
        self._drills = dict(drills)
        self._classes = called(classes)
        self._records = records
        self._session: DrillSession | None = None
        self._running = self._starting = False
        self._wanted: Wanted | None = None
        self.asked = asyncio.Event()
        self._score: tuple[float, int, Score] | None = None

    def take_wanted(self) -> Wanted | None:
        """What is to be started now; it is then no longer wanted."""
        wanted, self._wanted = self._wanted, None
        self._starting = wanted is not None
        self.asked.clear()
        return wanted

    def began(self, session: DrillSession) -> None:
        self._session, self._running, self._starting, self._score = session, True, False, None

    def ended(self) -> None:
        self._running = False

    async def view(self) -> TrainingView:
        runs = await asyncio.to_thread(self._records.all)
        return TrainingView(
            drills=tuple(summary(drill) for drill in self._drills.values()),
            faults=OFFERS,
            kinds=tuple(KINDS),
            run=await self._run_view(),
            runs=tuple(reversed(runs[-RUNS_SHOWN:])),
            currency=currency(runs, datetime.now(UTC)),
        )

    def start(self, drill: str, trainee: str) -> None:
        if drill not in self._drills:
            raise TrainingError(f"there is no drill {drill!r}", "drill")
        if not trainee.strip():
            raise TrainingError("say who is trained", "trainee")
        if self._running:
            raise TrainingError("a drill is running: stop it first")
        if self._starting:
            raise TrainingError("a drill is being started: its vehicles are not ready yet")
        self.want(self._drills[drill], trainee.strip())

    def want(self, drill: Drill, trainee: str) -> None:
        self._wanted = Wanted(drill, trainee)
        self.asked.set()

    def stop(self) -> None:
        self._live().stop()

    def pause(self, *, paused: bool) -> None:
        self._live().pause(paused=paused)

    def fault(self, request: FaultRequest) -> None:
        self._live().fault(request)

    def thing(self, request: ThingRequest) -> None:
        self._live().thing(request)

    def bookmark(self, name: str, by: str) -> None:
        self._live().bookmark(name, by)

    async def rewind(self, bookmark: int, by: str) -> None:
        await self._live().rewind(bookmark, by)
        self._score = None

    def area(self) -> dict[str, Any] | None:
        """The area of the drill that runs, as GeoJSON."""
        return None if self._session is None else area_file(self._session.drill)

    def debrief(self, run: str) -> Path | None:
        return self._records.debrief(run)

    def _live(self) -> DrillSession:
        if self._session is None or not self._running:
            raise TrainingError("no drill is running")
        return self._session

    async def _run_view(self) -> RunView | None:
        session = self._session
        if session is None:
            return None
        engine, drill = session.engine, session.drill
        status = (
            RunStatus.OVER if not self._running else RunStatus.PAUSED if session.clock.paused else RunStatus.RUNNING
        )
        return RunView(
            id=session.run_id,
            drill=drill.id,
            trainee=session.trainee,
            status=status,
            now_s=round(engine.now_s, 1),
            duration_s=drill.limits.duration_s,
            speedup=session.speedup,
            vehicles=session.vehicles,
            area=drill.place.area,
            no_fly=drill.place.no_fly,
            faults=tuple(
                ActiveFault(name=f.name, vehicle=f.vehicle, at_s=f.at_s, until_s=f.until_s)
                for f in engine.active_faults
            ),
            truth=_truth(session),
            bookmarks=tuple(
                Bookmark(id=entry.data["id"], at_s=entry.at_s, name=entry.data["name"], by=entry.data["by"])
                for entry in engine.log
                if entry.kind == "bookmark"
            ),
            notices=_notices(session),
            score=await self._score_of(session),
        )

    async def _score_of(self, session: DrillSession) -> Score:
        """The score as it grows, beside the loop and not more often than needed."""
        log, now_s = list(session.engine.log), time.monotonic()
        if self._score is not None and (self._score[1] == len(log) or now_s - self._score[0] < SCORE_EVERY_S):
            return self._score[2]
        made = await asyncio.to_thread(score, session.drill, session.engine.world, log, self._classes)
        self._score = (now_s, len(log), made)
        return made


def called(classes: Catalogue) -> dict[str, tuple[str, str]]:
    """What each class of sightings is called, in Chinese and English."""
    return {name: (klass.zh, klass.en) for name, klass in classes.items()}


def summary(drill: Drill) -> DrillSummary:
    return DrillSummary(
        id=drill.id,
        zh=drill.zh,
        en=drill.en,
        brief_zh=drill.brief_zh,
        brief_en=drill.brief_en,
        vehicles=drill.fleet.vehicles,
        duration_s=drill.limits.duration_s,
        seed=drill.seed,
    )


def _truth(session: DrillSession) -> tuple[Truth, ...]:
    engine = session.engine
    found = measure(session.drill, engine.world, engine.log).found
    things = []
    for thing in engine.world.present(engine.now_s):
        at, told = thing.at(engine.now_s), found.get(thing.id)
        things.append(
            Truth(
                id=thing.id,
                kind=thing.kind,
                klass=thing.klass,
                find=thing.find,
                lat_deg=at.lat_deg,
                lon_deg=at.lon_deg,
                note=thing.note,
                seen_s=told.seen_s if told else None,
                reported_s=told.reported_s if told else None,
            )
        )
    return tuple(things)


def _notices(session: DrillSession) -> tuple[NoticePlace, ...]:
    given = measure(session.drill, session.engine.world, session.engine.log).notices if session.drill.notices else {}
    return tuple(
        NoticePlace(id=place.id, zh=place.zh, en=place.en, given_s=given.get(place.id))
        for place in session.drill.notices
    )


OFFERS: Final = tuple(
    FaultOffer(
        name=name,
        zh=kind.zh,
        en=kind.en,
        where=kind.where.value,
        common=name in LIVE,
        numbers={key: FaultNumber(usual=n.usual, low=n.low, high=n.high) for key, n in kind.numbers.items()},
    )
    for name, kind in CATALOGUE.items()
)
