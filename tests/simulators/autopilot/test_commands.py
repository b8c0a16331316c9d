"""Each command's result by state, as a real ArduCopter gave it."""

import pytest

from telemetry.messages import new

ACCEPTED, REJECTED, DENIED, UNSUPPORTED, FAILED = 0, 1, 2, 3, 4


@pytest.mark.parametrize(
    ("number", "params", "result"),
    [
        (176, (0, 4), DENIED),
        (176, (1, 8), FAILED),
        (176, (81, 4), ACCEPTED),
        (22, (0, 0, 0, 0, 0, 0, 10), FAILED),
        (300, (0, 0), ACCEPTED),
        (300, (1, 3), DENIED),
        (400, (2,), UNSUPPORTED),
        (400, (0,), ACCEPTED),
        (192, (-1, 1, 0, 0, 29.9, 121.84, 15), UNSUPPORTED),
        (115, (90, 0, 1, 0), ACCEPTED),
        (115, (400, 0, 1, 0), FAILED),
        (115, (10, 0, 1, 2), FAILED),
        (178, (1, 5, -1), ACCEPTED),
        (178, (1, 0, -1), DENIED),
        (178, (4, 5, -1), DENIED),
        (183, (9, 1700), ACCEPTED),
        (183, (1, 1700), FAILED),
        (183, (99, 1700), FAILED),
        (183, (17, 1700), FAILED),
        (218, (9, 2), ACCEPTED),
        (218, (0, 0), FAILED),
        (218, (9999, 2), FAILED),
        (198, (2,), ACCEPTED),
        (534, (0, 1), DENIED),
        (512, (286,), ACCEPTED),
        (2001, (), ACCEPTED),
        (531, (2, 50), UNSUPPORTED),
        (532, (4, 1), FAILED),
        (204, (2,), FAILED),
        (181, (0, 1), ACCEPTED),
        (181, (9, 1), FAILED),
        (193, (2,), DENIED),
        (246, (0,), UNSUPPORTED),
        (246, (9,), UNSUPPORTED),
        (401, (), ACCEPTED),
        (207, (1,), ACCEPTED),
        (207, (3,), FAILED),
        (520, (0,), FAILED),
        (519, (1,), UNSUPPORTED),
        (245, (0,), DENIED),
        (2000, (), FAILED),
        (203, (), ACCEPTED),
        (189, (), FAILED),
        (31999, (), UNSUPPORTED),
        (16, (), UNSUPPORTED),
    ],
)
def test_standing_disarmed(rig, number, params, result):
    assert rig.command(number, *params) == result


@pytest.mark.parametrize(
    ("number", "params", "result"),
    [
        (400, (1,), ACCEPTED),
        (400, (0,), FAILED),
        (22, (0, 0, 0, 0, 0, 0, 15), FAILED),
        (300, (0, 0), FAILED),
        (401, (), REJECTED),
        (246, (1,), FAILED),
        (176, (1, 18), FAILED),
        (193, (0,), ACCEPTED),
        (193, (1,), ACCEPTED),
        (21, (), ACCEPTED),
    ],
)
def test_flying_in_guided(flying, number, params, result):
    assert flying.command(number, *params) == result


@pytest.mark.parametrize(
    ("frame", "x", "y", "z", "result"),
    [
        (0, 299005390, 1218400000, 25.0, ACCEPTED),
        (3, 304000000, 1218400000, 15.0, ACCEPTED),
        (10, 299005390, 1218400000, 15.0, ACCEPTED),
        (1, 299005390, 1218400000, 15.0, DENIED),
        (6, 910000000, 1218400000, 15.0, DENIED),
        (6, 0, 0, 15.0, DENIED),
        (6, 299005390, 1218400000, float("nan"), DENIED),
    ],
)
def test_going_somewhere(flying, frame, x, y, z, result):
    assert flying.command_int(192, (-1, 1, 0, 0), frame, x, y, z) == result


def test_going_somewhere_needs_guided_or_leave_to_change_the_mode(flying):
    flying.command(176, 1, 5)
    assert flying.command_int(192, (-1, 0, 0, 0), 6, 299005390, 1218400000, 15.0) == DENIED
    assert flying.command_int(192, (-1, 1, 0, 0), 6, 299005390, 1218400000, 15.0) == ACCEPTED
    assert flying.vehicle.mode == 4


