"""Drills that were done: one JSON line each in the data folder, and who is current in what.

A line that cannot be read is left out and stays in the file. A trainee is current in a drill for 90 days
after passing it.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import msgspec

from gcs.training.model import Currency, RunRecord

FILE, DEBRIEF, LOG = "runs.jsonl", "debrief.html", "log.jsonl"
UNDONE_LOG = "undone-{}.jsonl"
"""What a rewind took out of the log, counted from 1."""
CURRENT_FOR = timedelta(days=90)


class Records:
    """The runs kept in `folder`, oldest first. Writing raises OSError."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._path = folder / FILE

    def all(self) -> tuple[RunRecord, ...]:
        try:
            lines = self._path.read_bytes().splitlines()
        except FileNotFoundError:
            return ()
        found = []
        for line in lines:
            try:
                found.append(msgspec.json.decode(line, type=RunRecord))
            except (msgspec.ValidationError, msgspec.DecodeError):
                continue
        return tuple(found)

    def run_folder(self, run_id: str) -> Path:
        """Where the run's own files are."""
        return self.folder / "runs" / run_id

    def debrief(self, run_id: str) -> Path | None:
        """The page about a run that is on record; None where there is none."""
        if all(run.id != run_id for run in self.all()):
            return None
        path = self.run_folder(run_id) / DEBRIEF
        return path if path.is_file() else None

    def add(self, run: RunRecord) -> None:
        """Keep it; returns when it is on the disk."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with self._path.open("ab") as file:
            file.write(msgspec.json.encode(run) + b"\n")
            file.flush()
            os.fsync(file.fileno())


def earlier_runs(runs: Sequence[RunRecord], drill: str, before: datetime) -> tuple[RunRecord, ...]:
    """Runs of the same drill before that moment, newest first."""
    return tuple(sorted((r for r in runs if r.drill == drill and r.at < before), key=lambda run: run.at, reverse=True))


def currency(runs: Sequence[RunRecord], now: datetime) -> tuple[Currency, ...]:
    """Each trainee's standing in each drill that they did, by name."""
    done: dict[tuple[str, str], list[RunRecord]] = {}
    for run in runs:
        done.setdefault((run.trainee, run.drill), []).append(run)
    return tuple(_standing(trainee, drill, mine, now) for (trainee, drill), mine in sorted(done.items()))


def _standing(trainee: str, drill: str, runs: Sequence[RunRecord], now: datetime) -> Currency:
    passed = [run.at for run in runs if run.score.passed]
    passed_at, newest = max(passed, default=None), max(runs, key=lambda run: run.at)
    return Currency(
        trainee=trainee,
        drill=drill,
        zh=newest.zh,
        en=newest.en,
        runs=len(runs),
        best=max(run.score.points / run.score.of if run.score.of else 0.0 for run in runs),
        last_at=newest.at,
        passed_at=passed_at,
        current=passed_at is not None and now - passed_at <= CURRENT_FOR,
    )
