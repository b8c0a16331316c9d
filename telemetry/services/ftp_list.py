"""Lists a directory on a vehicle.

The answers hold entries parted by NUL: `F` name TAB size, `D` name, `S` something to skip; the next request
starts at the number of entries already told, until the vehicle says END_OF_FILE.
"""

from __future__ import annotations

from dataclasses import dataclass

from telemetry.services.ftp_dialogue import FtpDialogue
from telemetry.services.ftp_payload import FtpError, FtpPayload, Op
from telemetry.services.machine import Progress
from telemetry.services.peer import Address

MAX_ENTRIES = 10_000


@dataclass(frozen=True, slots=True)
class FtpEntry:
    """`size` in bytes; None for a directory, or where the vehicle gave no number."""

    name: str
    directory: bool
    size: int | None = None


@dataclass(frozen=True, slots=True)
class FtpListOutcome:
    """`entries` None when the directory could not be listed, with the reason."""

    entries: tuple[FtpEntry, ...] | None
    reason: str = ""


class FtpList(FtpDialogue[FtpListOutcome]):
    """Lists `path`."""

    def __init__(self, target: Address, own: Address, path: str) -> None:
        super().__init__(target, own)
        self._path = path.encode()
        self._entries: list[FtpEntry] = []
        self._told = 0

    @property
    def progress(self) -> Progress:
        return Progress(self._told, None, "items")

    def start(self, now_s: float) -> None:
        self._ask(Op.LIST_DIRECTORY, now_s, data=self._path)

    def _acknowledged(self, answer: FtpPayload, request: FtpPayload, now_s: float) -> None:  # noqa: ARG002
        told = [part for part in answer.data.split(b"\0") if part]
        self._told += len(told)
        self._entries += [entry for part in told if (entry := _entry(part)) is not None]
        if not told or self._told >= MAX_ENTRIES:
            self._end(FtpListOutcome(tuple(self._entries)), now_s, session_open=False)
        else:
            self._ask(Op.LIST_DIRECTORY, now_s, offset=self._told, data=self._path)

    def _refused(self, error: FtpError, request: FtpPayload, now_s: float) -> None:  # noqa: ARG002
        if error is FtpError.END_OF_FILE:
            self._end(FtpListOutcome(tuple(self._entries)), now_s, session_open=False)
        else:
            self._fail(f"the vehicle cannot list it: {error.name}", now_s)

    def _failed(self, reason: str) -> FtpListOutcome:
        return FtpListOutcome(None, reason)


def _entry(part: bytes) -> FtpEntry | None:
    kind, text = part[:1], part[1:].decode("utf-8", "replace")
    name, _, size = text.partition("\t")
    if kind == b"D":
        return FtpEntry(name, directory=True)
    if kind == b"F":
        return FtpEntry(name, directory=False, size=int(size) if size.isascii() and size.isdigit() else None)
    return None
