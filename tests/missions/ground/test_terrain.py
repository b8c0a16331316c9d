"""Ground is read as it is written, unknown ground stays unknown, and plans keep their distance from it."""

import struct
import zlib

import numpy as np
import pytest
from drawn_areas import DRAWN

from missions.coverage.planner import plan_coverage
from missions.fleet import FleetSpec, PlanError
from missions.ground.follow import clearance_m, follow_ground
from missions.ground.terrain import Terrain, TerrainError, geotiff, hgt, read_terrain


def tiff(heights, *, west=121.0, north=30.0, step=0.01, deflate=False, void=None, kind="f4"):
    """A GeoTIFF of one strip, written by the book."""
    rows, columns = heights.shape
    pixels = heights.astype(f"<{kind}").tobytes()
    pixels = zlib.compress(pixels) if deflate else pixels
    scale, tie = struct.pack("<3d", step, step, 0), struct.pack("<6d", 0, 0, 0, west, north, 0)
    text = (str(void) + "\0").encode() if void is not None else b""
    extra, blobs, at = [], [], 8 + 2 + 12 * 13 + 4
    for blob in (scale, tie, text, pixels):
        extra.append(at)
        blobs.append(blob)
        at += len(blob)
    bits, form = int(kind[1]) * 8, {"f": 3, "i": 2}[kind[0]]
    entries = [(256, 4, 1, columns), (257, 4, 1, rows), (258, 3, 1, bits), (259, 3, 1, 8 if deflate else 1)]
    entries += [(273, 4, 1, extra[3]), (277, 3, 1, 1), (278, 4, 1, rows), (279, 4, 1, len(pixels)), (339, 3, 1, form)]
    entries += [(33550, 12, 3, extra[0]), (33922, 12, 6, extra[1])]
    entries += [(42113, 2, len(text), extra[2])] if len(text) > 4 else []
    head = b"II*\0" + struct.pack("<I", 8) + struct.pack("<H", len(entries))
    body = b"".join(
        struct.pack("<HHI", t, k, n) + (struct.pack("<HH", v, 0) if k == 3 else struct.pack("<I", v))
        for t, k, n, v in entries
    )
    return (head + body).ljust(8 + 2 + 12 * 13 + 4, b"\0") + b"".join(blobs)


def test_a_tile_is_named_by_its_corner_and_starts_in_the_north():
    raw = np.zeros((1201, 1201), dtype=">i2")
    raw[0, 0], raw[1200, 1200], raw[600, 600] = 100, 200, -32768
    tile = hgt(raw.tobytes(), "N29E121.hgt")
    heights = tile.height_m(np.array([(121.0, 30.0), (122.0, 29.0), (121.5, 29.5), (121.25, 29.25), (123.0, 29.5)]))
    assert heights[:2] == pytest.approx([100.0, 200.0])
    assert np.isnan(heights[[2, 4]]).all()
    assert heights[3] == 0.0
    assert tile.height_m(np.array([(121.0 + 0.5 / 1200, 30.0)])) == pytest.approx([50.0])


@pytest.mark.parametrize("options", [{}, {"deflate": True}, {"kind": "i2"}, {"void": -9999}])
def test_a_geotiff_is_read_at_the_middle_of_its_pixels(options):
    heights = np.arange(12.0).reshape(3, 4)
    heights[2, 3] = options.get("void", 11.0)
    ground = geotiff(tiff(heights, **options), "dem.tif")
    assert ground.height_m(np.array([(121.005, 29.995), (121.015, 29.985)])) == pytest.approx([0.0, 5.0])
    assert ground.height_m(np.array([(121.010, 29.990)])) == pytest.approx([2.5])
    assert np.isnan(ground.height_m(np.array([(121.035, 29.975)]))[0]) == ("void" in options)


