"""Files that a vehicle keeps: its dataflash logs, and whatever else its file transfer shows; and files put there.

Each reading and writing is an event with its actor. Nothing is transferred while the vehicle is armed: it says less
of itself meanwhile, and its log is being written. A file that was put there is read back and compared.
"""

from __future__ import annotations

from functools import partial
from hashlib import sha256
from typing import Protocol, TypeVar

from gcs.vehicles.policy import transfer_refusal
from gcs.vehicles.work import Ending, Work
from telemetry.services.ftp_get import FtpGet, FtpGetOutcome
from telemetry.services.ftp_list import FtpEntry, FtpList, FtpListOutcome
from telemetry.services.ftp_payload import MAX_DATA
from telemetry.services.ftp_put import FtpPut, FtpPutOutcome
from telemetry.services.log_transfer import LogDownload, LogEntry, LogList, LogListOutcome, LogOutcome

TURN = "files"
LARGEST = 256 * 1024 * 1024
LARGEST_PUT = 4 * 1024 * 1024
"""More takes hours: chunks go one at a time."""
VIRTUAL = "@"
"""ArduPilot's own state as files (`@PARAM`, `@MISSION`): it is set by ways that check what may be set."""
T = TypeVar("T")


class FileUnreadError(Exception):
    """It could not be read whole; the text says why."""


class FileUnwrittenError(Exception):
    """The vehicle does not hold what it was given; the text says why. What it holds there now is unknown."""


class UnknownLogError(LookupError):
    """The vehicle has no log of that number."""


class Runs(Protocol):
    """What is needed of the station."""

    async def run(self, vehicle_id: str, work: Work[T], actor: str) -> T: ...


class FileDesk:
    """Every method raises WorkRefusedError when the vehicle must not be asked now, FileUnreadError when it
    does not give what it was asked for, FileUnwrittenError when it does not keep what it was given."""

    def __init__(self, station: Runs) -> None:
        self._station = station

    async def logs(self, vehicle_id: str, actor: str) -> tuple[LogEntry, ...]:
        """The dataflash logs, oldest first."""
        work = Work(kind="logs", turn=TURN, make=LogList, ended=_listed, refusal=transfer_refusal)
        outcome = await self._station.run(vehicle_id, work, actor)
        if outcome.entries is None:
            raise FileUnreadError(outcome.reason)
        return outcome.entries

    async def log(self, vehicle_id: str, number: int, actor: str) -> bytes:
        """One dataflash log, whole. UnknownLogError when there is none of that number."""
        entry = next((entry for entry in await self.logs(vehicle_id, actor) if entry.id == number), None)
        if entry is None:
            raise UnknownLogError(f"{vehicle_id} has no log {number}")
        if entry.size > LARGEST:
            raise FileUnreadError(f"log {number} is larger than {LARGEST} bytes")
        told = {"log": number, "bytes": entry.size}
        make = partial(LogDownload, entry=entry)
        work = Work(
            kind="log", turn=TURN, make=make, ended=_read, told=told, about=str(number), refusal=transfer_refusal
        )
        outcome = await self._station.run(vehicle_id, work, actor)
        return _data(outcome)

    async def folder(self, vehicle_id: str, path: str, actor: str) -> tuple[FtpEntry, ...]:
        """What is in a folder. ValueError for a path that cannot be asked for."""
        make = partial(FtpList, path=_checked(path))
        told = {"path": path}
        work = Work(kind="folder", turn=TURN, make=make, ended=_listed, told=told, about=path, refusal=transfer_refusal)
        outcome = await self._station.run(vehicle_id, work, actor)
        if outcome.entries is None:
            raise FileUnreadError(outcome.reason)
        return outcome.entries

    async def file(self, vehicle_id: str, path: str, actor: str) -> bytes:
        """A file, whole. ValueError for a path that cannot be asked for."""
        make = partial(FtpGet, path=_checked(path), limit=LARGEST)
        told = {"path": path}
        work = Work(kind="file", turn=TURN, make=make, ended=_read, told=told, about=path, refusal=transfer_refusal)
        outcome = await self._station.run(vehicle_id, work, actor)
        return _data(outcome)

    async def put(self, vehicle_id: str, path: str, data: bytes, actor: str) -> None:
        """Put a file there, in place of what was there, and read it back. ValueError for a path that cannot be
        written, or too many bytes."""
        if path.startswith(VIRTUAL):
            raise ValueError(f"{path} is no file: parameters and missions have ways of their own")
        if len(data) > LARGEST_PUT:
            raise ValueError(f"a file for a vehicle has at most {LARGEST_PUT} bytes")
        make = partial(FtpPut, path=_checked(path), data=data)
        told = {"path": path, "size": len(data), "sha256": sha256(data).hexdigest()}
        work = Work(
            kind="file.put", turn=TURN, make=make, ended=_written, told=told, about=path, refusal=transfer_refusal
        )
        outcome = await self._station.run(vehicle_id, work, actor)
        if not outcome.ok:
            raise FileUnwrittenError(outcome.reason)
        if await self.file(vehicle_id, path, actor) != data:
            raise FileUnwrittenError("what was read back differs")


def _checked(path: str) -> str:
    if not 0 < len(path.encode()) <= MAX_DATA or "\0" in path:
        raise ValueError(f"a path on a vehicle has 1 to {MAX_DATA} bytes")
    return path


def _data(outcome: FtpGetOutcome | LogOutcome) -> bytes:
    if outcome.data is None:
        raise FileUnreadError(outcome.reason)
    return outcome.data


def _written(outcome: FtpPutOutcome) -> Ending:
    return outcome.ok, {"reason": outcome.reason}


def _listed(outcome: FtpListOutcome | LogListOutcome) -> Ending:
    number = None if outcome.entries is None else len(outcome.entries)
    return outcome.entries is not None, {"number": number, "reason": outcome.reason}


def _read(outcome: FtpGetOutcome | LogOutcome) -> Ending:
    size = None if outcome.data is None else len(outcome.data)
    return outcome.data is not None, {"size": size, "reason": outcome.reason}
