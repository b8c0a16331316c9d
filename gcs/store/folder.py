"""One server a data folder: whoever holds the lock file's lock owns it. A crash gives the lock back."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from gcs.store.errors import FolderInUseError, StoreError

LOCK_FILE = "server.lock"


class FolderLock:
    """Held from the moment it is made until `release`. Raises FolderInUseError, or StoreError for a bad folder."""

    def __init__(self, folder: Path) -> None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._descriptor: int | None = os.open(folder / LOCK_FILE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise StoreError(f"{folder} cannot be used as data folder: {error.strerror or error}") from error
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            owner = os.read(self._descriptor, 20).decode("ascii", "replace").strip()
            self.release()
            raise FolderInUseError(folder, owner) from error
        _sign(self._descriptor)

    def release(self) -> None:
        """Let the next one have the folder; once is enough."""
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            os.close(descriptor)


def _sign(descriptor: int) -> None:
    """Write who holds it, for the message of the one who comes too late; a full disk is no reason to stop."""
    try:
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
    except OSError:
        return
