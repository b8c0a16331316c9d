"""Cameras, gimbals, remote identification and other aircraft, kept where they are heard."""

from datetime import UTC, datetime

import pytest

from gcs.fleet.payloads import BEYOND_ARDUPILOT, MAX_CAMERAS, SUBSCRIBED
from gcs.fleet.roster import Fleet
from maps.layers import aircraft_view, vehicle_view
from telemetry.custom_dialect import custom_dialect
from telemetry.dialect import ARDUPILOTMEGA
from telemetry.messages import new
from telemetry.received import Origin, Received

UTC_NOW = datetime(2026, 1, 1, tzinfo=UTC)
ORIGIN = Origin("udpin://0.0.0.0:14550", "10.0.0.1:14550")
CAMERA, GIMBAL, RECEIVER = 100, 154, 156


class Air:
    """A fleet with vehicle 1, and everything that its components say."""

    def __init__(self):
        self.fleet = Fleet()
        self.say("HEARTBEAT", 1, type=2, autopilot=3, base_mode=81, system_status=3)

    def say(self, name, compid, /, *, sysid=1, at_s=0.0, **fields):
        message = new(name, **fields)
        self.fleet.receive(Received(message, sysid, compid, 0, ORIGIN, at_s), at_s, UTC_NOW)

    @property
    def view(self):
        return vehicle_view(self.fleet.vehicles["main-1"], 0.0, payload=self.fleet.payloads.of("main-1"))


@pytest.fixture
def air():
    return Air()


def test_what_was_not_heard_is_unknown(air):
    assert (air.view.gimbal, air.view.cameras, air.view.drone_id_ready) == (None, (), None)


def test_where_the_gimbal_points_and_who_steers_it(air):
    half = 0.7071067811865476
    air.say("GIMBAL_DEVICE_ATTITUDE_STATUS", GIMBAL, q=(half, 0.0, -half, 0.0), flags=32)
    air.say("GIMBAL_MANAGER_STATUS", 1, primary_control_sysid=255, primary_control_compid=190)
    assert air.view.gimbal.pitch_deg == pytest.approx(-90.0, abs=0.1)
    assert (air.view.gimbal.control, air.view.gimbal.earth_frame, air.view.gimbal.failing) == (255, False, False)


def test_a_gimbal_that_says_nothing_sensible_changes_nothing(air):
    air.say("GIMBAL_DEVICE_ATTITUDE_STATUS", GIMBAL, q=(1.0, 0.0, 0.0, 0.0))
    before = air.view.gimbal
    air.say("GIMBAL_DEVICE_ATTITUDE_STATUS", GIMBAL, q=(float("nan"), 0.0, 0.0, 0.0))
    assert air.view.gimbal == before


def test_a_camera_is_put_together_from_what_it_says(air):
    vendor, model = (tuple(text.encode().ljust(32, b"\0")) for text in ("Siyi", "ZR10"))
    air.say("CAMERA_INFORMATION", CAMERA, vendor_name=vendor, model_name=model)
    air.say("CAMERA_CAPTURE_STATUS", CAMERA, video_status=1, image_count=7, available_capacity=float("nan"))
    air.say("VIDEO_STREAM_INFORMATION", CAMERA, uri="rtsp://10.0.0.2/main", name="main")
    (camera,) = air.view.cameras
    assert (camera.model, camera.recording, camera.images, camera.free_mib) == ("Siyi ZR10", True, 7, None)
    assert (camera.video, camera.tracking) == ("rtsp://10.0.0.2/main", None)


def test_what_a_gimbal_and_a_camera_can_is_unknown_until_they_say_it(air):
    air.say("GIMBAL_DEVICE_ATTITUDE_STATUS", GIMBAL, q=(1.0, 0.0, 0.0, 0.0), flags=1)
    air.say("CAMERA_CAPTURE_STATUS", CAMERA)
    assert (air.view.gimbal.can, air.view.cameras[0].can, air.view.cameras[0].zoom_pct) == (None, None, None)
    assert air.view.gimbal.stowed is True

    air.say("GIMBAL_MANAGER_INFORMATION", 1, cap_flags=1 | 2 | 4)
    air.say("CAMERA_INFORMATION", CAMERA, flags=1 | 2 | 64 | 512)
    air.say("CAMERA_SETTINGS", CAMERA, zoomLevel=30.0)
    assert air.view.gimbal.can == ("retract", "neutral")
    assert air.view.cameras[0].can == ("video", "image", "zoom", "track_point")
    assert air.view.cameras[0].zoom_pct == 30.0


