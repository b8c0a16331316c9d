"""Detections and marks over HTTP, with what the vehicle's camera says of itself."""

import numpy as np
import pytest
from msgspec.structs import replace

from gcs.fleet.state import Position
from gcs.sightings.geoid import flat_geoid
from gcs.sightings.relief import Relief
from missions.ground.terrain import Terrain
from telemetry.messages import new
from telemetry.received import Origin, Received

FRAME = {
    "frame_id": "1", "vehicle": "main-1", "image": {"width": 1920, "height": 1080}, "hfov_deg": 60, "simulated": True,
    "categories": [{"id": 1, "name": "crowd"}],
    "annotations": [{"bbox": [940, 440, 40, 100], "category_id": 1, "score": 0.9}],
}  # fmt: skip
POSE = {"lat": 29.9, "lon": 121.84, "height_m": 80, "bearing_deg": 90, "depression_deg": 45}
UNKNOWN = 2**31 - 1


@pytest.fixture
def hears(behind):
    """The camera of main-1 says something; the vehicle stands at 80 m."""
    position = Position(lat_deg=29.9, lon_deg=121.84, alt_rel_m=80.0, alt_amsl_m=85.0)
    behind.vehicles["main-1"] = replace(behind.vehicles["main-1"], position=position)

    def say(name, **fields):
        message = Received(new(name, **fields), 1, 1, 0, Origin("l", "p"), 0.0)
        behind.looks.receive("main-1", message, behind.clock.monotonic_s())

    return say


def field_of_view(**changes):
    return {
        "time_boot_ms": 0, "lat_camera": 299000000, "lon_camera": 1218400000, "alt_camera": 85_000,
        "lat_image": 299000000, "lon_image": 1218408000, "alt_image": 5_000,
        "q": [0.6532815, 0.2705981, -0.2705981, 0.6532815],
        "hfov": 60.0, "vfov": 40.0, **changes,
    }  # fmt: skip


def following(**changes):
    return {
        "tracking_status": 1, "lat": 299010000, "lon": 1218400000, "alt": 5.0, "h_acc": 4.0, "v_acc": 1.0, "vel_n": 0.0,
        "vel_e": 0.0, "vel_d": 0.0, "vel_acc": 0.0, "dist": 90.0, "hdg": 0.0, "hdg_acc": 0.0, **changes,
    }  # fmt: skip


async def test_boxes_become_sightings_once(api, behind):
    first, again = [await (await api.post("/api/v1/detections", json={**FRAME, "pose": POSE})).json() for _ in range(2)]
    assert [seen["new"] for seen in first["sightings"] + again["sightings"]] == [True, False]
    (sighting,) = behind.desk.sightings.values()
    assert (sighting.klass, sighting.source.vehicle, sighting.simulated) == ("crowd", "main-1", True)


async def test_without_a_pose_the_camera_is_asked(api, behind, hears, refused):
    document = await refused(await api.post("/api/v1/detections", json=FRAME), 422, "report.invalid")
    assert document["field"] == "pose"
    hears("CAMERA_FOV_STATUS", **field_of_view())
    answer = await (await api.post("/api/v1/detections", json=FRAME)).json()
    assert (len(answer["sightings"]), answer["skipped"]) == (1, [])
    (sighting,) = behind.desk.sightings.values()
    assert sighting.place.lon_deg == pytest.approx(121.84 + 80 / 96_500, abs=2e-5), "east of it, as far as it is high"


async def test_a_mark_is_where_the_camera_follows_something_else_where_it_looks(api, behind, hears, refused):
    mark = {"klass": "missing_person", "note": "红色上衣"}
    await refused(await api.post("/api/v1/vehicles/main-1/mark", json=mark), 409, "camera.no_place")
    hears("CAMERA_FOV_STATUS", **field_of_view())
    looked = await (await api.post("/api/v1/vehicles/main-1/mark", json=mark)).json()
    assert looked["place"]["lon_deg"] == pytest.approx(121.8408)
    assert looked["place"]["ce90_m"] == pytest.approx(2.33 * (5.2 + 0.0225 * 111), abs=1)
    behind.desk.sightings.clear()
    hears("CAMERA_TRACKING_GEO_STATUS", **following())
    followed = await (await api.post("/api/v1/vehicles/main-1/mark", json=mark)).json()
    assert (followed["place"]["lat_deg"], followed["simulated"]) == (pytest.approx(29.901), True)
    assert followed["place"]["ce90_m"] == pytest.approx(4 * 2.146, abs=0.1)


@pytest.mark.parametrize(
    "said", [following(tracking_status=0), following(lat=0, lon=0), following(lat=UNKNOWN, lon=UNKNOWN)]
)
async def test_what_is_not_followed_or_nowhere_is_no_place(api, hears, refused, said):
    hears("CAMERA_TRACKING_GEO_STATUS", **said)
    await refused(await api.post("/api/v1/vehicles/main-1/mark", json={"klass": "crowd"}), 409, "camera.no_place")


async def test_what_a_camera_said_long_ago_is_not_believed(api, behind, hears, refused):
    hears("CAMERA_TRACKING_GEO_STATUS", **following())
    behind.clock.advance(6)
    await refused(await api.post("/api/v1/vehicles/main-1/mark", json={"klass": "crowd"}), 409, "camera.no_place")
    await refused(await api.post("/api/v1/vehicles/main-9/mark", json={"klass": "crowd"}), 404, "vehicle.unknown")


async def test_a_vehicle_over_relief_sees_what_stands_on_it(serve, behind, hears):
    """Home lies 30 m lower than the place where it is now: 80 m above home are 50 m above that ground."""
    api = await serve(relief=Relief((plateau(30.0),), flat_geoid(10.0)))
    home = Position(lat_deg=29.9, lon_deg=121.83, alt_rel_m=0.0, alt_amsl_m=0.0)
    behind.vehicles["main-1"] = replace(behind.vehicles["main-1"], home=home)
    hears("CAMERA_FOV_STATUS", **field_of_view())
    await api.post("/api/v1/detections", json={**FRAME, "vehicle": "main-1"})
    (sighting,) = behind.desk.sightings.values()
    assert sighting.place.lon_deg == pytest.approx(121.84 + 50 / 96_500, abs=2e-5)
    assert (sighting.place.msl_m, sighting.place.hae_m) == (30.0, 40.0)


async def test_a_height_above_the_ellipsoid_needs_a_geoid(serve, refused):
    api = await serve(relief=Relief((plateau(30.0),)))
    pose = {**POSE, "height_datum": "hae"}
    document = await refused(await api.post("/api/v1/detections", json={**FRAME, "pose": pose}), 422, "report.invalid")
    assert document["field"] == "pose.height_datum"


def plateau(height_m):
    """Ground at sea level west of 121.835 and `height_m` high east of it."""
    longitudes = 121.82 + np.arange(61) / 1000
    return Terrain(np.tile(np.where(longitudes < 121.835, 0.0, height_m), (41, 1)), 121.82, 29.92, 0.001, 0.001)
