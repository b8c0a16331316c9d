"""Places on relief: rays are marched to the hill, heights of different datums never mix, unknown ground is not flat."""

import json
import math
import random
import re
from pathlib import Path

import msgspec
import numpy as np
import pytest

from gcs.dispatch.assign import ground_distance_m
from gcs.sightings.detections import Detections, reports_of
from gcs.sightings.errors import InvalidReportError, ReliefError
from gcs.sightings.geoid import flat_geoid
from gcs.sightings.lens import Lens
from gcs.sightings.locate import CameraPose, NotLocatedError, locate
from gcs.sightings.relief import ERRORS, HeightDatum, Relief, load_relief, stand
from missions.ground.terrain import Terrain

GUIDE = Path(__file__).resolve().parents[3] / "docs" / "detectors.md"
EXAMPLE = json.loads(re.findall(r"```json\n(.*?)```", GUIDE.read_text("utf-8"), re.DOTALL)[0])
MIDDLE = {"bbox": [940, 440, 40, 100], "category_id": 1, "score": 0.9}
LAT, LON, STEP = 29.9, 121.84, 1 / 3600
METRE_EAST = 1 / (111_320 * math.cos(math.radians(LAT)))
CAMERA = CameraPose(LAT, LON, 80.0, 90.0, 45.0)


def hill(height_m):
    """Ground around the camera whose height is a function of the metres east of it."""
    columns = np.arange(-20, 41) * STEP / METRE_EAST
    return Terrain(np.tile([height_m(x) for x in columns], (41, 1)), LON - 20 * STEP, LAT + 20 * STEP, STEP, STEP)


def seen(pose, relief, catalogue):
    whole = {**EXAMPLE, "categories": [{"id": 1, "name": "crowd"}], "annotations": [MIDDLE]}
    return reports_of(msgspec.convert(whole, Detections), pose, catalogue, relief)


def placed(relief, catalogue, pose=CAMERA, datum=HeightDatum.GROUND):
    ((_, report),), _ = seen(*stand(pose, datum, relief), catalogue)
    return report, ground_distance_m(LAT, LON, report.lat, report.lon)


def test_on_a_slope_the_place_is_where_the_ray_meets_it(catalogue):
    """80 m above a hill that rises 1 in 4, at 45 degrees: 80 - x = x / 4."""
    report, east_m = placed(Relief((hill(lambda x: 100 + x / 4),)), catalogue)
    assert east_m == pytest.approx(64.0, rel=0.01), "flat ground would put it 16 m behind"
    assert report.msl_m == pytest.approx(116.0, abs=0.3)
    assert report.hae_m is None, "nobody knows without a geoid"


def test_a_ridge_hides_what_is_behind_it(catalogue):
    _, east_m = placed(Relief((hill(lambda x: 50.0 if x > 45 else 0.0),)), catalogue)
    assert 20 < east_m < 46


def test_the_three_datums_say_the_same_place(catalogue):
    relief = Relief((hill(lambda x: 100.0),), flat_geoid(10.5))
    told = {HeightDatum.GROUND: 80.0, HeightDatum.MSL: 180.0, HeightDatum.HAE: 190.5}
    for datum, height_m in told.items():
        report, east_m = placed(relief, catalogue, CameraPose(LAT, LON, height_m, 90.0, 45.0), datum)
        assert east_m == pytest.approx(80.0, rel=0.01)
        assert (report.msl_m, report.hae_m) == (100.0, 110.5)


def test_the_ellipsoid_taken_for_the_sea_would_be_wrong_by_the_undulation(catalogue):
    relief = Relief((hill(lambda x: 100.0),), flat_geoid(25.0))
    pose = CameraPose(LAT, LON, 205.0, 90.0, 45.0)
    (_, right_m), (_, wrong_m) = (placed(relief, catalogue, pose, d) for d in (HeightDatum.HAE, HeightDatum.MSL))
    assert wrong_m - right_m == pytest.approx(25.0, rel=0.02)


def test_where_no_file_knows_the_ground_below_the_camera_it_is_flat(catalogue):
    report, east_m = placed(Relief(()), catalogue)
    assert east_m == pytest.approx(80.0, rel=0.01)
    assert (report.msl_m, report.hae_m) == (None, None)


def test_a_ray_into_unknown_ground_gives_no_place(catalogue):
    relief = Relief((hill(lambda x: -x if x < 40 else math.nan),))
    reports, skipped = seen(*stand(CAMERA, HeightDatum.GROUND, relief), catalogue)
    assert reports == []
    assert "unknown" in skipped[0].reason


