"""Every kind of site has sensible defaults, and becomes a task of the patrol."""

import pytest

from missions.fleet import PlanError
from missions.patrol.revisit import PatrolFleet, plan_patrol, shifts
from missions.patrol.site_profiles import PATTERNS, PROFILES, patrol_site, profile


def test_the_kinds_of_the_catalogue():
    assert set(PROFILES) == {
        "school_gate", "construction_site", "residential", "rail_line", "village", "checkpoint", "event",
    }  # fmt: skip
    for each in PROFILES.values():
        assert each.pattern in PATTERNS
        assert each.title_en
        assert each.title_zh
        assert 0 < each.dwell_s < each.deadline_s
        assert all(0 <= begin < end <= 86_400 for begin, end in each.windows)


def test_sites_of_a_district_are_patrolled():
    kinds = ["school_gate", "checkpoint", "village"]
    sites = [patrol_site(kind, i, 400.0 * i, 300.0) for i, kind in enumerate(kinds)]
    assert sites[0].windows
    morning = shifts(sites, 7 * 3600.0, 8 * 3600.0)[0][2]
    assert [site.id for site in morning] == [0, 1, 2]
    assert plan_patrol(morning, PatrolFleet((0.0, 0.0), 10.0, 1200.0)).drones <= 2
    assert patrol_site("event", 9, 0.0, 0.0, deadline_s=120.0).deadline_s == 120.0


def test_an_unknown_kind_is_answered_with_the_known_ones():
    with pytest.raises(PlanError, match=r"known are .*school_gate"):
        profile("castle")
