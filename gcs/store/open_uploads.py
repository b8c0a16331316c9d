"""Which vehicles an upload of ours was begun on and never verified: one empty file each, synced.

A vehicle whose file cannot be removed stays listed: it is asked for another upload, which is safe.
"""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from urllib.parse import quote, unquote

SUFFIX = ".open"


class OpenUploadFiles:
    """`folder` is made when it is needed. OSError when the disk fails."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def vehicles(self) -> frozenset[str]:
        """Those left by whoever ran before us; read once, before anything runs."""
        return frozenset(unquote(file.name.removesuffix(SUFFIX)) for file in self._folder.glob(f"*{SUFFIX}"))

    async def began(self, vehicle_id: str) -> None:
        await asyncio.to_thread(self._put, vehicle_id)

    async def verified(self, vehicle_id: str) -> None:
        await asyncio.to_thread(self._drop, vehicle_id)

    def _put(self, vehicle_id: str) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        self._file(vehicle_id).touch()
        self._sync()

    def _drop(self, vehicle_id: str) -> None:
        self._file(vehicle_id).unlink(missing_ok=True)
        self._sync()

    def _file(self, vehicle_id: str) -> Path:
        return self._folder / f"{quote(vehicle_id, safe='')}{SUFFIX}"

    def _sync(self) -> None:
        """The name is all there is to keep, so the folder is what is synced."""
        handle = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
