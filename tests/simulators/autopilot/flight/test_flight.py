"""The simulated flight against figures measured on a real ArduCopter (SITL quad, default parameters)."""

from itertools import pairwise

import pytest


def north_of(rig, metres):
    return round((rig.autopilot.spec.lat_deg + metres / 110_860.0) * 1e7)


def east(rig):
    return round(rig.autopilot.spec.lon_deg * 1e7)


def take_off(rig, height_m):
    assert rig.command(176, 1, 4) == 0
    assert rig.command(400, 1) == 0
    rig.run(3.0)
    assert rig.command(22, 0, 0, 0, 0, 0, 0, height_m) == 0


def test_take_off_lifts_after_the_spool_up_and_climbs_at_two_and_a_half_metres_a_second(rig):
    take_off(rig, 30.0)
    lift = rig.until(lambda: not rig.vehicle.body.on_ground)
    top = 0.0
    half_metre = lift + rig.until(lambda: rig.vehicle.relative_alt_m > 0.5)
    while rig.vehicle.relative_alt_m < 29.9:
        rig.run(0.02)
        top = max(top, rig.vehicle.body.climb_m_s)
    total = rig.vehicle.now_s - rig.vehicle.armed_at_s - 3.0

    assert lift == pytest.approx(1.36, abs=0.1)
    assert half_metre == pytest.approx(2.31, abs=0.25)
    assert top == pytest.approx(2.54, abs=0.1)
    assert total == pytest.approx(16.1, abs=0.8)
    rig.run(5.0)
    assert rig.vehicle.relative_alt_m == pytest.approx(30.0, abs=0.15)


def test_ten_metres_are_reached_in_eight_seconds(rig):
    take_off(rig, 10.0)
    assert rig.until(lambda: rig.vehicle.relative_alt_m > 9.7) == pytest.approx(8.2, abs=0.4)


def fly_north(rig, metres):
    """(time, ground speed, distance north) until it has come to rest."""
    assert rig.command_int(192, (-1, 1, 0, 0), 6, north_of(rig, metres), east(rig), 10.0) == 0
    start, track = rig.vehicle.now_s, []
    body = rig.vehicle.body
    while not track or track[-1][0] < 5.0 or abs(body.north_m - metres) > 0.5 or body.ground_m_s > 0.15:
        rig.run(0.02)
        track.append((rig.vehicle.now_s - start, body.ground_m_s, body.north_m))
    return track


def test_a_leg_of_two_hundred_metres_is_flown_as_recorded(flying):
    track = fly_north(flying, 200.0)

    def when(speed):
        return next(t for t, v, _ in track if v >= speed)

    assert when(1.0) == pytest.approx(0.76, abs=0.2)
    assert when(5.0) == pytest.approx(2.41, abs=0.3)
    assert when(9.0) == pytest.approx(4.66, abs=0.5)
    assert max(v for _, v, _ in track) == pytest.approx(9.98, abs=0.1)
    assert max(north for *_, north in track) - 200.0 == pytest.approx(0.87, abs=0.5)
    assert track[-1][0] == pytest.approx(25.8, rel=0.05)


def test_a_short_leg_never_gets_to_full_speed(flying):
    assert max(v for _, v, _ in fly_north(flying, 60.0)) == pytest.approx(9.04, rel=0.05)


def test_the_nose_turns_to_the_leg_within_two_seconds_or_so(flying):
    before = flying.vehicle.body.yaw_rad
    assert flying.command_int(192, (-1, 1, 0, 0), 6, north_of(flying, 100), east(flying), 10.0) == 0
    start = flying.vehicle.now_s
    flying.until(lambda: abs(flying.vehicle.body.yaw_rad - before) > 0.05)
    assert flying.vehicle.now_s - start == pytest.approx(0.7, abs=0.25)
    flying.until(lambda: abs(flying.vehicle.body.yaw_rad) < 0.05)
    assert flying.vehicle.now_s - start == pytest.approx(2.5, abs=0.4)


def test_brake_stops_within_twenty_metres_or_so(flying):
    assert flying.command_int(192, (-1, 1, 0, 0), 6, north_of(flying, 300), east(flying), 10.0) == 0
    flying.until(lambda: flying.vehicle.body.ground_m_s > 9.9)
    at = flying.vehicle.body.north_m
    assert flying.command(176, 1, 17) == 0
    took = flying.until(lambda: flying.vehicle.body.ground_m_s < 0.1)
    assert flying.vehicle.body.north_m - at == pytest.approx(21.0, abs=3.0)
    assert took == pytest.approx(5.0, abs=1.5)


def test_loiter_without_a_stick_sinks(flying):
    assert flying.command(176, 1, 5) == 0
    flying.run(2.5)
    assert flying.vehicle.body.climb_m_s == pytest.approx(-2.45, abs=0.2)


def test_stabilize_without_a_stick_falls(flying):
    assert flying.command(176, 1, 0) == 0
    assert flying.until(lambda: flying.vehicle.body.on_ground) == pytest.approx(1.5, abs=0.2)
    assert flying.vehicle.body.touch_speed_m_s == pytest.approx(11.8, abs=0.5)


