"""A mission's execution: texts, reached items, states, and what is done on the way."""

import pytest

from simulators.autopilot.flight.utc_delay import until_utc
from telemetry.services.mission_item import MissionItem

LAT, LON = 299000000, 1218400000
HOME = {"frame": 0, "x": LAT, "y": LON, "z": 10.0}
TAKE_OFF = {"command": 22, "z": 10.0}
RETURN = {"command": 20, "frame": 0}


def way(north_m, east_m=0.0, height_m=10.0, **more):
    return {"x": LAT + round(north_m * 90.2), "y": LON + round(east_m * 103.6), "z": height_m, **more}


def launch(rig, items):
    assert rig.upload(items) == 0
    assert rig.command(176, 1, 4) == 0
    assert rig.command(400, 1) == 0
    rig.run(1.5)
    assert rig.command(300) == 0


def reached(rig):
    return [message.seq for message in rig.sent("MISSION_ITEM_REACHED")]


def mission_texts(rig):
    return [text for text in rig.texts() if text.startswith(("Mission:", "Reached"))]


def test_a_survey_from_take_off_to_disarming(rig):
    speed = {"command": 178, "param1": 1.0, "param2": 8.0, "param3": -1.0}
    launch(rig, [HOME, TAKE_OFF, speed, way(40), way(40, 40), RETURN])
    rig.until(lambda: not rig.vehicle.armed)
    assert mission_texts(rig) == [
        "Mission: 1 Takeoff",
        "Mission: 1 Takeoff",
        "Mission: 2 ChangeSpeed",
        "Mission: 3 WP",
        "Reached command #3",
        "Mission: 4 WP",
        "Reached command #4",
        "Mission: 5 RTL",
    ]
    assert reached(rig) == [2, 3, 4, 5]
    assert (rig.vehicle.mission.seq, rig.vehicle.mission.state, rig.vehicle.mission.total) == (0, 5, 5)
    assert rig.vehicle.mode == 3


def test_the_take_off_is_not_lost_where_no_do_item_follows(rig):
    launch(rig, [HOME, TAKE_OFF, way(20), RETURN])
    rig.until(lambda: rig.vehicle.mission.seq == 3)
    assert reached(rig) == [1, 2]


def test_a_hold_is_held(rig):
    launch(rig, [HOME, TAKE_OFF, way(20, param1=5.0), way(40), RETURN])
    rig.until(lambda: abs(rig.vehicle.body.north_m - 20) < 0.2 and rig.vehicle.body.ground_m_s < 0.1)
    assert 3.0 < rig.until(lambda: rig.vehicle.mission.seq == 3) < 5.5  # counted from the end of the planned leg


def test_a_delay_gates_the_do_items_behind_it_while_the_vehicle_flies_on(rig):
    wait, servo = {"command": 112, "param1": 4.0}, {"command": 183, "param1": 9.0, "param2": 1900.0}
    launch(rig, [HOME, TAKE_OFF, wait, servo, way(100), RETURN])
    rig.until(lambda: rig.vehicle.mission.seq == 4)
    started = rig.vehicle.now_s
    rig.until(lambda: rig.vehicle.servos.get(9) == 1900)
    assert rig.vehicle.now_s - started == pytest.approx(4.0, abs=0.2)
    assert rig.vehicle.body.north_m > 5.0


def test_a_jump_repeats_and_then_goes_on(rig):
    jump = {"command": 177, "frame": 0, "param1": 2.0, "param2": 1.0}
    launch(rig, [HOME, TAKE_OFF, way(15), way(15, 15), jump, RETURN])
    rig.until(lambda: rig.vehicle.mission.seq == 5)
    assert reached(rig) == [1, 2, 3, 2, 3]
    assert "Mission: 4 Jump 1/1" in rig.texts()


def test_without_a_return_it_hovers_where_the_mission_ends(rig):
    launch(rig, [HOME, TAKE_OFF, way(20)])
    rig.until(lambda: rig.vehicle.mission.state == 5)
    rig.run(10.0)
    assert rig.vehicle.mode == 3
    assert rig.vehicle.body.north_m == pytest.approx(20.0, abs=0.5)
    assert rig.vehicle.relative_alt_m == pytest.approx(10.0, abs=0.5)


def test_leaving_auto_and_coming_back_takes_the_same_item_up_again(rig):
    launch(rig, [HOME, TAKE_OFF, way(200), RETURN])
    rig.until(lambda: rig.vehicle.body.north_m > 30)
    rig.command(176, 1, 17)
    rig.run(8.0)
    assert rig.vehicle.body.ground_m_s < 0.2
    rig.command(176, 1, 3)
    assert rig.vehicle.mission.seq == 2
    rig.until(lambda: rig.vehicle.mission.seq == 3)
    assert rig.vehicle.body.north_m == pytest.approx(200, abs=2.5)


def test_pause_and_continue(rig):
    launch(rig, [HOME, TAKE_OFF, way(200), RETURN])
    rig.until(lambda: rig.vehicle.body.ground_m_s > 9.5)
    assert rig.command(193, 0) == 0
    rig.run(8.0)
    assert rig.vehicle.body.ground_m_s < 0.2
    assert rig.vehicle.mission.state == 4
    assert rig.command(193, 1) == 0
    rig.run(8.0)
    assert rig.vehicle.body.ground_m_s > 9.0


