"""What a camera sees from a height."""

import json
import math
import os
from pathlib import Path

import pytest

from missions.camera import CAMERAS, CameraError, Shooting, camera


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


def test_height_for_a_resolution_is_the_way_back():
    p1 = camera("p1-35")
    assert p1.ground_resolution_cm(p1.altitude_m(2.0)) == pytest.approx(2.0)
    with pytest.raises(CameraError, match="resolution"):
        p1.altitude_m(0.0)


def test_speed_is_capped_by_the_trigger_and_by_blur():
    p1 = camera("p1-35")
    slow_trigger = p1.fastest_m_s(100.0, Shooting(0.8, 2.0, 1 / 2000))
    assert slow_trigger == pytest.approx(68.571 * 0.2 / 2.0, rel=1e-3)
    long_exposure = p1.fastest_m_s(100.0, Shooting(0.5, 0.7, 1 / 250))
    assert long_exposure == pytest.approx(0.01252 * 250, rel=1e-3)
    assert p1.fastest_m_s(100.0, Shooting(exposure_s=1 / 250)) == pytest.approx(long_exposure)
    assert p1.fastest_m_s(100.0, Shooting()) == math.inf
    for wrong in (Shooting(interval_s=0.0), Shooting(exposure_s=0.0)):
        with pytest.raises(CameraError, match="above 0"):
            p1.fastest_m_s(100.0, wrong)


MODELS = Path(os.environ.get("AEROPATROL_CAMERA_MODELS", "../shared/data/geolocation/drone_camera_models.json"))


@pytest.mark.skipif(not MODELS.is_file(), reason="no camera models beside the checkout")
def test_pixels_are_as_large_as_measured_elsewhere():
    models = json.loads(MODELS.read_text("utf-8"))["droneCCDParams"]
    sizes = {(m["makeModel"], m["isThermal"]): m["ccdWidthMMPerPixel"].replace("d", "").split("/") for m in models}
    pairs = {"phantom4pro": "djiFC6310", "mini2": "djiFC7303", "mavic3e": "djiM3E", "mavic3t": "djiM3T"}
    pairs |= {"p1-35": "djiZP1", "h20t": "djiZH20T"}
    for ours, theirs in pairs.items():
        width_mm, pixels = map(float, sizes[theirs, False])
        assert camera(ours).sensor_width_mm / camera(ours).width_px == pytest.approx(width_mm / pixels, rel=0.08), ours


@pytest.mark.skipif(not MODELS.is_file(), reason="no camera models beside the checkout")
def test_thermal_cameras_are_those_measured_elsewhere():
    models = json.loads(MODELS.read_text("utf-8"))["droneCCDParams"]
    thermal = {m["makeModel"]: m for m in models if m["isThermal"] and "focalLength" in m}
    pairs = {"mavic2ea-thermal": "djiM2EA", "xt-9": "djiFLIR", "evolite-640t": "autel roboticsXL715"}
    pairs |= {"skydiox2-thermal": "skydioX2E", "skydiox10-thermal": "skydioVT300-Z_40IR"}
    pairs |= {"anafi-thermal": "parrotANAFIUSA", "boson640-9": "teledyne flirBOSON 640 8.7MM LWIR"}
    for ours, theirs in pairs.items():
        width_mm, pixels = map(float, thermal[theirs]["ccdWidthMMPerPixel"].replace("d", "").split("/"))
        found = camera(ours)
        assert found.sensor_width_mm / found.width_px == pytest.approx(width_mm / pixels, rel=0.001), ours
        assert found.focal_mm == float(thermal[theirs]["focalLength"]), ours
