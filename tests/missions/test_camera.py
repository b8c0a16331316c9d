"""What a camera sees from a height."""

import pytest

from missions.camera import CAMERAS, CameraError, camera


def test_footprint_and_resolution_follow_the_pinhole():
    p1 = camera("p1-35")
    assert p1.footprint_m(100.0) == pytest.approx((102.57, 68.57), abs=0.01)
    assert p1.ground_resolution_cm(100.0) == pytest.approx(1.252, abs=0.001)


def test_swath_is_the_footprint_less_the_overlap():
    assert camera("Phantom4Pro").swath_m(60.0, 0.25) == pytest.approx(67.5)
    assert camera("phantom4pro").trigger_distance_m(60.0, 0.5) == pytest.approx(30.0)


@pytest.mark.parametrize("overlap", [-0.1, 1.0, float("nan")])
def test_an_overlap_that_is_none_is_refused(overlap):
    with pytest.raises(CameraError, match="overlap"):
        camera("mini2").swath_m(60.0, overlap)


def test_an_unknown_camera_is_answered_with_the_known_ones():
    with pytest.raises(CameraError, match=r"known are .*mavic3e"):
        camera("kodak")


def test_every_camera_has_square_pixels():
    for each in CAMERAS.values():
        across, along = each.sensor_width_mm / each.width_px, each.sensor_height_mm / each.height_px
        assert across == pytest.approx(along, rel=0.03), each.name
