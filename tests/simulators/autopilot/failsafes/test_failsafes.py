"""What failsafes and fences ask for, by their parameters, as a real ArduCopter was seen to do."""

import pytest

from simulators.autopilot.state import BRAKE, LAND, LOITER, RTL, SMART_RTL

SILENCE_S = 5.5


def _set(rig, **parameters):
    for name, value in parameters.items():
        rig.tell("PARAM_SET", param_id=name, param_value=value, param_type=9)


def _lose_ground_control(rig):
    rig.tell("HEARTBEAT", type=6, autopilot=8)
    rig.run(SILENCE_S)


@pytest.mark.parametrize(
    ("enable", "mode"), [(1, RTL), (2, RTL), (3, SMART_RTL), (4, SMART_RTL), (5, LAND), (6, RTL), (7, BRAKE), (99, RTL)]
)
def test_without_ground_control_it_does_what_fs_gcs_enable_says(rig, enable, mode):
    _set(rig, FS_GCS_ENABLE=enable)
    rig.fly()
    _lose_ground_control(rig)
    assert rig.vehicle.mode == mode
    assert "GCS Failsafe" in rig.texts()


def test_the_value_that_was_removed_is_told_at_arming_and_does_not_keep_from_it(rig):
    _set(rig, FS_GCS_ENABLE=2)
    rig.fly()
    assert "Arm: FS_GCS_ENABLE=2 removed, see FS_OPTIONS" in rig.texts()


def test_what_a_pilot_holds_goes_on_without_ground_control(rig):
    _set(rig, FS_GCS_ENABLE=1)
    rig.fly()
    rig.command(176, 1, LOITER)
    _lose_ground_control(rig)
    assert rig.vehicle.mode == LOITER
    assert "GCS Failsafe - Continuing Pilot Control" in rig.texts()


@pytest.mark.parametrize(("enable", "mode"), [(1, RTL), (3, LAND), (4, SMART_RTL), (5, SMART_RTL), (7, BRAKE)])
def test_without_radio_it_does_what_fs_thr_enable_says(rig, enable, mode):
    _set(rig, FS_THR_ENABLE=enable)
    rig.fly()
    _set(rig, SIM_RC_FAIL=1)
    rig.run(2.0)
    assert rig.vehicle.mode == mode
    assert "Radio Failsafe" in rig.texts()


@pytest.mark.parametrize(("action", "mode"), [(1, RTL), (2, LAND), (3, SMART_RTL), (4, BRAKE), (5, SMART_RTL)])
def test_a_breached_fence_is_left_as_fence_action_says(rig, action, mode):
    rig.fly(12.0)
    _set(rig, FENCE_TYPE=1, FENCE_ALT_MAX=10, FENCE_ACTION=action, FENCE_ENABLE=1)
    rig.run(1.0)
    assert rig.vehicle.mode == mode


def test_smart_return_does_not_climb_and_lands_without_a_pause(rig):
    rig.fly(8.0)
    rig.command(176, 1, SMART_RTL)
    heights_m = []
    took_s = rig.until(lambda: heights_m.append(rig.vehicle.relative_alt_m) or not rig.vehicle.armed, 40.0)
    assert took_s < 25.0
    assert max(heights_m) < 8.5


def test_it_arms_in_auto_only_where_auto_options_allow_it(rig):
    home, up = {"command": 16, "frame": 0}, {"command": 22, "z": 10.0}
    assert rig.upload([home, up]) == 0
    rig.command(176, 1, 3)
    assert rig.command(400, 1) == 4
    assert "Arm: AUTO mode not armable" in rig.texts()
    _set(rig, AUTO_OPTIONS=3)
    assert rig.command(400, 1) == 0


def test_a_full_pack_that_is_told_ends_the_battery_failsafe(make_rig):
    rig = make_rig(params={"BATT_LOW_VOLT": 11.5, "BATT_FS_LOW_ACT": 2, "BATT_LOW_TIMER": 1})
    rig.tell("PARAM_SET", param_id="SIM_BATT_VOLTAGE", param_value=11.2)
    rig.run(2.0)
    rig.tell("PARAM_SET", param_id="SIM_BATT_VOLTAGE", param_value=12.6)
    rig.command(176, 1, 4)
    assert rig.command(400, 1) == 4
    assert rig.command(42651, 1, 100) == 0
    assert rig.command(400, 1) == 0


def test_the_rated_capacity_is_what_percentages_are_told_by(make_rig):
    rig = make_rig(params={"BATT_CAPACITY": 1000})
    rig.fly(5.0)
    used = rig.vehicle.battery.consumed_mah
    assert rig.vehicle.battery.remaining_pct == int(100 - used / 10)


def test_without_the_radio_no_mode_is_entered_that_needs_its_sticks(rig):
    rig.fly(5.0)
    rig.tell("PARAM_SET", param_id="SIM_RC_FAIL", param_value=1.0)
    rig.run(2.0)
    for mode in (0, 1, 11):
        assert rig.command(176, 1, mode) == 4
    assert rig.texts()[-1] == "Mode change to DRIFT failed: in RC failsafe"


def test_a_fence_that_is_on_and_not_there_keeps_it_from_arming(make_rig):
    rig = make_rig(params={"FENCE_TYPE": 4, "FENCE_ENABLE": 1})
    rig.run(0.5)
    assert rig.command(207, 1) == 4
    rig.command(176, 1, 4)
    assert rig.command(400, 1) == 4
    assert rig.texts()[-1] == "Arm: Fences enabled, but none selected"


def test_a_circle_is_breached_again_every_twenty_metres(make_rig):
    rig = make_rig(params={"FENCE_TYPE": 2, "FENCE_RADIUS": 30.0, "FENCE_ACTION": 0, "FENCE_ENABLE": 1})
    assert rig.upload([{"frame": 0}, {"command": 22, "z": 5.0}, {"x": 299009000, "y": 1218400000, "z": 5.0}]) == 0
    rig.command(176, 1, 4)
    rig.command(400, 1)
    rig.command(300)
    rig.until(lambda: rig.vehicle.body.north_m > 75.0, 60.0)
    assert rig.texts().count("Circle fence breached") == 3
