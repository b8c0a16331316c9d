"""Rings become plans that keep out of holes and zones for every metre, links between rings included."""

from itertools import pairwise

import numpy as np
import pytest
import shapely

from missions.areas.area import Area
from missions.areas.zones import Zone
from missions.fleet import FleetSpec, PlanError
from missions.geodesy import LocalFrame
from missions.limits import violations
from missions.lines.pattern_plan import plan_pattern
from missions.patterns.pattern import Pattern

FRAME = LocalFrame(121.84, 29.9)
FLEET = FleetSpec(swath_m=30.0, endurance_s=3000.0)


def ring(*corners):
    return tuple(map(tuple, FRAME.to_lon_lat(np.array([*corners, corners[0]], dtype=float))))


def box(west, south, east, north):
    return ring((west, south), (east, south), (east, north), (west, north))


YARD = box(0, 0, 400, 300)
HOLES = {
    "none": (),
    "one in the middle": (box(150, 110, 250, 190),),
    "several": (box(60, 60, 110, 240), box(180, 60, 220, 130), box(180, 170, 220, 240), box(290, 100, 340, 200)),
    "one that winds": (
        ring((120, 80), (280, 80), (280, 220), (120, 220), (120, 200), (260, 200), (260, 100), (120, 100)),
    ),
}


def flown(plan):
    """(everything that is flown, what of it is flown to look), in metres."""
    legs, looking = [], []
    for sortie in plan.sorties:
        places = FRAME.to_local(np.array([(w.lon_deg, w.lat_deg) for w in sortie.path]))
        legs += [shapely.LineString(leg) for leg in pairwise(places)]
        looking += [waypoint.survey for waypoint in sortie.path[1:]]
    return shapely.union_all(legs), shapely.union_all([leg for leg, look in zip(legs, looking, strict=True) if look])


def closed(rings):
    return shapely.union_all([shapely.Polygon(FRAME.to_local(np.array(each))) for each in rings])


@pytest.mark.parametrize("inset_m", [0.0, 1.0, 15.0])
@pytest.mark.parametrize("holes", HOLES.values(), ids=HOLES)
def test_no_metre_of_rings_and_links_lies_in_a_hole_or_outside(holes, inset_m):
    plan = plan_pattern(
        "perimeter", Pattern(area=Area("yard", ((YARD, *holes),)), inset_m=inset_m, spacing_m=30.0), FLEET
    )
    way, looking = flown(plan)
    assert way.intersection(closed(holes).buffer(-0.02)).length == 0.0
    assert looking.difference(closed([YARD]).buffer(0.02)).length == 0.0
    assert violations(plan, FLEET.battery) == []
    outline = shapely.Polygon(FRAME.to_local(np.array(YARD)), [FRAME.to_local(np.array(hole)) for hole in holes])
    rings = outline.buffer(-inset_m, join_style="mitre").boundary
    assert rings.difference(looking.buffer(0.1)).length < 0.5, "every ring is flown, looking"
    assert looking.difference(rings.buffer(0.1)).length < 0.5, "and links are flown without looking"


def test_each_ring_begins_next_to_the_end_of_the_last():
    area = Area("yard", ((YARD,),))
    start = tuple(FRAME.to_lon_lat(np.array([(200.0, -50.0)]))[0])
    plan = plan_pattern("perimeter", Pattern(area=area, rings=4, spacing_m=20.0, at=start), FLEET)
    path = plan.sorties[0].path
    places = FRAME.to_local(np.array([(w.lon_deg, w.lat_deg) for w in path]))
    links = [leg for leg, waypoint in zip(pairwise(places), path[1:], strict=True) if not waypoint.survey][1:-1]
    assert [float(np.hypot(*(end - begin))) for begin, end in links] == pytest.approx([20.0] * 3, abs=0.05)
    assert places[1] == pytest.approx([200.0, 10.0], abs=0.05)


def test_a_zone_on_a_ring_is_gone_round_and_one_elsewhere_gets_no_ring():
    on_it, elsewhere = box(-20, 100, 60, 200), box(180, 130, 220, 170)
    area = Area("yard", ((YARD,),), no_fly=(Zone((on_it,)), Zone((elsewhere,))))
    plan = plan_pattern("perimeter", Pattern(area=area, inset_m=10.0, spacing_m=30.0), FLEET)
    way, looking = flown(plan)
    assert way.distance(closed([on_it])) >= 1.9
    assert looking.distance(closed([on_it])) == pytest.approx(10.0, abs=0.05)
    assert looking.distance(closed([elsewhere])) > 100.0


def test_rings_of_areas_that_lie_apart_are_joined_over_open_ground_out_of_zones():
    east = box(600, 0, 800, 300)
    between = box(480, -100, 520, 400)
    area = Area("two", ((YARD,), (east,)), no_fly=(Zone((between,)),))
    plan = plan_pattern("perimeter", Pattern(area=area, inset_m=10.0, spacing_m=30.0), FLEET)
    way, _ = flown(plan)
    assert way.distance(closed([between])) >= 0.9
    assert way.distance(shapely.Point(700, 10)) < 0.1


def test_a_ring_that_is_closed_in_is_refused():
    moat = ring((600, -60), (860, -60), (860, 360), (600, 360))
    inner = ring((650, -10), (810, -10), (810, 310), (650, 310))
    area = Area("two", ((YARD,), (box(680, 20, 780, 280),)), no_fly=(Zone((moat, inner)),))
    with pytest.raises(PlanError, match="no way leads from one ring to the next"):
        plan_pattern("perimeter", Pattern(area=area, inset_m=5.0, spacing_m=30.0), FLEET)
