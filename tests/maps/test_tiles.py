"""Tiles from an MBTiles file and from a service: pictures only, and never an exception."""

import sqlite3

import pytest
from aiohttp import web

from gcs.config import Basemap
from maps.tiles import LARGEST_TILE_BYTES, Tiles, picture_type

PNG = b"\x89PNG\r\n\x1a\n" + bytes(50)
JPEG = b"\xff\xd8\xff\xe0" + bytes(50)


@pytest.fixture
def mbtiles(tmp_path):
    path = tmp_path / "city map.mbtiles"
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE tiles (zoom_level, tile_column, tile_row, tile_data BLOB)")
        rows = [
            (2, 1, 3, PNG),
            (2, 1, 0, JPEG),
            (2, 2, 2, b"<html>"),
            (2, 3, 3, "text"),
            (2, 0, 0, PNG + bytes(LARGEST_TILE_BYTES)),
        ]
        database.executemany("INSERT INTO tiles VALUES (?, ?, ?, ?)", rows)
    database.close()
    return path


async def test_a_file_is_read_with_rows_from_the_south(mbtiles):
    tiles = Tiles([Basemap(name="city", mbtiles=str(mbtiles))])
    assert await tiles.tile("base0", 2, 1, 0) == (PNG, "image/png")
    assert await tiles.tile("base0", 2, 1, 3) == (JPEG, "image/jpeg")
    assert await tiles.tile("base0", 2, 0, 1) is None, "there is none"
    await tiles.close()


@pytest.mark.parametrize(("x", "y"), [(2, 1), (3, 0), (0, 3)], ids=["no picture", "no bytes", "too large"])
async def test_what_is_no_tile_is_not_handed_on(mbtiles, x, y):
    tiles = Tiles([Basemap(name="city", mbtiles=str(mbtiles))])
    assert await tiles.tile("base0", 2, x, y) is None
    await tiles.close()


@pytest.mark.parametrize(
    ("name", "z", "x", "y"),
    [("base1", 2, 1, 0), ("../x", 2, 1, 0), ("base0", 2, 4, 0), ("base0", -1, 0, 0), ("base0", 99, 0, 0)],
)
async def test_places_that_no_map_has_are_empty(mbtiles, name, z, x, y):
    tiles = Tiles([Basemap(name="city", mbtiles=str(mbtiles))])
    assert await tiles.tile(name, z, x, y) is None
    await tiles.close()


@pytest.mark.parametrize("content", [None, b"", b"this is no database" * 100])
async def test_a_broken_or_missing_file_is_an_empty_map_and_one_line_in_the_log(tmp_path, caplog, content):
    path = tmp_path / "broken.mbtiles"
    if content is not None:
        path.write_bytes(content)
    tiles = Tiles([Basemap(name="city", mbtiles=str(path))])
    for _ in range(5):
        assert await tiles.tile("base0", 2, 1, 0) is None
    assert [record.message for record in caplog.records if "broken.mbtiles" in record.message][1:] == []
    assert len(caplog.records) == 1
    await tiles.close()
    assert path.exists() == (content is not None), "nothing was written"


@pytest.fixture
async def service():
    """A tile service on this machine; its answers are what the test puts into `answers`, by path."""
    answers = {}

    async def answer(request):
        return answers[request.path]()

    app = web.Application()
    app.router.add_get("/{rest:.*}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}", answers
    await runner.cleanup()


def _redirect():
    raise web.HTTPFound("/2/0/0.png")


async def test_a_service_is_asked_in_the_numbering_of_its_template(service):
    address, answers = service
    answers |= {
        "/2/1/0.png": lambda: web.Response(body=PNG, content_type="application/octet-stream"),
        "/2/1/1.png": lambda: web.Response(status=404, body=PNG),
        "/2/1/2.png": lambda: web.Response(text="<script>alert(1)</script>", content_type="image/png"),
        "/2/1/3.png": lambda: web.Response(body=PNG + bytes(LARGEST_TILE_BYTES)),
        "/2/2/0.png": _redirect,
    }
    tiles = Tiles([Basemap(name="street", url=address + "/{z}/{x}/{y}.png")])
    assert await tiles.tile("base0", 2, 1, 0) == (PNG, "image/png")
    for x, y in ((1, 1), (1, 2), (1, 3), (2, 0)):
        assert await tiles.tile("base0", 2, x, y) is None
    await tiles.close()


async def test_a_service_out_of_reach_is_an_empty_map(caplog):
    tiles = Tiles([Basemap(name="street", url="http://127.0.0.1:9/{z}/{x}/{y}.png")])
    for _ in range(3):
        assert await tiles.tile("base0", 2, 1, 0) is None
    assert len(caplog.records) == 1
    await tiles.close()


def test_a_webp_is_a_picture_and_a_wave_file_is_none():
    assert picture_type(b"RIFF\x00\x00\x00\x00WEBPVP8 ") == "image/webp"
    assert picture_type(b"RIFF\x00\x00\x00\x00WAVEfmt ") is None