@pytest.mark.parametrize(
    ("distance_m", "height_m", "top_m"),
    [(0.0, 5.0, 5.0), (2.06, 5.0, 6.6), (15.0, 5.0, 15.0), (15.0, 25.0, 25.0)],
)
def test_the_return_climbs_to_the_cone_or_the_return_height(make_rig, distance_m, height_m, top_m):
    rig = make_rig()
    rig.fly(height_m)
    if distance_m:
        assert rig.command_int(192, (-1, 1, 0, 0), 6, north_of(rig, distance_m), east(rig), height_m) == 0
        rig.run(15.0)
    assert rig.command(20) == 0
    top = 0.0
    while rig.vehicle.armed:
        rig.run(0.1)
        top = max(top, rig.vehicle.relative_alt_m)
    assert top == pytest.approx(top_m, abs=0.5)
    assert rig.vehicle.body.north_m == pytest.approx(0.0, abs=0.15)


def test_the_return_from_afar_takes_as_long_as_recorded(make_rig):
    rig = make_rig()
    rig.fly(10.0)
    assert rig.command_int(192, (-1, 1, 0, 0), 6, north_of(rig, 120), east(rig), 10.0) == 0
    rig.run(25.0)
    assert rig.command(20) == 0
    assert rig.until(lambda: rig.vehicle.body.on_ground) == pytest.approx(52.9, rel=0.05)
    assert rig.vehicle.body.touch_speed_m_s == pytest.approx(0.5, abs=0.02)
    assert rig.until(lambda: not rig.vehicle.armed) == pytest.approx(2.09, abs=0.1)


def test_an_armed_vehicle_that_does_nothing_disarms_after_ten_seconds(rig):
    assert rig.command(400, 1) == 0
    assert rig.until(lambda: not rig.vehicle.armed) == pytest.approx(9.94, abs=0.1)
    assert "Disarming motors" in rig.texts()


def test_the_battery_gives_what_was_measured(flying):
    battery = flying.vehicle.battery
    flying.run(5.0)
    assert battery.current_a == pytest.approx(28.1, abs=0.3)
    assert battery.voltage_v == pytest.approx(12.6)
    fly_north(flying, 100.0)
    used = battery.consumed_mah
    assert battery.remaining_pct == int(100 - used / 33)


def test_a_corner_is_cut_within_the_waypoint_radius(make_rig):
    rig = make_rig()
    lat, lon = rig.autopilot.spec.lat_deg, rig.autopilot.spec.lon_deg
    corner, end = round((lat + 100 / 110_860) * 1e7), round((lon + 100 / 96_600) * 1e7)
    here = {"x": round(lat * 1e7), "y": round(lon * 1e7)}
    rows = [
        {"frame": 0, **here, "z": 10.0},
        {"command": 22, "z": 20.0},
        {"x": corner, "y": round(lon * 1e7), "z": 20.0},
        {"x": corner, "y": end, "z": 20.0},
    ]
    assert rig.upload(rows) == 0
    rig.command(176, 1, 4)
    rig.command(400, 1)
    rig.command(300)
    closest, speed = 1e9, 0.0
    body = rig.vehicle.body
    while rig.vehicle.mission.seq < 3:
        rig.run(0.02)
    for _ in range(200):
        gap = ((body.north_m - 100.0) ** 2 + body.east_m**2) ** 0.5
        if gap < closest:
            closest, speed = gap, body.ground_m_s
        rig.run(0.02)
    assert closest < 2.0
    assert 1.5 < speed < 4.5


def test_equal_inputs_give_equal_flights(make_rig):
    def flight():
        rig = make_rig(seed=7)
        rig.fly(10.0)
        fly_north(rig, 50.0)
        return [(at, message) for at, message, _ in rig.log if message.message_name != "HOME_POSITION"]

    assert flight() == flight()


def test_speed_never_jumps(flying):
    track = fly_north(flying, 150.0)
    assert max(abs(b[1] - a[1]) / 0.02 for a, b in pairwise(track)) < 4.6


def test_a_yaw_rate_turns_the_nose_until_nobody_asks_for_it(flying):
    """As seen of a real one: half a radian a second, over three seconds after the last message."""
    before = flying.vehicle.body.yaw_rad
    flying.tell("SET_POSITION_TARGET_LOCAL_NED", coordinate_frame=1, type_mask=0b010111000111, yaw_rate=0.5)
    flying.run(5.0)
    assert flying.vehicle.body.yaw_rad - before == pytest.approx(1.5, abs=0.1)


def test_a_new_place_to_fly_to_ends_a_region_of_interest(flying):
    assert flying.command(195, 0, 0, 0, 0, 29.9, 121.841, 0) == 0
    flying.run(4.0)
    assert flying.command_int(192, (-1, 1, 0, 0), 6, north_of(flying, 60.0), east(flying), 10.0) == 0
    flying.run(5.0)
    assert flying.vehicle.body.yaw_rad == pytest.approx(0.0, abs=0.1)


def test_turbulence_shakes_the_air_and_hardly_moves_the_vehicle(flying):
    flying.tell("PARAM_SET", param_id="SIM_WIND_TURB", param_value=3.0)
    gusts = []
    for _ in range(200):
        flying.run(0.02)
        gusts.append(flying.vehicle.wind.north_m_s)
    assert max(gusts) > 2.0 > -2.0 > min(gusts)
    assert flying.vehicle.body.ground_m_s < 0.5
    flying.tell("PARAM_SET", param_id="SIM_WIND_TURB", param_value=0.0)
    flying.run(0.1)
    assert (flying.vehicle.wind.north_m_s, flying.vehicle.wind.east_m_s) == (0.0, 0.0)
