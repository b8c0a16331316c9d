"""Parameters as they were read, a folder a vehicle: each set once, in a file named by its hash.

    {vehicle}/{hash}.json      [[name, value, type], ...]
    {vehicle}/latest.json      {"hash": ..., "read_at": ...}

A file that is damaged counts as not there: parameters can be read again.
"""

from __future__ import annotations

import asyncio
import os
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

import msgspec

from gcs.store.engine import explain
from gcs.vehicles.param_set import ParamSet
from telemetry.services.parameter import Parameter

SETS_KEPT = 50
LATEST = "latest.json"


class _Latest(msgspec.Struct, frozen=True):
    hash: str
    read_at: datetime


_Rows = list[tuple[str, float, int]]


class ParamFiles:
    """`folder` is made when it is needed; of each vehicle the newest `SETS_KEPT` sets stay."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def put(self, vehicle_id: str, params: ParamSet) -> None:
        """StoreError when the disk fails."""
        try:
            await asyncio.to_thread(self._put, vehicle_id, params)
        except OSError as error:
            raise explain(error, self._folder) from error

    async def latest(self, vehicle_id: str) -> ParamSet | None:
        """StoreError when the disk fails."""
        try:
            return await asyncio.to_thread(self._latest, vehicle_id)
        except OSError as error:
            raise explain(error, self._folder) from error

    def _put(self, vehicle_id: str, params: ParamSet) -> None:
        folder = self._of(vehicle_id)
        folder.mkdir(parents=True, exist_ok=True)
        rows: _Rows = [(name, p.value, p.kind) for name, p in params.parameters.items()]
        _write(folder / f"{params.hash}.json", msgspec.json.encode(rows))
        _write(folder / LATEST, msgspec.json.encode(_Latest(params.hash, params.read_at)))
        sets = sorted(folder.glob("*.json"), key=lambda file: file.stat().st_mtime, reverse=True)
        for file in [file for file in sets if file.name != LATEST][SETS_KEPT:]:
            file.unlink(missing_ok=True)

    def _latest(self, vehicle_id: str) -> ParamSet | None:
        folder = self._of(vehicle_id)
        try:
            latest = msgspec.json.decode((folder / LATEST).read_bytes(), type=_Latest)
            rows = msgspec.json.decode((folder / f"{Path(latest.hash).name}.json").read_bytes(), type=_Rows)
        except (FileNotFoundError, msgspec.DecodeError):
            return None
        parameters = {name: Parameter(name, value, kind) for name, value, kind in rows}
        return ParamSet(latest.hash, latest.read_at, parameters)

    def _of(self, vehicle_id: str) -> Path:
        return self._folder / f"vehicle-{quote(vehicle_id, safe='')}"


def _write(file: Path, data: bytes) -> None:
    """Whole or not at all."""
    made = file.with_suffix(".new")
    with made.open("wb") as handle:
        handle.write(data)
        handle.flush()
        os.fsync(handle.fileno())
    made.replace(file)
