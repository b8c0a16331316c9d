"""Gimbals, cameras, satellite links, remote identification, traffic, operator control: what is read and sent."""

from math import cos, isnan, nan, radians, sin
from types import SimpleNamespace

import pytest

from telemetry.messages import decode_payload, encode_payload, new
from telemetry.services import camera, drone_id, gimbal, high_latency, operator_control
from telemetry.services.command import Command, sending_of
from telemetry.services.traffic import FORGOTTEN_S, MAX_AIRCRAFT, Traffic, aircraft_of

TARGET = (1, 1)


def _text(text, size):
    return tuple(text.encode().ljust(size, b"\0"))


def _quaternion(roll, pitch, yaw):
    r, p, y = (radians(angle) / 2 for angle in (roll, pitch, yaw))
    return (
        cos(r) * cos(p) * cos(y) + sin(r) * sin(p) * sin(y),
        sin(r) * cos(p) * cos(y) - cos(r) * sin(p) * sin(y),
        cos(r) * sin(p) * cos(y) + sin(r) * cos(p) * sin(y),
        cos(r) * cos(p) * sin(y) - sin(r) * sin(p) * cos(y),
    )


@pytest.mark.parametrize("angles", [(0, 0, 0), (0, -90, 0), (0, -45, 120), (10, -30, -170)])
def test_where_a_gimbal_points(angles):
    message = new("GIMBAL_DEVICE_ATTITUDE_STATUS", q=_quaternion(*angles), flags=64, gimbal_device_id=1)
    seen = gimbal.pointing_of(message)
    assert seen.pitch_deg == pytest.approx(angles[1], abs=0.01)
    if abs(angles[1]) < 89:
        assert (seen.roll_deg, seen.yaw_deg) == (pytest.approx(angles[0], abs=0.01), pytest.approx(angles[2], abs=0.01))
    assert (seen.earth_frame, seen.failing) == (True, False)


@pytest.mark.parametrize(("flags", "earth"), [(32, False), (64, True), (16, True), (0, False), (48, False)])
def test_whether_yaw_is_from_north_or_from_the_nose(flags, earth):
    message = new("GIMBAL_DEVICE_ATTITUDE_STATUS", q=(1.0, 0.0, 0.0, 0.0), flags=flags)
    assert gimbal.pointing_of(message).earth_frame is earth


@pytest.mark.parametrize("q", [(0.0,) * 4, (nan, 0.0, 0.0, 0.0)])
def test_a_gimbal_that_does_not_know(q):
    assert gimbal.pointing_of(new("GIMBAL_DEVICE_ATTITUDE_STATUS", q=q)) is None


def test_who_steers_a_gimbal_and_how_far_it_reaches():
    control = gimbal.control_of(new("GIMBAL_MANAGER_STATUS", primary_control_sysid=255, primary_control_compid=190))
    assert (control.primary, control.secondary) == ((255, 190), None)
    limits = gimbal.limits_of(new("GIMBAL_MANAGER_INFORMATION", pitch_min=-1.5708, pitch_max=0.5236))
    assert limits.pitch_deg == pytest.approx((-90, 30), abs=0.01)
    assert limits.yaw_deg is None


def test_control_of_a_gimbal_is_taken_and_given_back():
    taken, released = gimbal.take_control(TARGET), gimbal.release(TARGET)
    assert (taken.command, taken.param1, taken.param2) == (1001, -2, -2)
    assert (released.param1, released.param2) == (-3, -3)


def test_a_gimbal_is_pointed_or_turned():
    pointed = gimbal.point(TARGET, -45.0, 90.0, earth_frame=True, device_id=1)
    assert (pointed.param1, pointed.param2, pointed.param7) == (-45, 90, 1)
    assert isnan(pointed.param3)
    assert int(pointed.param5) == 64 | 16 | 8 | 4
    turned = gimbal.turn(TARGET, 0.0, 10.0)
    assert isnan(turned.param1)
    assert (turned.param4, int(turned.param5)) == (10, 32 | 8 | 4)


