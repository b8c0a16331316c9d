"""The geoid is read from every form of grids, goes once round the Earth, and is never guessed."""

import math
import struct
from pathlib import Path

import numpy as np
import pytest
from pyproj import Transformer

from gcs.sightings.errors import ReliefError
from gcs.sightings.geoid import DAC_COLUMNS, DAC_ROWS, flat_geoid, read_geoid

PROJ_GRID = Path("/usr/share/proj/egm96_15.gtx")
HEAD = b"P5\n# Geoid file in PGM format for the GeographicLib::Geoid class\n# Description WGS84 EGM96\n"
BY_THE_BOOK = HEAD + b"# Offset -108\n# Scale 0.003\n# Origin 90N 0E\n8  5\n65535\n"


@pytest.fixture
def pgm(tmp_path):
    """A grid of 45 degrees: 10 m everywhere but 20 m at 45 north, 90 east, and 0 m at 0 north, 315 east."""
    metres = np.full((5, 8), 10.0)
    metres[1, 2], metres[2, 7] = 20.0, 0.0
    path = tmp_path / "egm96-made.pgm"
    path.write_bytes(BY_THE_BOOK + ((metres + 108) / 0.003).round().astype(">u2").tobytes())
    return path


@pytest.mark.parametrize(
    ("lat", "lon", "metres"),
    [
        (45, 90, 20), (45, 67.5, 15), (67.5, 90, 15), (22.5, 90, 15), (0, -45, 0), (0, -22.5, 5), (0, 360, 10),
        (90, 0, 10), (-90, 0, 10), (-90, 359.9, 10),
    ],
)  # fmt: skip
def test_a_grid_of_geographiclib_is_read_between_its_samples_and_across_greenwich(pgm, lat, lon, metres):
    assert read_geoid(pgm).undulation_m(lat, lon) == pytest.approx(metres, abs=0.002)


def test_the_agencys_grid_is_in_centimetres(tmp_path):
    samples = np.zeros((DAC_ROWS, DAC_COLUMNS), dtype=">i2")
    samples[0], samples[240, 487] = 1361, 1044
    path = tmp_path / "WW15MGH.DAC"
    path.write_bytes(samples.tobytes())
    geoid = read_geoid(path)
    assert geoid.undulation_m(90, 12) == pytest.approx(13.61), "as published for the pole"
    assert geoid.undulation_m(30.0, 121.75) == pytest.approx(10.44)
    assert geoid.undulation_m(30.125, 121.75) == pytest.approx(5.22)


def gtx(rows=19, columns=36, *, south=-90.0, west=-180.0, step=10.0):
    """A grid of PROJ with hills and hollows."""
    metres = np.random.default_rng(1).uniform(-100, 80, (rows, columns)).astype(">f4")
    return struct.pack(">4d2i", south, west, step, step, rows, columns) + metres.tobytes()


def proj(path):
    """How PROJ itself reads the grid."""
    shift = Transformer.from_pipeline(f"+proj=vgridshift +grids={path} +multiplier=1")
    return lambda lat, lon: shift.transform(math.radians(lon), math.radians(lat), 0.0, radians=True)[2]


@pytest.mark.parametrize("west", [-180.0, 0.0])
def test_a_grid_of_proj_is_read_as_proj_reads_it(tmp_path, west):
    path = tmp_path / "made.gtx"
    path.write_bytes(gtx(west=west))
    geoid, oracle = read_geoid(path), proj(path)
    draw = np.random.default_rng(2)
    for lat, lon in draw.uniform((-89, west + 1), (89, west + 349), (300, 2)):
        assert geoid.undulation_m(lat, lon) == pytest.approx(oracle(lat, lon), abs=1e-3)


def test_egm96_of_proj_tells_what_its_makers_publish():
    """Their test values are by splines; a straight line between samples a quarter of a degree apart is as good."""
    if not PROJ_GRID.is_file():
        pytest.skip("PROJ's grids (Debian: proj-data) are not installed")
    geoid = read_geoid(PROJ_GRID)
    for lat, lon, metres in (
        (38.6281550, 269.7791550, -31.628), (-14.6212170, 305.0211140, -2.969), (46.8743190, 102.4487290, -43.575),
        (-23.6174460, 133.8747120, 15.871), (38.6254730, 359.9995000, 50.066), (-0.4667440, 0.0023000, 17.329),
    ):  # fmt: skip
        assert geoid.undulation_m(lat, lon) == pytest.approx(metres, abs=0.1)
    assert geoid.undulation_m(29.9, 121.84) == pytest.approx(13.5, abs=0.1), "Beilun"


def test_one_figure_may_do_for_a_whole_site():
    assert flat_geoid(10.5).undulation_m(29.9, -121.8) == 10.5


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("a.pgm", b"P5\n8 5\n65535\n" + bytes(80), "no offset and scale"),
        ("a.pgm", BY_THE_BOOK + bytes(79), "not as long"),
        ("a.pgm", BY_THE_BOOK.replace(b"-108", b"minus") + bytes(80), "could not convert"),
        ("a.pgm", BY_THE_BOOK.replace(b"-108", b"-1080") + bytes(80), "no grid of a geoid"),
        ("a.pgm", b"", "no offset"),
        ("a.gtx", bytes(39), "ends before"),
        ("a.gtx", gtx()[:-1], "not as long"),
        ("a.gtx", gtx(south=-80.0), "whole Earth"),
        ("a.gtx", gtx(west=math.nan), "whole Earth"),
        ("a.gtx", gtx()[:40] + bytes([0x7F, 0xC0, 0, 0]) * 684, "no grid of a geoid"),
        ("a.dac", bytes(100), "no .pgm"),
    ],
)
def test_what_is_no_grid_is_refused_in_one_line_that_names_the_file(tmp_path, name, data, says):
    (tmp_path / name).write_bytes(data)
    with pytest.raises(ReliefError, match=f"(?s)a.*{says}") as refused:
        read_geoid(tmp_path / name)
    assert "\n" not in str(refused.value)


def test_a_missing_grid_is_refused(tmp_path):
    for name in ("none.pgm", "none.dac"):
        with pytest.raises(ReliefError, match=name):
            read_geoid(tmp_path / name)
