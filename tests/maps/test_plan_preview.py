"""A plan's preview: a page that needs nothing and runs nothing of what somebody named."""

import re

import pytest

from maps.plan_preview import plan_preview
from missions.areas.zones import Zone
from missions.plan import Plan, Sortie, Waypoint

HOSTILE = "</title><script>alert(1)</script>{{ 7 * 7 }}${alert(2)}"


def sortie(drone, number=0):
    places = ((0, 0, False), (1, 0, True), (1, 1, False), (2, 1, True), (0, 0, False))
    path = tuple(Waypoint(121.84 + 0.001 * x, 29.9 + 0.001 * (y + drone), 50.0, survey=s) for x, y, s in places)
    return Sortie(drone, number, path, 420.0, 90.0, 40.0, 8.0, 15.0 * drone)


@pytest.fixture
def plan():
    ring = ((121.84, 29.9), (121.85, 29.9), (121.85, 29.91), (121.84, 29.91))
    hole = ((121.845, 29.905), (121.846, 29.905), (121.846, 29.906))
    zone = Zone((hole,), ceiling_m=50.0)
    return Plan(((ring, hole),), (zone,), (sortie(0), sortie(1), sortie(1, 1)), 900.0, 0.995, (("name", HOSTILE),))


def test_everything_is_in_the_page_and_nothing_is_loaded(plan):
    page = plan_preview(plan)
    frame = re.sub(r"<(script|style)>.*?</\1>", "", page, flags=re.DOTALL)
    assert not re.search(r"(src|href)\s*=", frame)
    assert "default-src 'none'" in page
    assert "Leaflet 1.9" in page
    assert "@import" not in page


def test_each_drone_is_a_layer_and_each_stretch_a_line(plan):
    page = plan_preview(plan)
    assert page.count("= L.featureGroup(") == 2
    assert page.count("= L.polyline(") == 3 * 4, "two lanes, the way between and the way home, of each of three sorties"
    assert page.count("= L.polygon(") == 2
    assert "2-2: 420 m, 1.5 min" in page


def test_a_hostile_name_is_words(plan):
    page = plan_preview(plan)
    assert "<script>alert" not in page
    assert "{{ 7 * 7 }}" in page
    assert page.count("</script>") == 2


def test_the_same_plan_gives_the_same_picture(plan):
    def drawn():
        return re.sub(r"[0-9a-f]{32}", "", plan_preview(plan))  # without the names that folium makes up

    assert drawn() == drawn()