@pytest.mark.parametrize(
    ("data", "name", "reason"),
    [
        (b"\0" * 100, "N29E121.hgt", "100 bytes"),
        (b"\0" * (1201 * 1201 * 2), "hills.hgt", "named by its corner"),
        (b"II*\0\x08\0\0\0\xff\xff", "a.tif", "cut short, or damaged: fetch it again"),
        (b"hello", "a.tif", "is no TIFF"),
        (b"II+\0\x08\0\0\0", "a.tif", "is a BigTIFF: use gdal_translate"),
        (tiff(np.zeros((3, 3)))[:-20], "a.tif", "cut short"),
        (tiff(np.zeros((3, 3))).replace(struct.pack("<H", 33922), struct.pack("<H", 33921)), "a.tif", "where it lies"),
        (tiff(np.zeros((3, 3)), west=5e5, north=3e6), "a.tif", "not in degrees"),
    ],
)
def test_bad_height_files_are_one_clear_line(tmp_path, data, name, reason):
    (tmp_path / name).write_bytes(data)
    with pytest.raises(TerrainError, match=reason) as caught:
        read_terrain(tmp_path / name)
    assert str(caught.value).startswith(name)


def hills(step=0.0002, slope=1.0):
    """Waves of 15 m every 300 m about the drawn areas."""
    lon, lat = np.arange(121.83, 121.86, step), np.arange(29.92, 29.89, -step)
    waves = 100.0 + slope * 15.0 * np.sin(lon[None] * 96_500 / 48.0) * np.cos(lat[:, None] * 110_900 / 70.0)
    return Terrain(waves, 121.83, 29.92, step, step)


@pytest.fixture(scope="module")
def plan():
    return plan_coverage(DRAWN["u"](), FleetSpec(drones=2, altitude_m=50.0))


def test_the_ground_is_followed_between_the_points_too(plan):
    followed = follow_ground(plan, hills())
    for before, after in zip(plan.sorties, followed.sorties, strict=True):
        planned = min(w.alt_rel_m for w in before.path)
        assert clearance_m(before, hills()) < planned - 5.0
        assert clearance_m(after, hills()) >= planned - 0.2
        assert {(w.lon_deg, w.lat_deg) for w in before.path} <= {(w.lon_deg, w.lat_deg) for w in after.path}
        assert before.path[0].alt_rel_m <= after.path[0].alt_rel_m <= before.path[0].alt_rel_m + 2.0


def test_climbs_stay_within_what_the_drone_can_do(plan):
    for sortie in follow_ground(plan, hills(slope=3.0), climb_m_s=2.0, descent_m_s=1.0).sorties:
        heights = np.array([w.alt_rel_m for w in sortie.path])
        metres = np.array([((b.lon_deg - a.lon_deg) * 96_500, (b.lat_deg - a.lat_deg) * 110_900)
                           for a, b in zip(sortie.path, sortie.path[1:], strict=False)])  # fmt: skip
        slopes = np.diff(heights) / np.maximum(np.hypot(*metres.T), 1.0)
        assert slopes.max() <= 2.0 / 10.0 * 1.02
        assert slopes.min() >= -1.0 / 10.0 * 1.02


def test_rough_ground_is_followed_within_half_a_metre_every_metre(plan):
    rough = np.random.default_rng(5).normal(100.0, 8.0, (40, 40))
    terrain = Terrain(rough, 121.83, 29.92, 0.0008, 0.0008)
    for before, after in zip(plan.sorties, follow_ground(plan, terrain).sorties, strict=True):
        wanted = min(w.alt_rel_m for w in before.path)
        places = np.array([(w.lon_deg, w.lat_deg) for w in after.path])
        home_m, fine = float(terrain.height_m(places[:1])[0]), np.linspace(0.0, 1.0, 200)[:, None]
        for a, b, low, high in zip(places, places[1:], after.path, after.path[1:], strict=False):
            heights = low.alt_rel_m + (high.alt_rel_m - low.alt_rel_m) * fine[:, 0]
            assert (heights + home_m - terrain.height_m(a + (b - a) * fine)).min() >= wanted - 0.5


def test_flat_ground_changes_nothing(plan):
    flat = Terrain(np.full((200, 200), 7.0), 121.83, 29.92, 0.0002, 0.0002)
    assert follow_ground(plan, flat) == plan


def test_unknown_ground_is_not_taken_for_flat(plan):
    with pytest.raises(PlanError, match="not in the height file"):
        follow_ground(plan, Terrain(np.zeros((5, 5)), 121.0, 29.0, 0.01, 0.01))