def test_what_flies_no_way_cannot_be_paused(rig):
    launch(rig, [HOME, TAKE_OFF, way(20), RETURN])
    rig.run(3.0)
    assert rig.command(193, 0) == 4
    assert "Failed to pause" in rig.texts()
    rig.until(lambda: rig.vehicle.mission.seq == 3)
    rig.run(1.0)
    assert rig.command(193, 0) == 4
    assert rig.vehicle.mission.state == 3


def test_disarming_sets_the_mission_back_to_its_start(rig):
    launch(rig, [HOME, TAKE_OFF, way(20), way(60), RETURN])
    rig.until(lambda: rig.vehicle.mission.seq == 3)
    assert rig.command(20) == 0
    rig.until(lambda: not rig.vehicle.armed)
    rig.run(0.1)
    assert (rig.vehicle.mission.seq, rig.vehicle.mission.state) == (0, 2)


def test_a_battery_is_said_to_be_full_again(rig):
    launch(rig, [HOME, TAKE_OFF, way(20), RETURN])
    rig.until(lambda: not rig.vehicle.armed)
    assert rig.vehicle.battery.remaining_pct < 95
    assert rig.command(42651, 1, 101) == 4
    assert rig.command(42651, 2, 100) == 0
    assert rig.vehicle.battery.remaining_pct < 95
    assert rig.command(42651, 1, 100) == 0
    assert rig.vehicle.battery.remaining_pct == 100


def test_a_mission_under_way_cannot_be_cleared_but_replaced(rig):
    items = [HOME, TAKE_OFF, way(200), RETURN]
    launch(rig, items)
    rig.until(lambda: rig.vehicle.body.north_m > 30)
    assert rig.tell("MISSION_CLEAR_ALL")[0].type == 1
    assert rig.upload([HOME, TAKE_OFF, way(200), way(200, 30), RETURN]) == 0
    assert "Auto mission changed, restarted command" in rig.texts()
    rig.until(lambda: rig.vehicle.mission.seq == 4)
    assert rig.vehicle.body.east_m == pytest.approx(30, abs=2.5)


def test_setting_the_current_item(rig):
    assert rig.upload([HOME, TAKE_OFF, way(20), way(40), RETURN]) == 0
    current = rig.tell("MISSION_SET_CURRENT", seq=3)
    assert [(m.seq, m.total) for m in current if m.message_name == "MISSION_CURRENT"] == [(3, 4)]
    assert [m for m in rig.tell("MISSION_SET_CURRENT", seq=99) if m.message_name == "MISSION_CURRENT"] == []
    assert rig.command(224, 99) == 2
    assert rig.command(224, -1) == 2
    assert rig.command(224, 2) == 0


def test_landing_at_a_place(rig):
    launch(rig, [HOME, TAKE_OFF, way(30), {**way(30, 20, 0.0), "command": 21}])
    rig.until(lambda: not rig.vehicle.armed)
    body = rig.vehicle.body
    assert (body.north_m, body.east_m) == (pytest.approx(30, abs=0.3), pytest.approx(20, abs=0.3))
    assert reached(rig)[-1] == 2


def test_a_slower_speed_counts_at_once_and_a_faster_one_too(rig):
    launch(rig, [HOME, TAKE_OFF, way(400), RETURN])
    rig.until(lambda: rig.vehicle.body.ground_m_s > 9.5)
    assert rig.command(178, 1, 4, -1) == 0
    rig.run(6.0)
    assert rig.vehicle.body.ground_m_s == pytest.approx(4.0, abs=0.2)
    assert rig.command(178, 1, 8, -1) == 0
    rig.run(5.0)
    assert rig.vehicle.body.ground_m_s == pytest.approx(8.0, abs=0.2)
    top = 0.0
    while rig.vehicle.mission.seq == 2:
        rig.run(0.02)
        top = max(top, rig.vehicle.body.north_m)
    rig.run(0.5)
    assert top == pytest.approx(400.0, abs=1.5)


def test_a_mission_that_does_not_begin_with_a_take_off_is_not_begun_on_the_ground(rig):
    assert rig.upload([{"frame": 0}, {"command": 93, "param1": 1.0}, {"z": 10.0, "x": 299003000, "y": 1218400000}]) == 0
    rig.command(176, 1, 4)
    rig.command(400, 1)
    since_s = rig.vehicle.now_s
    assert rig.command(300) == 4
    assert rig.texts(since_s - 0.01)[-2:] == ["Auto: Missing Takeoff Cmd", "Mode change to AUTO failed: init failed"]
    assert rig.upload([{"frame": 0}]) == 0
    assert rig.command(176, 1, 3) == 4
    assert rig.texts()[-1] == "Mode change to AUTO failed: init failed"
    assert rig.texts().count("Auto: Missing Takeoff Cmd") == 1