def test_a_gimbal_rests_and_says_so():
    neutral, stowed = gimbal.look_neutral(TARGET), gimbal.stow(TARGET, device_id=1)
    assert (neutral.command, int(neutral.param5), int(stowed.param5), stowed.param7) == (1000, 2, 1, 1)
    assert isnan(neutral.param1)
    told = new("GIMBAL_DEVICE_ATTITUDE_STATUS", q=(1.0, 0.0, 0.0, 0.0), flags=1 | 32)
    assert gimbal.pointing_of(told).stowed is True
    assert gimbal.limits_of(new("GIMBAL_MANAGER_INFORMATION", cap_flags=2 | 256)).can == gimbal.GimbalCan.NEUTRAL


def test_how_far_a_lens_is_zoomed():
    lens = camera.lens_of(new("CAMERA_SETTINGS", zoomLevel=40.0, focusLevel=nan, camera_device_id=2))
    assert (lens.camera, lens.zoom_pct, lens.focus_pct) == (2, 40.0, None)
    assert camera.lens_of(new("CAMERA_SETTINGS", zoomLevel=-1.0)).zoom_pct is None


def test_what_a_camera_is():
    told = {"vendor_name": _text("Acme", 32), "model_name": _text("Z30", 32), "flags": 2 | 64 | 256}
    lens = {"focal_length": 10.0, "sensor_size_h": 20.0, "sensor_size_v": 10.0, "resolution_h": 4000}
    info = camera.info_of(new("CAMERA_INFORMATION", **told, **lens, resolution_v=3000))
    assert (info.vendor, info.model, info.pixels) == ("Acme", "Z30", (4000, 3000))
    assert info.can == camera.CameraCan.IMAGE | camera.CameraCan.ZOOM | camera.CameraCan.STREAM
    assert camera.field_of_view_deg(info) == pytest.approx((90.0, 53.13), abs=0.01)
    unknown = camera.info_of(new("CAMERA_INFORMATION", focal_length=nan))
    assert (unknown.focal_mm, unknown.sensor_mm, unknown.pixels, camera.field_of_view_deg(unknown)) == (None,) * 4


def test_where_a_cameras_video_is():
    stream = camera.stream_of(new("VIDEO_STREAM_INFORMATION", uri="rtsp://10.0.0.1/main", name="day", flags=1, hfov=60))
    assert (stream.uri, stream.running, stream.hfov_deg) == ("rtsp://10.0.0.1/main", True, 60.0)


def test_what_a_camera_does():
    status = camera.capture_of(new("CAMERA_CAPTURE_STATUS", image_status=3, available_capacity=-1.0, image_count=7))
    assert (status.taking_images, status.recording, status.images, status.free_mib) == (True, False, 7, None)
    image = camera.image_of(new("CAMERA_IMAGE_CAPTURED", lat=299000000, capture_result=1, image_index=4, alt=12500))
    assert (image.taken, image.number, image.lat_deg, image.alt_amsl_m, image.unix_us) == (True, 4, 29.9, 12.5, None)
    box = {"rec_top_x": 0.1, "rec_top_y": 0.2, "rec_bottom_x": 0.3, "rec_bottom_y": 0.4}
    following = camera.tracking_of(new("CAMERA_TRACKING_IMAGE_STATUS", tracking_status=1, tracking_mode=2, **box))
    assert (following.active, following.point, following.rectangle) == (True, None, (0.1, 0.2, 0.3, 0.4))
    assert camera.tracking_of(new("CAMERA_TRACKING_IMAGE_STATUS", tracking_mode=1)).point is None


ASKED_OF_CAMERAS = [
    camera.take_image(TARGET, 1),
    camera.take_images(TARGET, 2.0),
    camera.stop_images(TARGET),
    camera.start_video(TARGET),
    camera.stop_video(TARGET),
    camera.zoom_to(TARGET, 0.5),
    camera.focus_to(TARGET, 0.5),
    camera.focus_by_itself(TARGET),
    camera.tell_tracking(TARGET),
    camera.track_point(TARGET, 0.5, 0.5),
    camera.track_rectangle(TARGET, (0.1, 0.1, 0.2, 0.2)),
    camera.stop_tracking(TARGET),
]


