"""Pixel to ground: against an independent projection, a recorded flight, and marks surveyed with RTK."""

import csv
import math
from pathlib import Path

import numpy as np
import pytest
from pyproj import Geod

from gcs.sightings.lens import Lens
from gcs.sightings.locate import CameraPose, NotLocatedError, PoseErrors, locate

GEOD = Geod(ellps="WGS84")
FLIGHT = Path(__file__).parents[4] / "shared" / "data" / "geolocation"
LENS = Lens(4000, 3000, 3000.0, 3000.0, k1=-0.08, k2=0.2, k3=-0.07, p1=0.001, p2=0.0002)
PINHOLE = Lens(4000, 3000, 3000.0, 3000.0)
MIDDLE = (2000.0, 1500.0)


def pose(**fields):
    return CameraPose(**{"lat_deg": 29.9, "lon_deg": 121.84, "height_m": 110.0, "bearing_deg": 30.0,
                         "depression_deg": 45.0, **fields})  # fmt: skip


def pixel_of(lens, camera, east, north, up):
    """Where a point, metres from the camera, is in the picture: rotation matrices and Brown's formula, forwards."""
    b, d, r = (math.radians(a) for a in (camera.bearing_deg, camera.depression_deg, camera.roll_deg))
    forward = np.array([math.sin(b) * math.cos(d), math.cos(b) * math.cos(d), -math.sin(d)])
    level_right = np.array([math.cos(b), -math.sin(b), 0.0])
    level_down = np.cross(forward, level_right)
    right = level_right * math.cos(r) + level_down * math.sin(r)
    down = np.cross(forward, right)
    point = np.array([east, north, up])
    x, y, z = point @ right, point @ down, point @ forward
    x, y = x / z, y / z
    s = x * x + y * y
    radial = 1 + lens.k1 * s + lens.k2 * s**2 + lens.k3 * s**3
    x, y = (
        x * radial + 2 * lens.p1 * x * y + lens.p2 * (s + 2 * x * x),
        y * radial + lens.p1 * (s + 2 * y * y) + 2 * lens.p2 * x * y,
    )
    return lens.fx_px * x + lens.width_px / 2, lens.fy_px * y + lens.height_px / 2


def local(camera, located):
    """(east, north) of a place from the camera, by geodesic."""
    bearing, _, away = GEOD.inv(camera.lon_deg, camera.lat_deg, located.lon_deg, located.lat_deg)
    return away * math.sin(math.radians(bearing)), away * math.cos(math.radians(bearing))


def test_straight_down_is_below_the_camera():
    found = locate(PINHOLE, pose(depression_deg=90.0), MIDDLE, 10.0)
    assert (found.lat_deg, found.lon_deg) == pytest.approx((29.9, 121.84), abs=1e-9)
    assert found.slant_m == pytest.approx(100.0)
    assert not found.shallow


def test_points_seen_through_any_camera_are_found_again():
    draw = np.random.default_rng(3)
    for _ in range(200):
        bearing, depression, roll = draw.uniform((0, 30, -30), (360, 90, 30))
        camera = pose(bearing_deg=bearing, depression_deg=depression, roll_deg=roll)
        aim = locate(PINHOLE, camera, (draw.uniform(1000, 3000), draw.uniform(1000, 2000)), 10.0)
        east, north = local(camera, aim)
        found = locate(LENS, camera, pixel_of(LENS, camera, east, north, -100.0), 10.0)
        assert local(camera, found) == pytest.approx((east, north), abs=0.02)


def test_a_ray_that_is_too_shallow_is_refused_and_a_shallow_one_says_so():
    with pytest.raises(NotLocatedError, match=r"14\.0 degrees below the horizon"):
        locate(PINHOLE, pose(depression_deg=14.0), MIDDLE, 10.0)
    with pytest.raises(NotLocatedError, match="below the horizon"):
        locate(PINHOLE, pose(depression_deg=-5.0), MIDDLE, 10.0)
    assert locate(PINHOLE, pose(depression_deg=18.0), MIDDLE, 10.0).shallow


