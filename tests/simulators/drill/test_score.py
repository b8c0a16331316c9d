"""Scores from logs written by hand: each line's value, its points and its reasons."""

import pytest
from msgspec.structs import replace

from simulators.drill.engine import Entry
from simulators.drill.file import load_drill
from simulators.drill.measures import percentile
from simulators.drill.score import score
from simulators.local_frame import LocalFrame

HOME = LocalFrame(29.9, 121.84, 0.0)


def place(north_m, east_m):
    return [round(degrees, 7) for degrees in HOME.to_geo(north_m, east_m)]


def drill(kind, target, points=10, more=""):
    corners = [place(0, 0), place(0, 400), place(400, 400), place(400, 0)]
    zone = [place(150, 150), place(150, 250), place(250, 250), place(250, 150)]
    return load_drill(
        f"""
zh = "演练"
en = "Drill"
brief_zh = "看"
brief_en = "Look"
seed = 1
[place]
zh = "北仑"
en = "Beilun"
home = {place(-50, 0)}
area = {corners}
no_fly = [{zone}]
[fleet]
vehicles = 2
swath_m = 50
[limits]
duration_s = 600
highest_m = 80
separation_m = 15
outside_m = 100
[[thing]]
id = "car"
kind = "car"
path = [[0, {place(100, 100)[0]}, {place(100, 100)[1]}]]
[[thing]]
id = "crowd"
kind = "crowd"
path = [[0, {place(300, 300)[0]}, {place(300, 300)[1]}]]
[[unit]]
id = "car-1"
name = "Car 1"
kind = "patrol_car"
at = {place(0, 0)}
{more}
[[objective]]
kind = "{kind}"
target = {target}
points = {points}
""",
        "d.toml",
    )


def appeared(thing, at_s=0.0, klass="illegal_parking", find=True):
    return Entry(
        at_s, "world.appeared", {"thing": thing, "kind": "car", "klass": klass, "find": find, "lat": 0, "lon": 0}
    )


def saw(one, thing, at_s, where=(100, 100)):
    lat, lon = place(*where)
    truth = {"true_lat": lat, "true_lon": lon} if thing else {"true_lat": None, "true_lon": None}
    return Entry(
        at_s, "camera.saw", {"id": one, "vehicle": 1, "klass": "x", "thing": thing, "lat": lat, "lon": lon, **truth}
    )


def told(sighting, at_s, reports=(), where=(100, 100), klass="illegal_parking"):
    lat, lon = place(*where)
    data = {"sighting": sighting, "klass": klass, "lat": lat, "lon": lon, "reports": list(reports)}
    return Entry(at_s, "sighting.report", data)


def step(sighting, action, at_s):
    return Entry(at_s, f"sighting.{action}", {"sighting": sighting, "unit": "car-1"})


def pose(vehicle, at_s, north, east, alt=50.0, battery=80.0, flying=True):
    lat, lon = place(north, east)
    data = {"vehicle": vehicle, "lat": lat, "lon": lon, "alt": alt, "battery": battery, "flying": flying}
    return Entry(at_s, "pose", data)


def line(log, kind, target, **more):
    made = drill(kind, target, **more)
    return score(made, made.world(), log).lines[0]


def words(result):
    return " | ".join(reason.en for reason in result.reasons)


def test_what_was_not_reported_was_missed():
    log = [appeared("car"), appeared("crowd", klass="crowd"), saw("r", "car", 50.0), told("r", 52.0, ["r"])]
    result = line(log, "find", 1.0)
    assert (result.value, result.points) == (0.5, 5.0)
    assert "missed: crowd (never in a picture)" in words(result)
    assert "car: reported 52 s after it appeared" in words(result)


@pytest.mark.parametrize(
    ("entry", "why"),
    [
        (Entry(60.0, "camera.missed", {"vehicle": 1, "thing": "car"}), "it was in the picture and not noticed"),
        (saw("r", "car", 60.0), "a camera saw it, nobody reported it"),
    ],
)
def test_why_something_was_missed_is_told(entry, why):
    result = line([appeared("car"), entry], "find", 1.0)
    assert words(result) == f"missed: car ({why})"
    assert result.reasons[0].at_s == 60.0


def test_things_are_called_by_their_notes_in_both_languages():
    corner = place(50, 50)
    van = f'[[thing]]\nid = "van"\nkind = "car"\npath = [[0, {corner[0]}, {corner[1]}]]\nnote = "面包车 / white van"\n'
    result = line([appeared("van")], "find", 1.0, more=van)
    assert (result.reasons[0].zh, result.reasons[0].en) == (
        "漏报：面包车（未进入任何画面）",
        "missed: white van (never in a picture)",
    )


def test_a_report_counts_from_the_first_look_and_fused_reports_are_one():
    log = [appeared("car"), saw("a", "car", 50.0), saw("b", "car", 55.0), told("a", 58.0, ["a", "b"])]
    assert line(log, "report_s", 10.0).value == 8.0