@pytest.mark.parametrize("message", ASKED_OF_CAMERAS, ids=lambda message: str(message.command))
def test_what_is_asked_of_cameras_fits_the_wire(message):
    assert decode_payload(type(message), encode_payload(message)).command == message.command


def test_a_picture_is_taken_once():
    assert sending_of(camera.take_image(TARGET, 3)).attempts == 1
    assert (camera.take_image(TARGET, 3).param3, camera.take_image(TARGET, 3).param4) == (1, 3)
    assert camera.zoom_to(TARGET, 7.0).param2 == 100.0


def test_a_whole_state_in_one_message():
    told = {"type": 2, "autopilot": 3, "custom_mode": 6, "latitude": 299000000, "longitude": 1218400000}
    numbers = {"altitude": 60, "heading": 135, "groundspeed": 40, "climb_rate": -15, "battery": 73, "wp_num": 4}
    state = high_latency.state_of(new("HIGH_LATENCY2", **told, **numbers, failure_flags=1 | 128, target_distance=12))
    assert (state.lat_deg, state.heading_deg, state.ground_m_s, state.climb_m_s) == (29.9, 270.0, 8.0, -1.5)
    assert (state.battery_pct, state.item, state.target_distance_m) == (73, 4, 120.0)
    assert state.failing == high_latency.Failure.GPS | high_latency.Failure.BATTERY
    assert high_latency.state_of(new("HIGH_LATENCY2", battery=-1)).battery_pct is None
    assert high_latency.state_of(new("HIGH_LATENCY2")).lat_deg is None


def test_over_a_satellite_an_answer_is_waited_for():
    asked = high_latency.set_high_latency(TARGET, on=True)
    machine = Command(TARGET, asked, own=(255, 190), sending=high_latency.SENDING)
    machine.start(0.0)
    assert machine.next_deadline() == 120.0


def test_remote_identification():
    ready = drone_id.status_of(new("OPEN_DRONE_ID_ARM_STATUS", status=0))
    refused = drone_id.status_of(new("OPEN_DRONE_ID_ARM_STATUS", status=1, error="no operator location"))
    assert (ready.ready, refused.ready, refused.reason) == (True, False, "no operator location")
    assert drone_id.id_of(new("OPEN_DRONE_ID_BASIC_ID", id_type=1, uas_id=_text("1581F4", 20))) == "1581F4"
    assert drone_id.id_of(new("OPEN_DRONE_ID_BASIC_ID")) is None
    where = {"latitude": 299000000, "longitude": 1218400000, "status": 2, "direction": 9000, "speed_horizontal": 800}
    seen = drone_id.location_of(new("OPEN_DRONE_ID_LOCATION", **where, altitude_geodetic=55.5))
    assert (seen.airborne, seen.lat_deg, seen.heading_deg, seen.ground_m_s, seen.alt_amsl_m) == (
        True,
        29.9,
        90,
        8,
        55.5,
    )
    nothing = {"direction": 36100, "speed_horizontal": 25500, "speed_vertical": 6300, "altitude_geodetic": -1000.0}
    unknown = drone_id.location_of(new("OPEN_DRONE_ID_LOCATION", **nothing))
    assert (unknown.airborne, unknown.lat_deg, unknown.heading_deg, unknown.ground_m_s) == (None,) * 4
    assert (unknown.climb_m_s, unknown.alt_amsl_m) == (None, None)


def _adsb(icao=0xABCDEF, tslc=0, **fields):
    told = {"lat": 299000000, "lon": 1218400000, "altitude": 1_500_000, "heading": 9000, "hor_velocity": 8000}
    return new("ADSB_VEHICLE", ICAO_address=icao, tslc=tslc, **(told | {"callsign": "B-7001 ", "flags": 31} | fields))


