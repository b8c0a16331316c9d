"""Logs and files of a vehicle over HTTP."""

from gcs.vehicles.files import LARGEST_PUT, FileUnreadError, FileUnwrittenError
from gcs.vehicles.work import WorkRefusedError

BASE = "/api/v1/vehicles/main-1"


async def test_logs_are_listed_and_one_is_given_whole(api):
    assert await (await api.get(f"{BASE}/logs")).json() == [
        {"number": 1, "size": 3, "ended_at": "2026-01-01T00:00:00Z"},
        {"number": 2, "size": 5, "ended_at": None},
    ]
    assert await (await api.get(f"{BASE}/logs/1")).read() == b"log"


async def test_a_folder_and_a_file(api):
    entries = await (await api.get(f"{BASE}/folder?path=/")).json()
    assert entries == [
        {"name": "APM", "folder": True, "size": None},
        {"name": "<b>.txt", "folder": False, "size": 5},
    ]


async def test_what_a_vehicle_gives_is_never_shown_as_a_page(api):
    for path in ("logs/1", "file?path=/a.html"):
        answer = await api.get(f"{BASE}/{path}")
        assert answer.content_type == "application/octet-stream"
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


async def test_what_is_not_there_or_cannot_be_asked_for(api, behind, refused):
    await refused(await api.get(f"{BASE}/logs/9"), 404, "log.unknown")
    await refused(await api.get(f"{BASE}/logs/x"), 404, "log.unknown")
    await refused(await api.get(f"{BASE}/file"), 422, "file.path")
    await refused(await api.get("/api/v1/vehicles/main-9/logs"), 404, "vehicle.unknown")
    behind.files.error = FileUnreadError("nothing came for 15 s")
    await refused(await api.get(f"{BASE}/logs"), 504, "file.unread")
    behind.files.error = WorkRefusedError("the vehicle is armed")
    await refused(await api.get(f"{BASE}/logs"), 409, "vehicle.refused")


async def test_in_a_recording_nobody_is_asked(serve, refused):
    api = await serve(replay=True)
    for path in ("logs", "logs/1", "folder?path=/", "file?path=/a"):
        await refused(await api.get(f"{BASE}/{path}"), 409, "replay.read_only")


PUT = f"{BASE}/file?path=/APM/a.lua&confirm=main-1"


async def test_a_file_is_put_on_a_vehicle_that_is_named_twice_and_held(api, behind, refused):
    answer = await api.put(PUT, data=b"lua", headers={"X-Seat": "chen"})
    assert await answer.json() == {"vehicle": "main-1", "path": "/APM/a.lua", "size": 3}
    assert behind.files.written == [("main-1", "/APM/a.lua", b"lua", "chen")]
    await refused(await api.put(PUT, data=b"lua", headers={"X-Seat": "wang"}), 409, "vehicle.held")
    await refused(await api.put(f"{BASE}/file?path=/a", data=b"lua"), 422, "command.not_confirmed")
    assert len(behind.files.written) == 1


async def test_a_file_that_does_not_fit_or_was_not_kept(api, behind, refused):
    await refused(await api.put(PUT, data=bytes(LARGEST_PUT + 1)), 413, "body.too_large")
    await refused(await api.put(f"{BASE}/file?confirm=main-1", data=b"x"), 422, "file.path")
    behind.files.error = FileUnwrittenError("what was read back differs")
    await refused(await api.put(PUT, data=b"x"), 504, "file.unwritten")
    assert behind.files.written == []


async def test_in_a_recording_nothing_is_put(serve, behind, refused):
    api = await serve(replay=True)
    await refused(await api.put(PUT, data=b"lua"), 409, "replay.read_only")
    assert behind.files.written == []