@pytest.mark.parametrize(
    ("height_m", "datum", "relief"),
    [
        (-1.0, HeightDatum.GROUND, Relief(())),
        (80.0, HeightDatum.MSL, Relief(())),
        (80.0, HeightDatum.HAE, Relief((), flat_geoid(10.0))),
        (80.0, HeightDatum.HAE, Relief((hill(lambda x: 0.0),))),
    ],
)
def test_a_height_that_cannot_be_compared_with_the_ground_is_refused(height_m, datum, relief):
    with pytest.raises(InvalidReportError, match=r"pose\.height"):
        stand(CameraPose(LAT, LON, height_m, 90.0, 45.0), datum, relief)


def test_relief_asks_every_tile_and_reads_between_samples_as_the_planner_does():
    left, right = hill(lambda x: x), hill(lambda x: math.nan if x < 0 else 7.0)
    relief = Relief((right, left))
    points = [(LAT + 0.3 * STEP, LON + k * 0.37 * STEP) for k in range(-40, -1)]
    assert [relief(*p) for p in points] == pytest.approx(
        list(left.height_m(np.array([(lon, lat) for lat, lon in points])))
    )
    assert relief(LAT, LON + 3.5 * STEP) == 7.0
    assert relief(LAT, LON + 1) is None


def test_a_folder_of_tiles_is_read_and_what_is_none_is_refused(tmp_path):
    with pytest.raises(ReliefError, match=r"no \.hgt"):
        load_relief(str(tmp_path))
    for name, height in (("N29E121.hgt", 5), ("N29E122.hgt", 9)):
        (tmp_path / name).write_bytes(np.full((1201, 1201), height, dtype=">i2").tobytes())
    relief = load_relief(str(tmp_path), undulation_m=10.0)
    assert (relief(29.5, 121.5), relief(29.5, 122.5), relief(31, 121)) == (5.0, 9.0, None)
    assert relief.hae_m(29.5, 121.5, 5.0) == 15.0
    (tmp_path / "N30E121.hgt").write_bytes(b"short")
    with pytest.raises(ReliefError, match=r"N30E121\.hgt"):
        load_relief(str(tmp_path))
    with pytest.raises(ReliefError, match=r"gone\.tif"):
        load_relief(str(tmp_path / "gone.tif"))


def test_nothing_named_knows_no_ground_and_no_geoid():
    relief = load_relief("")
    assert (relief(LAT, LON), relief.hae_m(LAT, LON, 5.0)) == (None, None)


@pytest.mark.parametrize("rise", [0.25, 0.0, -0.25, -0.5])
def test_the_stated_radius_grows_where_the_ground_falls_away_and_holds_nine_in_ten(rise):
    """Drawn poses around the true one, each marched to the same hill: the oracle is the march itself."""
    relief, draw = Relief((hill(lambda x: 100 + rise * x),)), random.Random(5)
    lens, truth = Lens(1920, 1080, 1500, 1500), CameraPose(LAT, LON, 160.0, 90.0, 45.0)
    middle = locate(lens, truth, (960, 540), relief, ERRORS)
    inside = 0
    for _ in range(200):
        pose = CameraPose(
            LAT + draw.gauss(0, ERRORS.position_m) / 111_320, LON + draw.gauss(0, ERRORS.position_m) * METRE_EAST,
            160 + draw.gauss(0, ERRORS.height_m), 90 + draw.gauss(0, ERRORS.bearing_deg),
            45 + draw.gauss(0, ERRORS.depression_deg), draw.gauss(0, ERRORS.roll_deg),
        )  # fmt: skip
        pixel = 960 + draw.gauss(0, ERRORS.pixel_px), 540 + draw.gauss(0, ERRORS.pixel_px)
        found = locate(lens, pose, pixel, relief, ERRORS)
        away_m = ground_distance_m(middle.lat_deg, middle.lon_deg, found.lat_deg, found.lon_deg)
        inside += away_m <= middle.ellipse.ce90_m
    assert 0.83 <= inside / 200 <= 0.97


def test_a_ray_along_a_slope_gives_no_place():
    relief = Relief((hill(lambda x: 100 - 0.95 * x),))
    with pytest.raises(NotLocatedError, match="grazes"):
        locate(Lens(1920, 1080, 1500, 1500), CameraPose(LAT, LON, 103.0, 90.0, 45.0), (960, 540), relief)