def test_other_aircraft():
    seen = aircraft_of(_adsb(ver_velocity=-200), 100.0)
    assert (seen.lat_deg, seen.alt_amsl_m, seen.heading_deg) == (29.9, 1500.0, 90.0)
    assert (seen.ground_m_s, seen.climb_m_s, seen.callsign, seen.squawk) == (80.0, -2.0, "B-7001", None)
    assert aircraft_of(_adsb(flags=30), 100.0) is None
    assert aircraft_of(_adsb(lat=2_000_000_000), 100.0) is None
    bare = aircraft_of(_adsb(flags=1), 100.0)
    assert (bare.alt_amsl_m, bare.heading_deg, bare.ground_m_s, bare.callsign) == (None,) * 4


def test_aircraft_heard_by_several_vehicles_are_kept_once():
    traffic = Traffic()
    assert traffic.receive(_adsb(), 100.0) is not None
    assert traffic.receive(_adsb(tslc=5), 101.0) is None
    assert traffic.receive(_adsb(lat=299100000), 102.0).lat_deg == 29.91
    assert [aircraft.lat_deg for aircraft in traffic.around(103.0)] == [29.91]
    assert traffic.around(103.0 + FORGOTTEN_S) == ()


def test_the_sky_is_bounded():
    traffic = Traffic()
    for n in range(MAX_AIRCRAFT + 50):
        traffic.receive(_adsb(icao=n), 100.0 + n / 1000)
    assert len(traffic.around(101.0)) == MAX_AIRCRAFT
    assert min(aircraft.icao for aircraft in traffic.around(101.0)) == 50


def test_operator_control():
    asked = operator_control.request_control(TARGET, 255, allow_takeover=True, timeout_s=500)
    assert (asked.command, asked.param1, asked.param2, asked.param3, asked.param4) == (32100, 1, 1, 60, 255)
    assert operator_control.release_control(TARGET, 255).param1 == 0
    held = operator_control.control_of(SimpleNamespace(gcs_main=254, flags=3), 191)
    assert (held.station, held.takeover_allowed, held.component) == (254, True, 191)
    assert operator_control.control_of(SimpleNamespace(gcs_main=0, flags=1), 1).station is None
    older = operator_control.control_of(SimpleNamespace(sysid_in_control=253, flags=1), 1)
    assert (older.station, older.takeover_allowed) == (253, False)
    assert operator_control.control_of(SimpleNamespace(gcs_main="none", flags=1), 1) is None
    assert operator_control.control_of(SimpleNamespace(owner=1), 1) is None
    for_itself = SimpleNamespace(gcs_main=254, flags=2)
    assert operator_control.control_of(for_itself, 154) is None


@pytest.mark.parametrize(
    ("fields", "asked"),
    [
        ({"param1": 1, "param3": 10, "param4": 254}, (254, 10)),
        ({"param1": 1, "param3": 0, "param4": 1}, (1, 3)),
        ({"param1": 1, "param3": 1e9, "param4": 255}, (255, 60)),
        ({"param1": 0, "param3": 10, "param4": 254}, None),
        ({"param1": 1, "param3": 10, "param4": 0}, None),
        ({"param1": 1, "param3": 10, "param4": 256}, None),
        ({"param1": 1, "param3": 10, "param4": 1.5}, None),
        ({"param1": 1, "param3": float("nan"), "param4": 254}, None),
        ({"param1": 1, "param3": 10, "param4": float("inf")}, None),
        ({"param1": float("nan"), "param3": 10, "param4": 254}, None),
        ({"command": 400, "param1": 1, "param3": 10, "param4": 254}, None),
    ],
)
def test_a_request_that_a_vehicle_hands_on_is_understood_or_none(fields, asked):
    told = operator_control.asked_of(new("COMMAND_LONG", **{"command": 32100, **fields}))
    assert (None if told is None else (told.station, told.timeout_s)) == asked
