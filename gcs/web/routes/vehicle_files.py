"""What a vehicle keeps: its dataflash logs, and the files that it shows and takes."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec
from aiohttp import web

from gcs.vehicles.files import LARGEST_PUT
from gcs.web.body import read_limited
from gcs.web.holding import askable, confirmed, take_lease
from gcs.web.problem import ProblemError
from gcs.web.route import Call, Query, Route

BYTES = "application/octet-stream"


class LogView(msgspec.Struct, frozen=True, kw_only=True):
    """A dataflash log; `ended_at` is null where the vehicle did not know the time."""

    number: int
    size: int
    ended_at: datetime | None


class EntryView(msgspec.Struct, frozen=True, kw_only=True):
    """Something in a folder; `size` in bytes, null for a folder."""

    name: str
    folder: bool
    size: int | None


class FileKept(msgspec.Struct, frozen=True, kw_only=True):
    """The vehicle was read back and holds exactly these `size` bytes."""

    vehicle: str
    path: str
    size: int


async def list_logs(call: Call[None]) -> tuple[LogView, ...]:
    logs = await call.services.files.logs(askable(call), call.actor)
    ends = {log.id: datetime.fromtimestamp(log.utc_s, UTC) if log.utc_s else None for log in logs}
    return tuple(LogView(number=log.id, size=log.size, ended_at=ends[log.id]) for log in logs)


async def get_log(call: Call[None]) -> web.Response:
    vehicle, said = askable(call), call.part("number")
    if not (said.isascii() and said.isdigit() and len(said) <= 5):
        raise ProblemError(404, "log.unknown", "a log has a number")
    return _attached(await call.services.files.log(vehicle, int(said), call.actor), f"{said}.bin")


async def list_folder(call: Call[None]) -> tuple[EntryView, ...]:
    vehicle, path = askable(call), call.request.query.get("path", "/")
    try:
        entries = await call.services.files.folder(vehicle, path, call.actor)
    except ValueError as error:
        raise ProblemError(422, "file.path", str(error), field="path") from error
    return tuple(EntryView(name=entry.name, folder=entry.directory, size=entry.size) for entry in entries)


async def get_file(call: Call[None]) -> web.Response:
    vehicle, path = askable(call), call.request.query.get("path", "")
    try:
        data = await call.services.files.file(vehicle, path, call.actor)
    except ValueError as error:
        raise ProblemError(422, "file.path", str(error), field="path") from error
    return _attached(data, "file.bin")


async def put_file(call: Call[None]) -> FileKept:
    """The body is the file itself."""
    vehicle, path = confirmed(call, call.request.query.get("confirm", "")), call.request.query.get("path", "")
    data = await read_limited(call.request, LARGEST_PUT)
    take_lease(call, vehicle)
    try:
        await call.services.files.put(vehicle, path, data, call.actor)
    except ValueError as error:
        raise ProblemError(422, "file.path", str(error), field="path") from error
    return FileKept(vehicle=vehicle, path=path, size=len(data))


def _attached(data: bytes, name: str) -> web.Response:
    """Never shown as a page, whatever the vehicle gave."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return web.Response(body=data, content_type=BYTES, headers=headers)


_PATH = (Query("path", "the path on the vehicle", "string"),)
_TAG: dict[str, Any] = {"tag": "vehicles", "problems": (409, 422, 504)}
ROUTES = (
    Route("GET", "/vehicles/{id}/logs", list_logs, "the vehicle's dataflash logs", answer=list[LogView], **_TAG),
    Route("GET", "/vehicles/{id}/logs/{number}", get_log, "one dataflash log", content=BYTES, **_TAG),
    Route(
        "GET", "/vehicles/{id}/folder", list_folder, "a folder on the vehicle", answer=list[EntryView], query=_PATH,
        **_TAG,
    ),
    Route("GET", "/vehicles/{id}/file", get_file, "a file on the vehicle", content=BYTES, query=_PATH, **_TAG),
    Route(
        "PUT", "/vehicles/{id}/file", put_file, "puts a file, which is the body itself, on the vehicle", "vehicles",
        answer=FileKept, query=(*_PATH, Query("confirm", "names the vehicle again", "string")),
        problems=(408, 409, 413, 415, 422, 504),
    ),
)  # fmt: skip