def test_from_below_the_ground_nothing_is_located():
    for ground in (200.0, lambda lat, lon: 200.0):
        with pytest.raises(NotLocatedError, match="not above the ground"):
            locate(PINHOLE, pose(), MIDDLE, ground)


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("field", ["lat_deg", "lon_deg", "height_m", "bearing_deg", "depression_deg", "roll_deg"])
def test_a_figure_that_is_none_gives_no_place_over_any_ground(field, bad):
    for ground in (10.0, lambda lat, lon: 10.0):
        with pytest.raises(NotLocatedError, match="not a number"):
            locate(PINHOLE, pose(**{field: bad}), MIDDLE, ground)
        with pytest.raises(NotLocatedError, match="not a number"):
            locate(PINHOLE, pose(), (bad, 1500.0), ground)


def test_no_attitude_breaks_it_and_straight_down_is_no_special_case():
    """Gimbal lock: straight down, bearing and roll turn the picture about the same axis."""
    draw = np.random.default_rng(11)
    for bearing, roll in draw.uniform(-720, 720, (200, 2)):
        found = locate(PINHOLE, pose(depression_deg=90.0, bearing_deg=bearing, roll_deg=roll), MIDDLE, 10.0)
        assert found.ray_depression_deg == pytest.approx(90.0, abs=1e-5)
        turned = locate(PINHOLE, pose(depression_deg=90.0, bearing_deg=bearing + roll), (2300.0, 1400.0), 10.0)
        both = locate(PINHOLE, pose(depression_deg=90.0, bearing_deg=bearing, roll_deg=roll), (2300.0, 1400.0), 10.0)
        assert local(pose(), both) == pytest.approx(local(pose(), turned), abs=1e-6)
    for bearing, depression, roll in draw.uniform(-1e6, 1e6, (2000, 3)):
        try:
            found = locate(
                PINHOLE, pose(bearing_deg=bearing, depression_deg=depression, roll_deg=roll), (10.0, 2990.0), 10.0
            )
        except NotLocatedError:
            continue
        assert all(map(math.isfinite, (found.lat_deg, found.lon_deg, found.slant_m, found.ellipse.ce90_m)))


@pytest.mark.parametrize("ground", [10.0, lambda lat, lon: 10.0 if abs(lon) <= 180 else None], ids=["flat", "relief"])
@pytest.mark.parametrize(("lon", "bearing"), [(179.9999, 90.0), (-179.9999, 270.0), (180.0, 90.0), (-180.0, 270.0)])
def test_across_the_antimeridian_longitudes_stay_within_180(ground, lon, bearing):
    camera = pose(lon_deg=lon, bearing_deg=bearing)
    found = locate(PINHOLE, camera, MIDDLE, ground)
    assert -180 <= found.lon_deg <= 180
    assert local(camera, found) == pytest.approx((100.0 if bearing == 90.0 else -100.0, 0.0), abs=0.05)


def test_at_the_pole_nothing_is_located():
    with pytest.raises(NotLocatedError, match="pole"):
        locate(PINHOLE, pose(lat_deg=90.0), MIDDLE, 10.0)


def test_what_a_hill_hides_is_not_seen_through_it():
    """A wall 60 m north, 80 m high: whatever lies behind, the ray ends on the wall."""

    def wall(lat, lon):
        away = GEOD.inv(121.84, 29.9, 121.84, lat)[2]
        return 80.0 if lat > 29.9 and 60 <= away <= 70 else 0.0

    found = locate(PINHOLE, pose(bearing_deg=0.0, depression_deg=30.0, height_m=100.0), MIDDLE, wall)
    assert local(pose(), found)[1] == pytest.approx(60.0, abs=0.05)
    assert found.height_m == pytest.approx(100 - 60 * math.tan(math.radians(30)), abs=0.1)


def test_the_ray_ends_at_the_first_ground_it_meets():
    """A slope that rises 1 m every 2 m northwards, looked at northwards at 45 degrees: met after two thirds."""

    def slope(lat, lon):
        return GEOD.inv(121.84, 29.9, 121.84, lat)[2] / 2 if lat > 29.9 else 0.0

    found = locate(PINHOLE, pose(bearing_deg=0.0, height_m=90.0), MIDDLE, slope)
    assert local(pose(), found) == pytest.approx((0.0, 60.0), abs=0.05)
    assert found.height_m == pytest.approx(30.0, abs=0.05)


