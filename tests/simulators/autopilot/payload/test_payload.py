"""A gimbal and a camera behind the autopilot: steered by who has control, seen in their own messages."""

from math import degrees, nan, radians

import pytest

from telemetry.services.gimbal import control_of, limits_of, pointing_of

FITTED = {"MNT1_TYPE": 1, "CAM1_TYPE": 6}


@pytest.fixture
def fitted(make_rig):
    return make_rig(params=FITTED)


def asked(rig, msgid, name):
    rig.command(512, msgid)
    return rig.sent(name)[-1]


def pointing(rig):
    return pointing_of(asked(rig, 285, "GIMBAL_DEVICE_ATTITUDE_STATUS"))


def test_nothing_is_fitted_unless_a_parameter_says_so(rig):
    assert rig.command(1000, -45, 0, nan, nan) == 4
    assert rig.command(2000, 0, 0, 1) == 4
    assert rig.command(512, 280) == 0
    assert rig.sent("GIMBAL_MANAGER_INFORMATION") == []


def test_it_turns_to_the_angles_it_is_given_within_its_reach(fitted):
    limits = limits_of(asked(fitted, 280, "GIMBAL_MANAGER_INFORMATION"))
    assert limits.pitch_deg == pytest.approx((-90.0, 20.0))
    assert fitted.command(1000, -60, 30, nan, nan) == 0
    fitted.run(0.5)
    assert -60 < pointing(fitted).pitch_deg < -10  # it takes its time
    fitted.run(2.0)
    assert pointing(fitted).pitch_deg == pytest.approx(-60.0, abs=0.1)
    assert pointing(fitted).yaw_deg == pytest.approx(30.0, abs=0.1)
    assert not pointing(fitted).earth_frame
    assert fitted.command(1000, -120, nan, nan, nan) == 4  # one angle alone
    fitted.command(1000, -120, 30, nan, nan)
    fitted.run(3.0)
    assert pointing(fitted).pitch_deg == pytest.approx(-90.0, abs=0.1)


def test_rates_turn_it_until_they_are_taken_back(fitted):
    fitted.command(1000, nan, nan, -10, 5)
    fitted.run(2.0)
    fitted.command(1000, nan, nan, 0, 0)
    assert degrees(fitted.vehicle.gimbal.want_pitch_rad) == pytest.approx(-20.0, abs=1.0)
    fitted.run(2.0)
    assert degrees(fitted.vehicle.gimbal.want_pitch_rad) == pytest.approx(-20.0, abs=1.0)


def test_whoever_asks_steers_and_the_status_says_who_has_control(fitted):
    assert fitted.command(1001, -2, -2) == 0
    owner = control_of(fitted.sent("GIMBAL_MANAGER_STATUS")[-1]).primary
    assert tuple(owner) == (255, 190)
    stranger = {"sender": (254, 190), "channel": "A"}
    assert fitted.command(1000, -30, 0, nan, nan, **stranger) == 0  # as ArduCopter, which leaves it to the stations
    told = len(fitted.sent("GIMBAL_MANAGER_STATUS"))
    assert fitted.command(1001, -2, -2) == 0  # nothing changes: nothing is told
    assert len(fitted.sent("GIMBAL_MANAGER_STATUS")) == told
    fitted.command(1001, -3, -3)
    assert control_of(fitted.sent("GIMBAL_MANAGER_STATUS")[-1]).primary is None
    assert fitted.command(1001, 300, 0) == 4


def test_the_message_steers_as_the_command_does(fitted):
    fitted.tell(
        "GIMBAL_MANAGER_SET_PITCHYAW", flags=16, pitch=radians(-45), yaw=radians(90), pitch_rate=nan, yaw_rate=nan
    )
    fitted.run(3.0)
    assert pointing(fitted).pitch_deg == pytest.approx(-45.0, abs=0.1)
    assert not pointing(fitted).earth_frame  # locked to north, and told from the nose
    assert pointing(fitted).yaw_deg == pytest.approx(0.0, abs=0.1)  # the nose is east


def test_pictures_are_taken_one_by_one_and_in_a_row(fitted):
    assert fitted.command(2000, 0, 0, 1) == 0
    assert fitted.command(2000, 0, 1.0, 3) == 0
    fitted.run(5.0)
    taken = fitted.sent("CAMERA_IMAGE_CAPTURED")
    assert [picture.image_index for picture in taken] == [1, 2, 3, 4]
    assert asked(fitted, 262, "CAMERA_CAPTURE_STATUS").image_count == 4
    assert fitted.command(2000, 0, 0.5, 0) == 0
    fitted.run(2.2)
    assert fitted.command(2001) == 0
    count = fitted.vehicle.camera.pictures
    fitted.run(2.0)
    assert fitted.vehicle.camera.pictures == count == 9


def test_video_and_zoom(fitted):
    wide = asked(fitted, 271, "CAMERA_FOV_STATUS").hfov
    assert fitted.command(531, 2, 100) == 0
    assert fitted.sent("CAMERA_SETTINGS")[-1].zoomLevel == pytest.approx(100.0)
    assert asked(fitted, 271, "CAMERA_FOV_STATUS").hfov < wide / 8
    assert fitted.command(2500) == 0
    fitted.run(2.0)
    assert asked(fitted, 262, "CAMERA_CAPTURE_STATUS").recording_time_ms == pytest.approx(2000, abs=50)
    assert fitted.command(2501) == 0
    assert asked(fitted, 262, "CAMERA_CAPTURE_STATUS").video_status == 0