def test_a_report_by_a_person_belongs_to_what_is_near():
    log = [appeared("car"), told("person", 58.0, [], where=(110, 110))]
    assert line(log, "find", 1.0).value == 1.0
    assert line(log, "place_m", 20.0).value == pytest.approx(14.1, abs=0.1)
    far = [appeared("car"), told("person", 58.0, [], where=(180, 180))]
    assert line(far, "find", 1.0).value == 0.0


def test_times_run_from_step_to_step_and_what_never_came_is_a_reason():
    log = [
        appeared("car"), appeared("crowd", klass="crowd"), saw("a", "car", 10.0), told("a", 11.0, ["a"]),
        saw("b", "crowd", 20.0, (300, 300)), told("b", 21.0, ["b"], (300, 300), "crowd"),
        step("a", "accept", 41.0), step("a", "arrive", 141.0),
    ]  # fmt: skip
    accept, arrive = line(log, "accept_s", 60.0), line(log, "arrive_s", 50.0)
    assert (accept.value, accept.points) == (120.0, 0.0), "who waits does not make the score better"
    assert accept.reasons[0].en == "crowd: never accepted, it had waited for 120 s"
    assert accept.detail["open"] == 1.0
    assert (arrive.value, arrive.points) == (100.0, 0.0)


def test_points_fall_in_proportion_beyond_the_target():
    log = [appeared("car"), saw("a", "car", 10.0), told("a", 25.0, ["a"])]
    assert line(log, "report_s", 10.0).points == 5.0


def test_places_are_compared_with_the_truth():
    log = [appeared("car"), saw("a", "car", 10.0), told("a", 11.0, ["a"], where=(103, 104))]
    result = line(log, "place_m", 8.0)
    assert result.value == pytest.approx(5.0, abs=0.05)
    assert set(result.detail) == {"p50_m", "p90_m", "reports"}


def test_a_false_alarm_costs_when_somebody_was_sent_out():
    log = [saw("f", None, 10.0), told("f", 11.0, ["f"])]
    assert line([*log, step("f", "dismiss", 20.0)], "false_alarms", 0).points == 10.0
    sent = line([*log, step("f", "accept", 20.0)], "false_alarms", 0)
    assert (sent.value, sent.points) == (1.0, 5.0)


def test_what_is_of_no_interest_is_false_too():
    log = [appeared("car", find=False), saw("a", "car", 10.0), told("a", 11.0, ["a"]), step("a", "accept", 20.0)]
    assert line(log, "false_alarms", 0).value == 1.0
    assert line(log, "find", 1.0).detail["there"] == 0.0


def test_ground_is_covered_where_vehicles_flew():
    lanes = [pose(1, float(n), 25, 10 * n) for n in range(41)]
    result = line(lanes, "cover", 0.5)
    assert result.value == pytest.approx(50 / (400 - 100 * 100 / 400), abs=0.02)


def test_a_jump_covers_nothing():
    assert line([pose(1, 0.0, 25, 0), pose(1, 1.0, 25, 400)], "cover", 0.5).value is None


def test_what_was_not_covered_is_the_reason():
    lanes = [pose(1, float(n), 25, 10 * n) for n in range(41)]
    assert words(line(lanes, "cover", 0.9)).endswith("of the area was not flown over")


def test_two_too_close_count_once_until_they_have_parted():
    gaps = [100, 12, 10, 13, 100, 9, 100]
    log = [pose(v, float(n), 50, gap * (v - 1)) for n, gap in enumerate(gaps) for v in (1, 2)]
    result = line(log, "separation", 0)
    assert result.value == 2.0
    assert result.detail["closest_m"] == pytest.approx(9.0, abs=0.1)
    assert "1 and 2 only 12 m apart" in words(result)


def test_layers_and_the_ground_keep_vehicles_apart():
    above = [pose(v, 0.0, 50, 0, alt=50 + 5 * v) for v in (1, 2)]
    below = [pose(v, 0.0, 50, 0, alt=2) for v in (1, 2)]
    assert line(above, "separation", 0).value == line(below, "separation", 0).value == 0.0


def test_a_stray_drone_counts_too():
    spot = place(50, 5)
    stray = f'[[thing]]\nid = "stray"\nkind = "drone"\npath = [[0, {spot[0]}, {spot[1]}, 50]]\n'
    result = line([pose(1, 10.0, 50, 0)], "separation", 0, more=stray)
    assert "1 and stray only 5 m apart" in words(result)


def test_rules_are_height_area_and_zones():
    log = [pose(1, 0.0, 50, 50, alt=90), pose(1, 1.0, -200, 0), pose(1, 2.0, 200, 200), pose(1, 3.0, 50, 50)]
    result = line(log, "rules", 0)
    assert result.value == 3.0
    for word in ("too high", "outside the area", "no-fly zone"):
        assert word in words(result)