def test_an_answer_goes_to_the_asker_before_the_message_asked_for(rig):
    rig.run(0.5)
    sent = rig.tell("COMMAND_LONG", command=512, param1=148.0, sender=(245, 190))
    assert [message.message_name for message in sent] == ["COMMAND_ACK", "AUTOPILOT_VERSION"]
    assert (sent[0].target_system, sent[0].target_component) == (245, 190)


def test_commands_for_another_vehicle_get_silence(rig):
    for target, answered in ((1, True), (0, True), (77, False)):
        rig.autopilot.receive(new("COMMAND_LONG", target_system=target, target_component=1, command=401), 255, 190, "A")
        assert any(m.message_name == "COMMAND_ACK" for m in rig.take()) is answered


def test_a_mode_change_is_seen_in_the_same_moment(rig):
    rig.run(0.5)
    sent = [message.message_name for message in rig.tell("COMMAND_LONG", command=176, param1=1.0, param2=4.0)]
    assert sent[:2] == ["COMMAND_ACK", "HEARTBEAT"]


def test_modes_that_cannot_be_armed_say_so(rig):
    for mode, name in ((6, "RTL"), (9, "LAND"), (17, "BRAKE"), (7, "CIRCLE")):
        rig.command(176, 1, mode)
        assert rig.command(400, 1) == FAILED
        assert rig.texts()[-1] == f"Arm: {name} mode not armable"


def test_before_the_position_is_good_guided_cannot_be_armed(make_rig):
    rig = make_rig(warm=False)
    rig.run(30.0)
    rig.command(176, 1, 4)
    assert rig.command(400, 1) == FAILED
    assert "Arm: Need Position Estimate" in rig.texts()
    rig.run(13.0)
    assert rig.command(400, 1) == ACCEPTED


def test_the_boot_tells_what_the_real_one_tells(make_rig):
    rig = make_rig(warm=False)
    rig.run(42.0)
    assert rig.texts()[0] == "RCInput: decoding UDP (Pulses)"
    assert rig.texts()[-1] == "EKF3 IMU1 is using GPS"
    assert len(rig.texts()) == 21
    first = rig.sent("HEARTBEAT")[0]
    assert (first.system_status, first.base_mode) == (1, 89)
    assert (rig.sent("HEARTBEAT")[-1].system_status, rig.sent("HEARTBEAT")[-1].base_mode) == (3, 81)


def test_rebooting_forgets_rates_and_mode_and_keeps_parameters_and_items(rig):
    rig.tell("PARAM_SET", param_id="WPNAV_SPEED", param_value=777.0)
    assert rig.upload([{"frame": 0}, {"x": 299000000, "y": 1218400000, "z": 12.0}]) == 0
    rig.command(176, 1, 4)
    assert rig.command(246, 1) == ACCEPTED
    rig.run(0.3)
    rig.autopilot.open("A")
    rig.run(7.0)
    assert rig.autopilot.restarts == 1
    assert rig.vehicle.mode == 0
    assert rig.vehicle.params["WPNAV_SPEED"] == 777.0
    assert rig.tell("MISSION_REQUEST_LIST")[0].as_dict()["count"] == 2


def test_a_failed_compass_is_told_as_unhealthy_and_refuses_the_arming(rig):
    for failed, healthy in ((1.0, False), (0.0, True)):
        rig.tell("PARAM_SET", param_id="SIM_MAG1_FAIL", param_value=failed, param_type=9)
        rig.tell("COMMAND_LONG", command=512, param1=1.0)
        assert bool(rig.sent("SYS_STATUS")[-1].onboard_control_sensors_health & 4) is healthy
        assert rig.command(400, 1) == (0 if healthy else 4)
    assert "Arm: Compass not healthy" in rig.texts()


