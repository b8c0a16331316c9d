"""What was seen at sites makes them visited more often when there is more to do, and never less often."""

import json

import pytest

from missions.fleet import PlanError
from missions.patrol.revisit import PatrolFleet, PatrolSite, plan_patrol, shifts
from missions.patrol.site_profiles import patrol_site
from missions.patrol.site_weights import DAY_S, MORE_OFTEN, SiteWeight, busy_windows, read_weights, weighted

HOUR = 3600.0
MORNINGS = tuple(3.0 if hour in (7, 8, 17) else 0.1 for hour in range(24))


def weight(share=1.0, by_hour=MORNINGS, site="gate"):
    return SiteWeight(site=site, share=share, by_hour=by_hour)


def lasts(windows):
    return sum(end - begin for begin, end in windows)


def test_busy_hours_are_those_above_the_average_as_few_windows():
    assert busy_windows(weight()) == ((7 * HOUR, 9 * HOUR), (17 * HOUR, 18 * HOUR))
    assert busy_windows(weight(by_hour=(1.0,) * 24)) == (), "where every hour is alike, none is busy"
    assert busy_windows(weight(by_hour=(1.0,) * 12 + (0.0,) * 12)) == ((0.0, 12 * HOUR),)
    assert busy_windows(weight(by_hour=(0.0,) * 12 + (1.0,) * 12)) == ((12 * HOUR, DAY_S),)


def test_the_heaviest_site_is_visited_twice_as_often_in_its_hours_and_as_before_in_all_others():
    task = PatrolSite(3, 10.0, 20.0, 3600.0, 60.0, 2)
    busy, calm = weighted(task, weight())
    assert (busy.deadline_s, busy.priority) == (3600.0 / MORE_OFTEN, 3)
    assert (calm.deadline_s, calm.priority) == (3600.0, 2)
    assert lasts(busy.windows) + lasts(calm.windows) == DAY_S
    for second in range(0, 86_400, 600):
        assert busy.counts_at(second) is not calm.counts_at(second)
    assert weighted(task, weight(0.5))[0].deadline_s == 2400.0


def test_nothing_known_and_nothing_seen_leave_the_profile_as_it_is():
    task = patrol_site("village", 1, 0.0, 0.0)
    assert weighted(task, None) == weighted(task, weight(0.0)) == (task,)


def test_a_site_that_counts_at_some_hours_only_is_not_visited_at_others_for_what_was_seen_then():
    task = PatrolSite(1, 0.0, 0.0, 600.0, windows=((8 * HOUR, 10 * HOUR), (12 * HOUR, 13 * HOUR)))
    busy, calm = weighted(task, weight())
    assert busy.windows == ((8 * HOUR, 9 * HOUR),)
    assert calm.windows == ((9 * HOUR, 10 * HOUR), (12 * HOUR, 13 * HOUR))


def test_the_patrol_of_a_day_needs_more_drones_only_while_there_is_more_to_do():
    sites = [PatrolSite(i, 900.0 * i, 0.0, 400.0, 30.0) for i in range(4)]
    tasks = [part for site in sites for part in weighted(site, weight())]
    fleet = PatrolFleet(base=(0.0, 0.0), speed_m_s=10.0)
    drones = {
        (begin / HOUR, end / HOUR): plan_patrol(there, fleet).drones for begin, end, there in shifts(tasks, 0.0, DAY_S)
    }
    assert list(drones) == [(0, 7), (7, 9), (9, 17), (17, 18), (18, 24)]
    assert drones[7, 9] == drones[17, 18] > drones[0, 7] == drones[9, 17]


def test_a_weights_file_is_what_the_analysis_answers():
    text = json.dumps({"at": "2026-01-01T00:00:00Z", "sites": [
        {"site": "gate", "zh": "门口", "count": 3, "share": 1.0, "by_hour": MORNINGS},
    ]})  # fmt: skip
    assert read_weights(text.encode(), "weights.json") == {"gate": weight()}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (b"", "no weights"),
        (b"\xff", "no weights"),
        (b'{"sites": [{"site": "a", "share": 1.5, "by_hour": []}]}', r"sites\[0\]\.share"),
        (b'{"sites": [{"site": "a", "share": 1, "by_hour": [1]}]}', r"sites\[0\]\.by_hour"),
        (json.dumps({"sites": [{"site": "a", "share": 0, "by_hour": [0] * 24}] * 2}).encode(), "two entries"),
    ],
)
def test_a_file_that_is_none_is_refused_in_one_line_that_names_it(text, says):
    with pytest.raises(PlanError, match=says) as refused:
        read_weights(text, "w.json")
    assert str(refused.value).startswith("w.json: ")
    assert "\n" not in str(refused.value)