def test_where_the_terrain_is_unknown_nothing_is_located():
    with pytest.raises(NotLocatedError, match="unknown"):
        locate(PINHOLE, pose(), MIDDLE, lambda lat, lon: 10.0 if lat < 29.9002 else None)
    with pytest.raises(NotLocatedError, match="no ground within 20 km"):
        locate(PINHOLE, pose(), MIDDLE, lambda lat, lon: -1e9)


def test_the_stated_radius_holds_nine_in_ten_when_the_errors_are_as_stated():
    draw, errors, held = np.random.default_rng(4), PoseErrors(), 0
    for _ in range(2000):
        bearing, depression, height = draw.uniform((0, 45, 60), (360, 80, 150))
        told = pose(bearing_deg=bearing, depression_deg=depression, height_m=height)
        x, y = draw.uniform(500, 3500), draw.uniform(500, 2500)
        stated = locate(PINHOLE, told, (x, y), 10.0, errors)
        true = pose(
            bearing_deg=told.bearing_deg + draw.normal(0, errors.bearing_deg),
            depression_deg=told.depression_deg + draw.normal(0, errors.depression_deg),
            roll_deg=draw.normal(0, errors.roll_deg),
            height_m=told.height_m + draw.normal(0, errors.height_m),
        )
        focal = 3000.0 * (1 + draw.normal(0, errors.focal_share))
        seen = (x + draw.normal(0, errors.pixel_px), y + draw.normal(0, errors.pixel_px))
        truth = local(told, locate(Lens(4000, 3000, focal, focal), true, seen, 10.0))
        offset = np.subtract(truth, local(told, stated)) + draw.normal(0, errors.position_m, 2)
        held += np.hypot(*offset) <= stated.ellipse.ce90_m
    assert 0.87 <= held / 2000 <= 0.93


def test_the_ellipse_lies_along_the_ray_when_the_view_is_flat():
    ellipse = locate(PINHOLE, pose(depression_deg=25.0, bearing_deg=60.0), MIDDLE, 10.0).ellipse
    assert ellipse.bearing_deg == pytest.approx(60.0, abs=5.0)
    assert ellipse.axes_m[0] > 1.3 * ellipse.axes_m[1]


@pytest.fixture(scope="module")
def flight():
    """441 points marked in 98 pictures of a Skydio X2, and the marks on the ground."""
    if not FLIGHT.is_dir():
        pytest.skip("the recorded flight is not here")

    def rows(name):
        with (FLIGHT / name).open(newline="") as file:
            return list(csv.DictReader(file))

    marks = [(float(r["Longitude"]), float(r["Latitude"])) for r in rows("thunderstorm_24_2_control_points.csv")]
    points = [
        {k: float(v) for k, v in row.items() if k not in ("make", "model", "isCameraModelRecognized", "lensType")}
        for row in rows("thunderstorm_24_2_observations.csv")
    ]
    return points, marks


def lens_and_pixel(point):
    lens = Lens(int(point["imageWidth"]), int(point["imageLength"]), point["f_x"], point["f_y"])
    return lens, (
        point["imageSelectedProportionX"] * lens.width_px,
        point["imageSelectedProportionY"] * lens.height_px,
    )


def test_offsets_slant_ranges_and_depressions_of_the_recorded_flight_are_reproduced(flight):
    """That program turned the two angles of the pixel by the roll, which it counts the other way, and added them to
    those of the optical axis; done the same way, its figures come out."""
    offsets, depressions, slants = [], [], []
    for point in flight[0]:
        lens, pixel = lens_and_pixel(point)
        right, down = (math.degrees(math.atan(a)) for a in lens.direction(*pixel))
        roll = math.radians(-point["cameraRollAngleDeg"])
        yaw, pitch = right * math.cos(roll) - down * math.sin(roll), right * math.sin(roll) + down * math.cos(roll)
        offsets.append(abs(yaw - point["yawOffsetDegSelectedPoint"]))
        depression = point["cameraSlantAngleDeg"] + pitch
        depressions.append(abs(min(depression, 180 - depression) - point["raySlantAngleDeg"]))
        height = point["droneElevationHAE"] - point["hae"]
        slants.append(abs(height / math.sin(math.radians(depression)) - point["slantRange"]))
    assert np.mean(offsets) < 0.07
    assert np.mean(depressions) < 0.05
    assert np.mean(slants) < 0.15