@pytest.mark.parametrize(
    ("number", "params", "result"),
    [
        (32, (0,), 2), (32, (7,), 0), (84, (0, 0, 0, 0, 0, 0, 10), 4), (85, (), 0), (188, (), 4), (216, (1,), 0),
        (224, (0,), 4), (224, (5,), 2), (500, (), 0), (601, (3,), 4), (601, (70_000,), 2), (2520, (), 0),
        (2600, (1,), 0), (2600, (2,), 4), (5300, (2,), 2), (10001, (), 4), (32000, (0,), 0), (32000, (1,), 4),
        (42007, (1,), 0), (42007, (4,), 2), (42429, (), 4), (42700, (), 2), (42701, (), 2), (218, (1, 0), 4),
        (218, (9, 2), 0), (218, (9, 3), 2), (208, (3,), 4), (202, (), 0), (246, (0,), 3), (246, (2,), 3),
        (201, (0, 0, 0, 0, 95, 0, 0), 4), (179, (2, 0, 0, 0, 29.9, 121.84, 10), 4),
    ],
)  # fmt: skip
def test_what_a_real_one_was_seen_to_answer_on_the_ground(rig, number, params, result):
    assert rig.command(number, *params) == result


def test_an_armed_vehicle_refuses_a_reboot_whatever_else_is_wrong_with_it(rig):
    rig.command(176, 1, 4)
    rig.command(400, 1)
    assert (rig.command(246, 0), rig.command(246, 1)) == (4, 4)


def test_home_is_set_here_where_no_place_is_given(rig):
    assert rig.command(179, 0) == 0
    assert rig.sent("HOME_POSITION")[-1].latitude == 299000000


def test_a_safety_switch_keeps_it_from_arming(rig):
    assert rig.command(5300, 0) == 0
    assert rig.command(400, 1) == 4
    assert rig.texts()[-1] == "Arm: Hardware safety switch"
    assert (rig.command(5300, 1), rig.command(400, 1)) == (0, 0)


def test_an_output_that_stays_as_it_is_tells_no_change(rig):
    assert rig.command(181, 0, 0) == 0
    assert rig.sent("PARAM_VALUE") == []
    rig.command(181, 0, 1)
    assert [m.param_id for m in rig.sent("PARAM_VALUE")] == ["SIM_PIN_MASK"]


def test_a_mode_that_ground_stations_may_not_ask_for_is_refused(make_rig):
    rig = make_rig(params={"FLTMODE_GCSBLOCK": 1 << 5})  # LOITER
    assert rig.command(176, 1, 5) == 4
    texts = [m.text for m in rig.sent("STATUSTEXT")]
    assert "".join(texts) == "Mode change to LOITER failed: GCS entry disabled (FLTMODE_GCSBLOCK)"
    assert rig.command(176, 1, 4) == 0


def test_a_take_off_in_loiter_is_a_hop(rig):
    """It is taken, and comes down at once: nobody holds the stick."""
    rig.command(176, 1, 5)
    rig.command(400, 1)
    assert rig.command(22, 0, 0, 0, 0, 0, 0, 10) == 0
    rig.until(lambda: rig.vehicle.flying, 3.0)
    assert rig.until(lambda: not rig.vehicle.flying, 4.0) == pytest.approx(1.8, abs=0.5)


def test_the_heartbeat_says_whether_the_place_is_controlled(rig):
    """As recorded: a mode without it begins with what was before; a return that is over, or never was, ends it."""
    bases = []

    def beat(number):
        rig.command(176, 1, number)
        bases.append(rig.sent("HEARTBEAT")[-1].base_mode)
        rig.run(1.1)
        bases.append(rig.sent("HEARTBEAT")[-1].base_mode)

    for number in (4, 0, 6, 9, 11):
        beat(number)
    assert bases == [89, 89, 89, 81, 89, 81, 89, 89, 89, 81]


def test_what_the_vehicle_keeps_to_itself_is_not_written(rig):
    told = rig.tell("PARAM_SET", param_id="MIS_TOTAL", param_value=77.0)
    assert [m.param_value for m in told if m.message_name == "PARAM_VALUE"] == [1.0]
    assert rig.texts()[-1] == "Param write denied (MIS_TOTAL)"


def test_a_value_that_is_cut_to_what_it_was_is_told_with_its_own_type(rig):
    """Only one that is sent as it stands comes back as REAL32."""
    cut, same = (
        rig.tell("PARAM_SET", param_id="INS_ENABLE_MASK", param_value=value)[0].param_type for value in (300.0, 127.0)
    )
    assert (cut, same) == (2, 2)
    assert rig.tell("PARAM_SET", param_id="GPS_INJECT_TO", param_value=127.0)[0].param_type == 9
