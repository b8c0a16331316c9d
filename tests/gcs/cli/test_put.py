"""`aeropatrol put` against a server that answers as ground control does."""

import asyncio

import pytest
import typer
from aiohttp import web
from aiohttp.test_utils import TestServer
from typer.testing import CliRunner

from gcs.cli.put import put
from gcs.vehicles.files import LARGEST_PUT

app = typer.Typer()
app.command()(put)
PATH = "/APM/scripts/a.lua"


async def run(*arguments, answer=None):
    return await asyncio.to_thread(CliRunner().invoke, app, [*arguments], input=answer)


@pytest.fixture
async def centre():
    """`asked` are the requests; vehicles but main-1 are refused."""
    asked = []

    async def take(request):
        asked.append((request.match_info["id"], dict(request.query), await request.read(), request.headers["X-Seat"]))
        if request.match_info["id"] != "main-1":
            return web.json_response({"detail": "main-9 was never heard"}, status=404)
        return web.json_response({"vehicle": "main-1", "path": request.query["path"], "size": 3})

    application = web.Application()
    application.router.add_put("/api/v1/vehicles/{id}/file", take)
    async with TestServer(application) as server:
        server.asked = asked
        yield server


@pytest.fixture
def script(tmp_path):
    file = tmp_path / "a.lua"
    file.write_bytes(b"lua")
    return str(file)


async def test_a_file_is_put_after_asking(centre, script):
    url = str(centre.make_url("/"))
    no = await run("main-1", script, PATH, "--url", url, answer="n\n")
    assert (no.exit_code, centre.asked) == (1, [])
    yes = await run("main-1", script, PATH, "--url", url, "--seat", "chen", answer="y\n")
    assert yes.exit_code == 0
    assert "main-1 holds /APM/scripts/a.lua: 3 bytes, read back and equal" in yes.output
    assert centre.asked == [("main-1", {"path": PATH, "confirm": "main-1"}, b"lua", "chen")]


async def test_what_cannot_be_done_is_one_line_and_exit_code_1(centre, script, tmp_path):
    large = tmp_path / "large"
    large.write_bytes(bytes(LARGEST_PUT + 1))
    for vehicle, file in (("main-9", script), ("main-1", str(tmp_path / "none")), ("main-1", str(large))):
        result = await run(vehicle, file, PATH, "--yes", "--url", str(centre.make_url("/")))
        assert result.exit_code == 1
        assert result.output.startswith("aeropatrol: ")
        assert result.output.count("\n") == 1


async def test_the_record_names_a_person_and_one_verb_after_another_is_the_same_seat(centre, script, monkeypatch):
    monkeypatch.setattr("getpass.getuser", lambda: "li.wei")
    url = str(centre.make_url("/"))
    assert (await run("main-1", script, PATH, "--url", url, "--yes")).exit_code == 0

    def unknown():
        raise KeyError("no such user")

    monkeypatch.setattr("getpass.getuser", unknown)
    assert (await run("main-1", script, PATH, "--url", url, "--yes")).exit_code == 0
    assert [seat for *_, seat in centre.asked] == ["li.wei", "terminal"]