def test_along_the_recorded_rays_places_are_as_far_away_as_recorded(flight):
    """What `locate` makes of a ray of the recorded depression."""
    slants = []
    for point in flight[0]:
        camera = pose_of(point, point["raySlantAngleDeg"])
        slants.append(abs(locate(PINHOLE, camera, MIDDLE, point["hae"]).slant_m - point["slantRange"]))
    print(f"slant range of all {len(slants)} recorded rays: {np.mean(slants):.3f} m mean, {max(slants):.2f} m at most")
    assert len(slants) == 441
    assert np.mean(slants) < 0.15


def test_pixels_above_and_below_the_optical_axis_are_placed_as_recorded(flight):
    """To the sides that program's sums of angles are an approximation; within two degrees they are none."""
    depressions, slants = [], []
    for point in flight[0]:
        if abs(point["yawOffsetDegSelectedPoint"]) <= 2:
            lens, pixel = lens_and_pixel(point)
            camera = pose_of(point, point["cameraSlantAngleDeg"], roll=-point["cameraRollAngleDeg"])
            found = locate(lens, camera, pixel, point["hae"])
            depressions.append(abs(found.ray_depression_deg - point["raySlantAngleDeg"]))
            slants.append(abs(found.slant_m - point["slantRange"]))
    print(f"{len(slants)} pixels: depression {np.mean(depressions):.3f} deg, slant range {np.mean(slants):.3f} m mean")
    assert len(slants) > 50
    assert np.mean(depressions) < 0.05
    assert np.mean(slants) < 0.15


def pose_of(point, depression, bearing=0.0, roll=0.0):
    where = point["droneLatitude"], point["droneLongitude"], point["droneElevationHAE"]
    return CameraPose(*where, bearing, depression, roll)


def test_places_are_nearer_to_the_surveyed_marks_than_published_and_the_stated_radius_is_honest(flight):
    """Published for this flight: half of the points within 7.7 m, nine in ten within 17.3 m of the nearest mark.

    The bearing of the camera is recovered from what that program made of it. Heights are relative (see the data's
    README), so the ground is flat at each result's own height.
    """
    points, marks = flight
    lons, lats = np.array(marks).T

    def to_nearest(lon, lat):
        return GEOD.inv(np.full_like(lons, lon), np.full_like(lats, lat), lons, lats)[2].min()

    published, ours, held = [], [], []
    for point in points:
        bearing, _, _ = GEOD.inv(point["droneLongitude"], point["droneLatitude"], point["lon"], point["lat"])
        bearing -= point["yawOffsetDegSelectedPoint"]
        camera = pose_of(point, point["cameraSlantAngleDeg"], bearing, -point["cameraRollAngleDeg"])
        found = locate(*lens_and_pixel(point)[:1], camera, lens_and_pixel(point)[1], point["hae"])
        published.append(to_nearest(point["lon"], point["lat"]))
        ours.append(to_nearest(found.lon_deg, found.lat_deg))
        held.append(ours[-1] <= found.ellipse.ce90_m)
    half, most = np.quantile(ours, 0.5), np.quantile(ours, 0.9)
    print(f"CEP50 {half:.1f} m (published {np.quantile(published, 0.5):.1f}), CE90 {most:.1f} m "
          f"(published {np.quantile(published, 0.9):.1f}), stated CE90 holds {100 * np.mean(held):.0f} %")  # fmt: skip
    assert np.quantile(published, [0.5, 0.9]) == pytest.approx([7.73, 17.26], abs=0.1)
    assert half < 7.7
    assert most < 17.3
    assert 0.85 <= np.mean(held) <= 0.95
