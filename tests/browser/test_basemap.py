"""Base maps of the site: tiles come from this program, and a shifted one shifts the map and not the data."""

import sqlite3
import struct
import zlib

import pytest
from playwright.sync_api import expect

from gcs.config import Basemap
from maps.datum import to_gcj02

pytestmark = pytest.mark.browser
HOSTILE = "<img src=x onerror=window.pwned=1>"


def png(side=256):
    """A plain picture."""

    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    rows = zlib.compress((b"\0" + b"\xd0\xe8\xd0" * side) * side)
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@pytest.fixture
def basemaps(tmp_path):
    path = tmp_path / "city.mbtiles"
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE tiles (zoom_level, tile_column, tile_row, tile_data BLOB)")
        columns, rows = range(13736, 13738), range(2**14 - 6770, 2**14 - 6764)
        tiles = [(14, column, row, png()) for column in columns for row in rows]
        database.executemany("INSERT INTO tiles VALUES (?, ?, ?, ?)", tiles)
    database.close()
    plain = Basemap(name="City", mbtiles=str(path), attribution=HOSTILE, max_zoom=14)
    return (plain, Basemap(name="Shifted", mbtiles=str(path), datum="gcj02", max_zoom=14))


def test_tiles_come_from_here_and_the_datum_follows_the_base_map(open_page):
    page = open_page()
    expect(page.locator("img.leaflet-tile-loaded").first).to_be_attached()
    expect(page.locator(".leaflet-control-attribution")).to_contain_text(HOSTILE)
    assert page.evaluate("window.pwned") is None
    where = "map_main.project([29.9, 121.84], 14)"
    plain = page.evaluate(f"(() => {{ const p = {where}; return [p.x, p.y]; }})()")
    page.locator(".tools select").select_option("Shifted")
    shifted = page.evaluate(f"(() => {{ const p = {where}; return [p.x, p.y]; }})()")
    lat, lon = to_gcj02(29.9, 121.84)
    expected = page.evaluate(
        "([a, b]) => { const p = L.CRS.EPSG3857.latLngToPoint(L.latLng(a, b), 14); return [p.x, p.y]; }", [lat, lon]
    )
    assert shifted == pytest.approx(expected, abs=0.01)
    assert abs(shifted[0] - plain[0]) > 30, "half a kilometre"
    centre = page.evaluate("(() => { const c = map_main.getCenter(); return [c.lat, c.lng]; })()")
    assert centre == pytest.approx((29.9, 121.84), abs=2e-4), "the same place stays in the middle"
    page.locator(".tools select").select_option("")
    expect(page.locator("img.leaflet-tile")).to_have_count(0)
    page.reload()
    expect(page.locator(".tools select")).to_have_value("")
