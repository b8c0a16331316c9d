"""Pictures as files named by the SHA-256 of their bytes: the same picture is kept once, and a file proves itself.

Calls touch the disk: not on the event loop.
"""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Collection
from pathlib import Path

from gcs.sightings.pictures import SUFFIXES, digest
from gcs.store.errors import StoreError, StoreFullError

_NAME = re.compile(r"[0-9a-f]{64}")
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


class PictureFiles:
    """The folder is made when the first picture comes. Every method raises StoreError when the disk fails."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, data: bytes, media_type: str) -> str:
        """The picture's name, once its file is synced. A file that is there already counts as new again."""
        name = digest(data)
        file = self._file(name, media_type)
        try:
            if file.is_file():
                os.utime(file)
                return name
            file.parent.mkdir(parents=True, exist_ok=True)
            _write(file, data)
        except OSError as error:
            kind = StoreFullError if error.errno in _FULL else StoreError
            raise kind(f"{file}: {error.strerror or error}") from error
        return name

    def get(self, name: str) -> tuple[bytes, str] | None:
        """The picture and its type; None when there is none (any more), or its file is not what its name says."""
        for media_type in SUFFIXES if _NAME.fullmatch(name) else ():
            try:
                data = self._file(name, media_type).read_bytes()
            except FileNotFoundError:
                continue
            except OSError as error:
                raise StoreError(f"picture {name}: {error.strerror or error}") from error
            return (data, media_type) if digest(data) == name else None
        return None

    def drop_before(self, unix_s: float, kept: Collection[str]) -> int:
        """Remove what came in before then, apart from the names in `kept`; how many were removed."""
        removed = 0
        try:
            for file in sorted(self._folder.glob("??/*")):
                if file.stem not in kept and file.stat().st_mtime < unix_s:
                    file.unlink(missing_ok=True)
                    removed += 1
        except OSError as error:
            raise StoreError(f"{self._folder}: {error.strerror or error}") from error
        return removed

    def _file(self, name: str, media_type: str) -> Path:
        return self._folder / name[:2] / f"{name}.{SUFFIXES[media_type]}"


def _write(file: Path, data: bytes) -> None:
    """Whole or not at all, and on the disk when it returns."""
    written = file.with_suffix(f".{os.getpid()}.new")
    try:
        with written.open("wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        written.replace(file)
    except OSError:
        written.unlink(missing_ok=True)
        raise
    for folder in (file.parent, file.parent.parent):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
