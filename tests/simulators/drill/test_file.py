"""Drill files: the eight that ship, and one clear error, with file and key, for whatever cannot be."""

import pytest
from shapely import Point, Polygon

from gcs.sightings.catalogue import default_catalogue
from simulators.drill.file import DrillError, load_drill, shipped_drills
from simulators.local_frame import LocalFrame

SHIPPED = shipped_drills()
GOOD = """
zh = "演练"
en = "Drill"
brief_zh = "找一辆车"
brief_en = "Find a car"
seed = 1
[place]
zh = "北仑"
en = "Beilun"
home = [29.9, 121.84]
area = [[29.901, 121.84], [29.901, 121.842], [29.903, 121.842]]
[fleet]
vehicles = 2
[limits]
duration_s = 300
[[thing]]
id = "car"
kind = "car"
path = [[0, 29.902, 121.8415]]
[[fault]]
name = "GpsLoss"
at_s = 60
vehicle = 1
[[objective]]
kind = "find"
target = 1
points = 10
"""


UNIT = """
[[unit]]
id = "u"
name = "Car"
kind = "patrol_car"
at = [{lat}, 121.84]
{more}
"""


def load(text):
    return load_drill(text, "my-drill.toml", default_catalogue())


def test_a_drill_is_called_as_its_file_and_takes_what_is_usual():
    drill = load(GOOD)
    assert drill.id == "my-drill"
    thing = drill.world().things[0]
    assert (thing.klass, thing.size_m) == ("illegal_parking", 4.5)
    assert drill.faults[0].fault().vehicle == 1


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("seed = 1", "seed = 1\nsped = 2", "sped: unknown key"),
        ("vehicles = 2", "vehicles = 2\nvehicels = 3", "fleet.vehicels: unknown key"),
        ("vehicles = 2", "vehicles = 0", "fleet.vehicles"),
        ("vehicles = 2", 'vehicles = "two"', "fleet.vehicles"),
        ("duration_s = 300", "duration_s = -5", "limits.duration_s"),
        ('id = "car"\nkind = "car"', 'id = "car"\nkind = "tank"', "thing[0].kind"),
        ("[[0, 29.902, 121.8415]]", "[[0, 129.9, 121.84]]", "thing[0].path"),
        ("[[0, 29.902, 121.8415]]", "[[9, 29.9, 121.84], [3, 29.9, 121.84]]", "thing[0].path"),
        ("[[0, 29.902, 121.8415]]", "[[0, 29.9, nan]]", "thing[0].path"),
        ("[[0, 29.902, 121.8415]]", "[[0, 29.9, 121.8, inf]]", "thing[0].path"),
        ("[[0, 29.902, 121.8415]]", "[[nan, 29.9, 121.8]]", "thing[0].path"),
        ("[[0, 29.902, 121.8415]]", "[[0, 39.9, 116.4]]", "thing[0].path: lies more than 20 km from home"),
        ("[[29.901, 121.84], ", "[[29.903, 121.842], ", "place.area: is no outline"),
        ("[29.903, 121.842]]", "[29.903, 121.842], [29.9005, 121.841]]", "place.area: is no outline"),
        ("[fleet]", "no_fly = [[[29.9, 121.84], [29.9, 121.84], [29.9, 121.84]]]\n[fleet]", "place.no_fly[0]"),
        ("[fleet]", "no_fly = [[[29.89, 121.83], [29.89, 121.85], [29.92, 121.84]]]\n[fleet]",
         "place.home: lies in no_fly[0]"),
        ("vehicles = 2", "vehicles = 2\naltitude_m = 130", "fleet.altitude_m: 130 m is above limits.highest_m, 120 m"),
        ("duration_s = 300", "duration_s = 300\nlowest_m = 60", "fleet.altitude_m: 50 m is below"),
        ("[[fault]]", UNIT.format(lat=39.9, more="") + "[[fault]]", "unit[0].at: lies more than 20 km"),
        ("[[fault]]", UNIT.format(lat=29.9, more="phone_back_s = 9") + "[[fault]]", "unit[0].phone_back_s"),
        ("[[fault]]", UNIT.format(lat=29.9, more="phone_lost_s = 9\nphone_back_s = 9") + "[[fault]]",
         "unit[0].phone_back_s: is not after phone_lost_s"),
        ('kind = "car"', 'kind = "car"\nklass = "ufo"', "thing[0].klass"),
        ('kind = "car"', 'kind = "car"\nappears_s = 301', "thing[0].appears_s"),
        ('kind = "car"', 'kind = "car"\nappears_s = 9\nleaves_s = 9', "thing[0].leaves_s"),
        ('"GpsLoss"', '"GpsLost"', "fault[0].name"),
        ("vehicle = 1", "vehicle = 3", "fault[0].vehicle"),
        ("vehicle = 1", "vehicle = 1\nwith = { metres = 3 }", "fault[0].with.metres"),
        ("at_s = 60", "at_s = 400", "fault[0].at_s"),
        ('kind = "find"', 'kind = "win"', "objective[0].kind"),
        ("home = [29.9, 121.84]", "home = [31.2, 121.4]", "place.area[0]"),
        ("seed = 1", 'seed = 1\nid = "x"', "id"),
        ("seed = 1", "", "seed"),
        ("seed = 1", "seed = = 1", "line 6"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_one_line_with_file_and_key(old, new, named):
    assert old in GOOD
    with pytest.raises(DrillError) as refused:
        load(GOOD.replace(old, new, 1))
    text = str(refused.value)
    assert text.startswith("my-drill.toml: ")
    assert named in text
    assert "\n" not in text


@pytest.mark.parametrize(("kind", "key"), [("notices", "notice"), ("home_s", "fault"), ("accept_s", "unit")])
def test_an_objective_that_nothing_can_be_done_for_is_refused(kind, key):
    with pytest.raises(DrillError, match=f"{key}: the objective '{kind}' needs"):
        load(GOOD.replace('kind = "find"', f'kind = "{kind}"'))
    with pytest.raises(DrillError, match="thing: the objective 'find' needs"):
        load(GOOD.replace('kind = "car"', 'kind = "car"\nfind = false'))


def test_two_of_one_name_are_refused():
    with pytest.raises(DrillError, match=r"thing\[1\]: there are two 'car'"):
        load(GOOD + '[[thing]]\nid = "car"\nkind = "car"\npath = [[0, 29.902, 121.8415]]\n')


def test_eight_drills_ship():
    assert set(SHIPPED) == {
        "daily-patrol", "school-gate", "construction-site", "missing-child", "isolated-district", "rail-corridor",
        "checkpoint", "dusk-search",
    }  # fmt: skip


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_drill_is_sound(name):
    """Its points make 100, what is to be found lies where it is looked for, and somebody may be sent there."""
    drill = load_drill(SHIPPED[name], f"{name}.toml", default_catalogue())
    assert sum(objective.points for objective in drill.objectives) == 100
    frame = LocalFrame(*drill.place.home, 0.0)
    area = Polygon([frame.to_local(*point) for point in drill.place.area])
    assert area.is_valid
    assert not area.covers(Point(0, 0)), "the fleet stands outside"
    kinds = {unit.kind for unit in drill.units}
    for thing in drill.world().things:
        if thing.find and not thing.airborne:
            places = [thing.at(thing.appears_s + point.after_s) for point in thing.path]
            inside = [area.covers(Point(*frame.to_local(at.lat_deg, at.lon_deg))) for at in places]
            assert any(inside), thing.id
            assert kinds & set(default_catalogue()[thing.klass].units), thing.id


@pytest.mark.parametrize(
    ("name", "fault"),
    [("rail-corridor", "LinkLost"), ("dusk-search", "CellFailure"), ("missing-child", "CameraFailure")],
)
def test_a_drill_has_the_fault_that_it_is_about(name, fault):
    assert fault in {part.name for part in load(SHIPPED[name]).faults}


def test_a_stray_drone_flies_into_the_search_and_a_car_flees():
    assert "drone" in {thing.kind for thing in load(SHIPPED["dusk-search"]).things}
    car = next(thing for thing in load(SHIPPED["checkpoint"]).world().things if thing.id == "fleeing-car")
    assert len(car.path) > 4