def test_cameras_are_bounded(air):
    for compid in range(CAMERA, CAMERA + 6):
        for number in range(7):
            air.say("CAMERA_CAPTURE_STATUS", compid, camera_device_id=number)
    assert len(air.view.cameras) == MAX_CAMERAS


def test_remote_identification_says_why_it_keeps_the_vehicle_on_the_ground(air):
    air.say("OPEN_DRONE_ID_ARM_STATUS", 236, status=1, error="no operator location")
    assert (air.view.drone_id_ready, air.view.drone_id_reason) == (False, "no operator location")


def test_what_its_identification_tells_everybody_is_shown(air):
    assert air.view.broadcast is None
    air.say("OPEN_DRONE_ID_BASIC_ID", 1, id_type=1, uas_id=tuple(b"1581F4".ljust(20, b"\0")))
    assert (air.view.broadcast.id, air.view.broadcast.airborne, air.view.broadcast.lat) == ("1581F4", None, None)
    told = {"status": 2, "latitude": 299000000, "longitude": 1218400000, "altitude_geodetic": 55.5}
    air.say("OPEN_DRONE_ID_LOCATION", 1, **told)
    view = air.view.broadcast
    assert (view.id, view.airborne, view.lat, view.lon, view.alt_amsl_m) == ("1581F4", True, 29.9, 121.84, 55.5)


def test_what_a_receiver_on_it_hears_of_another_is_not_its_own(air):
    other = {"id_or_mac": (7, *[0] * 19)}
    air.say("OPEN_DRONE_ID_BASIC_ID", 236, **other, id_type=1, uas_id=tuple(b"X".ljust(20, b"\0")))
    air.say("OPEN_DRONE_ID_LOCATION", 236, **other, status=2, latitude=1, longitude=1)
    assert air.view.broadcast is None


def test_an_aircraft_heard_by_two_vehicles_is_one(air):
    air.say("HEARTBEAT", 1, sysid=2, type=2, autopilot=3, base_mode=81, system_status=3)
    told = {"ICAO_address": 0x780A3B, "lat": 299000000, "lon": 1218400000, "flags": 1 | 16, "callsign": "CES5101"}
    air.say("ADSB_VEHICLE", RECEIVER, at_s=1.0, **told)
    air.say("ADSB_VEHICLE", RECEIVER, sysid=2, at_s=2.0, **told)
    (aircraft,) = air.fleet.payloads.traffic.around(3.0)
    view = aircraft_view(aircraft, 3.0)
    assert (view.id, view.callsign, view.lat, view.alt_amsl_m, view.age_s) == ("780a3b", "CES5101", 29.9, None, 1.0)


def test_components_of_systems_that_are_no_vehicles_are_not_kept(air):
    air.say("OPEN_DRONE_ID_ARM_STATUS", 236, sysid=9, status=1)
    assert air.fleet.payloads.of("main-9").drone_id is None


CONTROL_STATUS_XML = """<?xml version="1.0"?>
<mavlink>
  <messages>
    <message id="512" name="CONTROL_STATUS">
      <description>As in development.xml.</description>
      <field type="uint8_t" name="gcs_main">The station in control.</field>
      <field type="uint8_t" name="flags">Flags.</field>
    </message>
  </messages>
</mavlink>
"""


def test_whom_the_vehicle_obeys_is_known_where_a_dialect_tells_it(air, tmp_path):
    assert air.view.operator is None
    (tmp_path / "control.xml").write_text(CONTROL_STATUS_XML)
    message = new("CONTROL_STATUS", dialect=custom_dialect(str(tmp_path / "control.xml")), gcs_main=254, flags=3)
    air.fleet.receive(Received(message, 1, 1, 0, ORIGIN, 0.0), 0.0, UTC_NOW)
    assert (air.view.operator.station, air.view.operator.takeover_allowed) == (254, True)
    assert BEYOND_ARDUPILOT.isdisjoint(ARDUPILOTMEGA.by_name)


def test_every_message_that_is_subscribed_exists():
    assert {name for name in SUBSCRIBED if name not in ARDUPILOTMEGA.by_name} == set()