def test_commands_that_went_wrong_are_counted():
    log = [Entry(5.0, "command", {"vehicle": "drill-1", "command": "rtl", "result": r}) for r in ("acked", "refused")]
    result = line(log, "commands", 0)
    assert result.value == 1.0
    assert "drill-1 rtl: refused" in words(result)


def test_the_lowest_battery_counts():
    log = [pose(1, 0.0, 0, 0, battery=40), pose(2, 0.0, 0, 100, battery=18), pose(2, 1.0, 0, 100, flying=False)]
    result = line(log, "battery", 20.0)
    assert (result.value, result.points) == (18.0, 9.0)


def test_a_notice_counts_where_the_vehicle_was():
    spot = place(100, 100)
    notice = f'[[notice]]\nid = "n"\nzh = "北口"\nen = "north"\nat = {spot}\nradius_m = 50\n'
    said = Entry(5.0, "notice", {"vehicle": 1, "by": "x"})
    assert line([pose(1, 4.0, 120, 100), said], "notices", 1.0, more=notice).value == 1.0
    away = line([pose(1, 4.0, 200, 100), said], "notices", 1.0, more=notice)
    assert (away.value, words(away)) == (0.0, "no notice given: north")


def gale(vehicle=0, until="", more=""):
    return f'[[fault]]\nname = "WindBeyondLimits"\nat_s = 10\nvehicle = {vehicle}\ncome_home = true\n{until}\n{more}'


def wind(at_s, state="on", vehicle=0):
    return Entry(at_s, f"fault.{state}", {"name": "WindBeyondLimits", "vehicle": vehicle, "with": {}})


def test_who_stays_up_with_a_fault_to_come_home_for_is_told_with_how_long():
    log = [pose(1, 9.0, 0, 0), wind(10.0)]
    log += [pose(v, 10.0 + n, 0, 100 * v) for n in range(1, 61) for v in (1, 2) if v == 1 or n <= 20]
    log += [pose(2, 31.0, 0, 200, flying=False), wind(75.0, "off"), pose(1, 80.0, 0, 0)]
    result = line(log, "home_s", 30, more=gale())
    assert result.value == pytest.approx(60.0)
    assert result.points == 0.0
    assert words(result).startswith("vehicle 1: 60 s in the air with “wind beyond limits”")
    assert "vehicle 2: 20 s" in words(result)
    other = line(log, "home_s", 30, more=gale(vehicle=2))
    assert other.value is None, "the fault was another vehicle's"


def test_who_was_down_in_time_has_all_points_and_a_second_take_off_counts():
    log = [wind(10.0, vehicle=1), pose(1, 10.0, 0, 0), pose(1, 20.0, 0, 0), pose(1, 21.0, 0, 0, flying=False)]
    assert line(log, "home_s", 30, more=gale(vehicle=1)).points == 10.0
    again = [*log, pose(1, 100.0, 0, 0), pose(1, 150.0, 0, 0)]
    assert line(again, "home_s", 30, more=gale(vehicle=1)).value == pytest.approx(61.0)


def test_too_low_is_a_breach_but_not_where_vehicles_land():
    lowest = drill("rules", 0)
    lowest = replace(lowest, limits=replace(lowest.limits, lowest_m=20.0))
    log = [
        pose(1, 0.0, -50, 0, alt=5),
        pose(1, 1.0, 60, 0, alt=19),
        pose(1, 2.0, 350, 0, alt=21),
        pose(1, 3.0, 350, 0, alt=19),
    ]
    result = score(lowest, lowest.world(), log).lines[0]
    assert (result.value, words(result)) == (1.0, "vehicle 1 too low")
    assert result.reasons[0].at_s == 3.0


@pytest.mark.parametrize("kind", ["separation", "rules", "commands", "battery", "cover"])
def test_who_does_not_fly_gets_no_points_for_flying_well(kind):
    result = line([appeared("car")], kind, 0)
    assert (result.value, result.points) == (None, 0.0)


def test_false_alarms_are_called_as_their_class_is():
    log = [saw("f", None, 10.0), told("f", 11.0, ["f"], klass="crowd"), step("f", "accept", 20.0)]
    made = drill("false_alarms", 0)
    (result,) = score(made, made.world(), log, {"crowd": ("人群聚集", "crowd")}).lines
    assert result.reasons[0].zh == "误报「人群聚集」已派警"


def test_nothing_done_is_not_a_pass():
    made = drill("find", 1.0)
    assert not score(made, made.world(), [appeared("car")]).passed


@pytest.mark.parametrize(("values", "share", "is_"), [([], 0.9, None), ([3.0], 0.5, 3.0), (list(range(1, 11)), 0.9, 9)])
def test_a_percentile_is_one_of_the_values(values, share, is_):
    assert percentile(values, share) == is_
