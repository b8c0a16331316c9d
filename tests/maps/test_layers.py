"""A vehicle as a browser gets it, and the trail behind it."""

import msgspec

from gcs.fleet.state import Attitude, Battery, Gps, MissionProgress, Speeds, StatusText
from gcs.fleet.ways import WayHealth
from maps.layers import TEXTS_SHOWN, TrailBook, vehicle_view
from telemetry.received import Origin

METRE_DEG = 1 / 111_320


def test_what_a_vehicle_never_said_is_null_and_never_zero(making):
    view = msgspec.to_builtins(vehicle_view(making.vehicle(armed=False, system_status=3), 100.0))
    unknown = {name for name, value in view.items() if value is None}
    names = "lat lon alt_rel_m heading_deg battery_pct gps_fix satellites ekf_ok prearm_ok home_lat mission_current"
    assert {*names.split(), "ground_m_s", "operation", "off_plan_m", "uid", "simulated"} <= unknown
    assert view["flying"] is False, "a disarmed vehicle is on the ground"


def test_everything_it_said_is_shown(making):
    state = making.vehicle(
        name="Falcon",
        position=making.position(29.123456789, 121.987654321, 60.04),
        home=making.position(29.1, 121.9, 0.0),
        heading_deg=271.26,
        attitude=Attitude(roll_deg=1.04, pitch_deg=-2.06, yaw_deg=0.0),
        speeds=Speeds(ground_m_s=9.96, climb_m_s=-0.04),
        battery=Battery(voltage_v=15.123, current_a=18.0, remaining_pct=0, failing=True),
        gps=Gps(fix=3, satellites=0, hdop=0.7),
        mission=MissionProgress(current=0, total=44),
        mission_known=True,
    )
    view = vehicle_view(state, 102.0, operation="op-1", off_plan_m=3.21)
    assert (view.name, view.lat, view.lon, view.alt_rel_m) == ("Falcon", 29.1234568, 121.9876543, 60.0)
    assert (view.heading_deg, view.roll_deg, view.pitch_deg, view.ground_m_s) == (271.3, 1.0, -2.1, 10.0)
    assert (view.battery_pct, view.satellites, view.mission_current) == (0, 0, 0), "zero is a value"
    assert (view.battery_failing, view.flying, view.age_s, view.stale) == (True, True, 2.0, False)
    assert (view.home_lat, view.operation, view.off_plan_m) == (29.1, "op-1", 3.2)


def test_ways_are_shown_where_there_are_several(making):
    radio, wire = Origin("udpin://0.0.0.0:14550", "10.0.0.1:14550"), Origin("serial:///dev/ttyUSB0", "/dev/ttyUSB0")
    ways = (
        WayHealth(radio, used=True, age_s=0.04, delay_s=0.0, loss=0.1234),
        WayHealth(wire, used=False, age_s=2.0, delay_s=None, loss=None),
    )
    assert vehicle_view(making.vehicle(), 100.0, ways=ways[:1]).ways == ()
    first, second = vehicle_view(making.vehicle(), 100.0, ways=ways).ways
    assert (first.peer, first.used, first.loss_pct, first.delay_s) == ("10.0.0.1:14550", True, 12.3, 0.0)
    assert (second.used, second.age_s, second.loss_pct, second.delay_s) == (False, 2.0, None, None)


def test_a_vehicle_without_a_name_goes_by_its_id(making):
    assert vehicle_view(making.vehicle("north-7"), 100.0).name == "north-7"


def test_silence_makes_it_stale_and_says_for_how_long(making):
    state = making.vehicle(heard_s=100.0)
    assert not vehicle_view(state, 103.5).stale
    view = vehicle_view(state, 112.34)
    assert view.stale
    assert view.age_s == 12.3


def test_only_the_last_texts_go_out(making):
    texts = tuple(StatusText(severity=6, text=f"text {i}", at=making.noon) for i in range(40))
    shown = vehicle_view(making.vehicle(texts=texts), 100.0).texts
    assert [text.text for text in shown] == [f"text {i}" for i in range(40 - TEXTS_SHOWN, 40)]


def test_a_trail_grows_with_the_way_and_not_with_the_messages():
    book = TrailBook()
    taken = [book.offer("main-1", 29.9 + i * METRE_DEG, 121.84, i * 0.1) for i in range(101)]
    points = book.trails()[0].points
    assert taken.count(True) == len(points)
    assert 17 <= len(points) <= 21, "100 m flown in ten seconds, a point every 5 m"


def test_a_slow_vehicle_gets_a_point_a_second_and_a_hovering_one_none():
    book = TrailBook()
    for i in range(11):
        book.offer("slow", 29.9 + i * METRE_DEG, 121.84, float(i))
        book.offer("hovering", 29.9 + i % 2 * 0.2 * METRE_DEG, 121.84, float(i))
    lengths = {trail.vehicle: len(trail.points) for trail in book.trails()}
    assert lengths == {"slow": 11, "hovering": 1}


def test_trails_are_bounded_in_points_and_in_vehicles():
    book = TrailBook(points=50, vehicles=3)
    for vehicle in ("a", "b", "c"):
        for i in range(200):
            book.offer(vehicle, 29.9 + i * 10 * METRE_DEG, 121.84, float(i))
    book.offer("a", 30.5, 121.84, 900.0)
    book.offer("d", 29.9, 121.84, 901.0)
    assert {trail.vehicle for trail in book.trails()} == {"a", "c", "d"}, "the longest quiet is forgotten"
    assert max(len(trail.points) for trail in book.trails()) == 50


def test_a_vehicle_too_many_gets_a_trail_once_another_was_quiet_for_a_minute():
    book = TrailBook(vehicles=2)
    for vehicle, now_s in (("a", 0.0), ("b", 30.0)):
        book.offer(vehicle, 29.9, 121.84, now_s)

    assert not any(book.offer("c", 29.9, 121.84, now_s) for now_s in (1.0, 31.0, 59.0))
    assert book.offer("c", 29.9, 121.84, 60.0)
    assert {trail.vehicle for trail in book.trails()} == {"b", "c"}


def test_a_vehicle_without_a_position_leaves_no_trail(making):
    book = TrailBook()
    assert not book.offer_state(making.vehicle(), 0.0)
    assert book.offer_state(making.vehicle(position=making.position()), 0.0)