def test_the_middle_of_the_picture_is_where_it_looks(make_rig):
    rig = make_rig(params=FITTED)
    rig.fly(50.0)
    rig.command(1000, -45, 0, nan, nan, 16)
    rig.run(3.0)
    view = asked(rig, 271, "CAMERA_FOV_STATUS")
    north, east = rig.vehicle.local_of(view.lat_image, view.lon_image)
    assert (north, east) == pytest.approx((50.0, 0.0), abs=1.0)
    rig.command(1000, 10, 0, nan, nan)
    rig.run(3.0)
    assert asked(rig, 271, "CAMERA_FOV_STATUS").lat_image == 2**31 - 1


def test_a_region_of_interest_turns_the_gimbal_and_leaves_the_nose(make_rig):
    rig = make_rig(params={"MNT1_TYPE": 1})
    rig.fly(30.0)
    nose = rig.vehicle.body.yaw_rad

    assert rig.command_int(195, frame=3, x=round(29.9e7) + 3000, y=round(121.84e7), z=0.0) == 0
    rig.run(4.0)

    assert rig.vehicle.gimbal.pitch_rad == pytest.approx(-0.735, abs=0.05)  # 33 m north, 30 m below
    assert rig.vehicle.gimbal.yaw_rad == pytest.approx(0.0, abs=0.05)
    assert rig.vehicle.body.yaw_rad == pytest.approx(nose, abs=0.02)
    assert rig.command(197) == 0
    rig.run(4.0)
    assert rig.vehicle.gimbal.pitch_rad == pytest.approx(0.0, abs=0.01)


def test_mission_items_of_the_camera_take_their_pictures(make_rig):
    rig = make_rig(params={"CAM1_TYPE": 1})
    north = round(29.9e7) + 5000
    items = [
        {"x": 1}, {"command": 22, "z": 10.0}, {"command": 206, "param1": 10.0, "param3": 1.0},
        {"x": north, "y": round(121.84e7), "z": 10.0}, {"command": 206}, {"command": 203, "x": 1},
        {"x": north + 2000, "y": round(121.84e7), "z": 10.0}, {"command": 20},
    ]  # fmt: skip
    assert rig.upload(items) == 0
    assert rig.command(176, 1, 4) == 0
    assert rig.command(400, 1) == 0
    assert rig.command(300) == 0
    rig.until(lambda: rig.vehicle.mission.seq == 7)

    assert 6 <= rig.vehicle.camera.pictures <= 8  # one at once, every ten of 55 metres, one more


def test_a_mode_is_taken_of_a_gimbal_and_a_lens_has_range_but_no_focus(fitted):
    assert fitted.command(204, 2) == 0
    assert fitted.command(531, 0, 1) == 3
    assert fitted.command(532, 4, 1) == 3
    assert fitted.command(532, 0, 1) == 2


def test_a_zoom_by_rate_goes_on_until_it_is_stopped(fitted):
    assert fitted.command(531, 1, 1) == 0
    fitted.run(2.0)
    assert fitted.command(531, 1, 0) == 0
    zoom = fitted.vehicle.camera.zoom
    fitted.run(2.0)
    assert zoom == fitted.vehicle.camera.zoom == pytest.approx(5.0, abs=0.1)


def test_a_camera_that_is_only_triggered_takes_pictures_and_nothing_else(make_rig):
    rig = make_rig(params={"CAM1_TYPE": 1})
    assert rig.command(2000, 0, 0, 0) == 0
    assert rig.sent("CAMERA_FEEDBACK")[-1].img_idx == 1
    assert rig.sent("CAMERA_IMAGE_CAPTURED") == []
    assert (rig.command(531, 2, 50), rig.command(2500)) == (0, 4)  # a zoom is taken, as by ArduCopter
    assert rig.sent("CAMERA_SETTINGS") == []
    assert rig.command(2000, 2, 0, 1) == 4  # no second camera
    assert rig.command(2000, 0, 0, 5) == 4  # no interval
    assert rig.command(2001, 2) == 3
    assert asked(rig, 259, "CAMERA_INFORMATION").flags == 2


@pytest.mark.parametrize(
    ("given", "result", "pitch_deg"),
    [
        ((-45, 0, 30, 0, 0, 0, 2), 0, -45.0),
        ((-95, 0, 0, 0, 0, 0, 2), 4, 0.0),
        ((0, 0, 0, 0, 0, 0, 0), 0, 0.0),
        ((0, 0, 0, 10, 299003000, 1218400000, 4), 0, 16.7),
        ((1, 1, 0, 0, 0, 0, 4), 4, 0.0),
        ((0, 0, 0, 0, 0, 0, 7), 4, 0.0),
    ],
)
def test_a_mount_is_told_a_mode_and_angles_or_a_place(fitted, given, result, pitch_deg):
    assert fitted.command(205, *given) == result
    fitted.run(3.0)
    assert pointing(fitted).pitch_deg == pytest.approx(pitch_deg, abs=0.5)


def test_a_gripper_opens_and_closes_where_there_is_one(make_rig):
    assert make_rig().command(211, 0, 1) == 4
    rig = make_rig(params={"GRIP_ENABLE": 1})
    assert [rig.command(211, 0, action) for action in (0, 1, 2)] == [0, 0, 4]


def test_an_output_that_a_parameter_gives_away_is_not_free(make_rig):
    rig = make_rig(params={"SERVO9_FUNCTION": 6, "SERVO10_FUNCTION": 28})
    assert rig.command(183, 9, 1700) == 4
    assert rig.sent("STATUSTEXT")[-1].text == "ServoRelayEvent: Channel 9 is already in use"
    assert rig.command(183, 10, 1700) == 0
