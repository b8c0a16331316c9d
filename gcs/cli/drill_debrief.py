"""What is kept of a drill that is over: its log, its score, its debrief, a line in the record."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from gcs.cli.drill_again import keep_inputs
from gcs.cli.drill_happenings import happenings
from gcs.cli.drill_host import called
from gcs.cli.drill_session import DrillSession
from gcs.sightings.catalogue import Catalogue
from gcs.training.model import RunRecord
from gcs.training.records import DEBRIEF, LOG, UNDONE_LOG, Records, currency, earlier_runs
from maps.debrief import debrief_html
from maps.debrief_scene import Mark, Mover, Scene
from simulators.drill.engine import Entry, json_lines
from simulators.drill.score import score


def keep_run(session: DrillSession, records: Records, classes: Catalogue) -> RunRecord:
    """Write all of it to the run's folder and the record. Raises OSError. Not on the loop."""
    engine, drill = session.engine, session.drill
    made = score(drill, engine.world, engine.log, called(classes))
    before = records.all()
    record = RunRecord(
        id=session.run_id,
        drill=drill.id,
        zh=drill.zh,
        en=drill.en,
        trainee=session.trainee,
        at=session.began_at,
        duration_s=round(engine.now_s, 1),
        speedup=session.speedup,
        score=made,
        debrief=True,
    )
    standing = [one for one in currency((*before, record), datetime.now(UTC)) if one.trainee == record.trainee]
    earlier = earlier_runs(before, drill.id, record.at)
    page = debrief_html(record, (drill.brief_zh, drill.brief_en), scene_of(session, classes), earlier, standing)
    folder = records.run_folder(session.run_id)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / LOG).write_bytes(engine.log_bytes())
    for number, entries in enumerate(engine.undone, 1):
        (folder / UNDONE_LOG.format(number)).write_bytes(json_lines(entries))
    (folder / DEBRIEF).write_text(page, "utf-8")
    keep_inputs(session, folder)
    records.add(record)
    return record


def scene_of(session: DrillSession, classes: Catalogue) -> Scene:
    """Everything that the replay shows, from the drill and its log."""
    engine, drill = session.engine, session.drill
    end_s = engine.now_s
    return Scene(
        area=_lonlat(drill.place.area),
        no_fly=tuple(_lonlat(zone) for zone in drill.place.no_fly),
        home=(drill.place.home[1], drill.place.home[0]),
        end_s=end_s,
        swath_m=drill.fleet.swath_m,
        vehicles=tuple(_tracks(engine.log)),
        things=tuple(
            Mover(
                thing.id,
                tuple(
                    (at_s, spot.lon_deg, spot.lat_deg)
                    for at_s in _times(thing.appears_s, min(end_s, thing.leaves_s or end_s))
                    for spot in (thing.at(at_s),)
                ),
                klass=thing.klass,
                find=thing.find,
            )
            for thing in engine.world.things
            if thing.appears_s < end_s
        ),
        sightings=tuple(
            Mark(entry.at_s, entry.data["lon"], entry.data["lat"], entry.data["klass"])
            for entry in engine.log
            if entry.kind == "sighting.report"
        ),
        bookmarks=tuple((entry.at_s, entry.data["name"]) for entry in engine.log if entry.kind == "bookmark"),
        happenings=tuple(happenings(drill, engine.log, classes)),
    )


def _lonlat(points: tuple[tuple[float, float], ...]) -> tuple[tuple[float, float], ...]:
    return tuple((lon, lat) for lat, lon in points)


def _times(start_s: float, end_s: float, step_s: float = 10.0) -> Iterator[float]:
    at_s = start_s
    while at_s < end_s:
        yield at_s
        at_s += step_s
    yield end_s


def _tracks(log: list[Entry]) -> Iterator[Mover]:
    poses: dict[int, list[tuple[float, float, float]]] = {}
    for entry in log:
        if entry.kind == "pose":
            poses.setdefault(entry.data["vehicle"], []).append((entry.at_s, entry.data["lon"], entry.data["lat"]))
    for vehicle, track in sorted(poses.items()):
        yield Mover(str(vehicle), tuple(track))