def test_a_take_off_in_auto_waits_for_somebody_to_start_the_mission(rig):
    """The mode alone lets nothing lift off; the vehicle disarms, and the mission begins anew at once."""
    assert rig.upload([{"frame": 0}, {"command": 22, "z": 10.0}, {"command": 20}]) == 0
    rig.command(176, 1, 4)
    rig.command(400, 1)
    assert rig.command(176, 1, 3) == 0
    rig.until(lambda: not rig.vehicle.armed, 15.0)
    rig.run(0.1)
    assert rig.texts()[-2:] == ["Disarming motors", "Mission: 1 Takeoff"]
    rig.command(176, 1, 4)
    rig.command(400, 1)
    rig.command(176, 1, 3)
    rig.run(5.0)
    assert not rig.vehicle.flying
    assert rig.command(300) == 0
    rig.until(lambda: rig.vehicle.flying, 3.0)


def test_auto_options_let_it_arm_and_lift_off_by_itself(make_rig):
    rig = make_rig(params={"AUTO_OPTIONS": 3})
    assert rig.upload([{"frame": 0}, {"command": 22, "z": 10.0}, {"command": 20}]) == 0
    assert rig.command(176, 1, 3) == 0
    assert rig.command(400, 1) == 0
    rig.until(lambda: rig.vehicle.flying, 5.0)
    assert rig.texts().count("Mission: 1 Takeoff") == 1


def test_items_of_other_vehicles_are_passed_over_and_tags_are_found(rig):
    items = [
        {"frame": 0}, {"command": 22, "z": 5.0}, {"command": 30, "x": 299003000, "y": 1218400000, "z": 5.0},
        {"command": 600, "param1": 7.0}, {"command": 191, "x": 1}, {"command": 211, "param2": 1.0},
        {"command": 207, "param1": 1.0}, {"command": 93, "param1": 1.0}, {"command": 601, "param1": 7.0, "param2": 1.0},
        {"command": 20},
    ]  # fmt: skip
    assert rig.upload(items) == 0
    rig.command(176, 1, 4)
    rig.command(400, 1)
    assert rig.command(601, 9) == 4
    assert rig.command(300) == 0
    rig.until(lambda: rig.vehicle.mission.seq == 9, 60.0)
    told = [text for text in rig.texts() if "EKF" not in text]
    assert told[told.index("Mission: 2 ContinueAndChangeAlt") :] == [
        "Mission: 2 ContinueAndChangeAlt", "Mission: 3 Tag 0", "Mission: 7 Delay", "Delaying 1 sec",
        "Mission: 4 Go Around", "Skipping invalid cmd #191", "Mission: 5 Gripper", "Gripper Grabbed",
        "Mission: 6 FenceEnable", "Max Alt and Circle fences enabled", "Mission: 8 Jump 1/1", "Mission: 3 Tag 0",
        "Mission: 7 Delay", "Delaying 1 sec", "Mission: 4 Go Around", "Skipping invalid cmd #191",
        "Mission: 5 Gripper", "Gripper Grabbed", "Mission: 6 FenceEnable", "Mission: 9 RTL",
    ]  # fmt: skip
    assert [m.seq for m in rig.sent("MISSION_ITEM_REACHED")] == [1, 4, 6, 7, 4, 6, 7]


@pytest.mark.parametrize(
    ("at_utc", "until", "wait_s"),
    [
        ((12, 0, 30.25), (-1, -1, -1), 0.75),
        ((12, 0, 30.0), (-1, -1, 40), 10.0),
        ((12, 0, 30.0), (-1, 1, 0), 30.0),
        ((12, 0, 30.0), (-1, -1, 10), 40.0),
        ((12, 0, 30.0), (11, 59, 30), 23 * 3600 + 59 * 60),
    ],
)
def test_a_delay_until_a_time_of_day_ends_then(make_rig, at_utc, until, wait_s):
    hour, minute, second = at_utc
    unix_us = 1_767_225_600_000_000 + round((hour * 3600 + minute * 60 + second) * 1e6)
    rig = make_rig(unix_at_boot_us=unix_us - 45_000_000)
    item = MissionItem(1, 93, 0, 0.0, *(float(part) for part in until))
    assert until_utc(rig.vehicle, item) == pytest.approx(wait_s, abs=0.01)


def test_a_landing_item_ends_with_the_motors_off_and_the_mission_begins_anew(rig):
    """As seen of a real one: no item is told as reached, and the first one waits for the motors."""
    place = {"x": 299000000, "y": 1218400000}
    assert rig.upload([{"frame": 0}, {"command": 22, "z": 5.0}, {"command": 21, **place}]) == 0
    rig.command(176, 1, 4)
    rig.command(400, 1)
    rig.command(300)
    rig.until(lambda: rig.vehicle.flying, 10.0)
    rig.until(lambda: not rig.vehicle.armed, 60.0)
    rig.run(0.1)
    assert [m.seq for m in rig.sent("MISSION_ITEM_REACHED")] == [1]
    assert rig.texts()[-2:] == ["Disarming motors", "Mission: 1 Takeoff"]
    assert (rig.vehicle.mission.seq, rig.vehicle.mission.state) == (1, 3)
