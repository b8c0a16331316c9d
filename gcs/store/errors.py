"""What goes wrong with the disk or the database. All are OSErrors: the request was right, the machine was not."""

from __future__ import annotations

from pathlib import Path


class StoreError(OSError):
    """Something could not be kept or read; nothing of it was."""


class StoreFullError(StoreError):
    """There is no space left."""


class UnstorableError(StoreError):
    """This one record cannot be written, whatever the disk does."""


class FolderInUseError(StoreError):
    """Another server uses the data folder."""

    def __init__(self, folder: Path, owner: str) -> None:
        self.folder = folder
        who = f" (process {owner})" if owner else ""
        super().__init__(f"{folder} is in use by another server{who}; stop that one or choose another --data folder")


class BadDatabaseError(StoreError):
    """The database file is damaged, or of a newer program; the text names the file and what to do."""

    def __init__(self, file: Path, problem: str) -> None:
        self.file = file
        super().__init__(f"{file}: {' '.join(problem.split())}")
