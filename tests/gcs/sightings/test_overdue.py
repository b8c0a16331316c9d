"""What takes too long, by the table in `overdue`."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from gcs.sightings.catalogue import Catalogue
from gcs.sightings.overdue import supervision
from gcs.sightings.workflow import Action, Asked, take

from .conftest import NOW


@pytest.fixture
def judged(make, catalogue):
    """What stands some seconds after the report, after the steps given as (seconds, action, eta)."""

    def judged(at_s, *steps, time_scale=1.0, **fields):
        sighting = make(**fields)
        for after_s, action, *eta in steps:
            at = NOW + timedelta(seconds=after_s)
            sighting = take(
                sighting, Asked(action, at, "x", "car-1" if action is Action.ASSIGN else None, "n", "o", *eta)
            )
        found = supervision(sighting, NOW + timedelta(seconds=at_s), catalogue, time_scale)
        return found and (found.level.value, found.reason, (found.since - NOW).total_seconds())

    return judged


ASSIGN, ACCEPT, EXPIRE, ARRIVE = Action.ASSIGN, Action.ACCEPT, Action.EXPIRE, Action.ARRIVE
SUPERVISE = Action.SUPERVISE
RESOLVE, REOPEN, DISMISS = Action.RESOLVE, Action.REOPEN, Action.DISMISS


@pytest.mark.parametrize(
    ("at_s", "steps", "stands"),
    [
        (59, [], None),
        (50, [(10, SUPERVISE), (20, SUPERVISE)], ("red", "asked", 10.0)),
        (50, [(1, ASSIGN), (10, SUPERVISE), (20, ACCEPT, 400.0)], ("red", "asked", 10.0)),
        (50, [(10, SUPERVISE), (20, DISMISS), (30, REOPEN)], None),
        (60, [], ("amber", "nobody_free", 60.0)),
        (120, [(1, ASSIGN)], None),
        (65, [(1, ASSIGN), (61, EXPIRE)], ("amber", "not_accepted", 61.0)),
        (70, [(1, ASSIGN), (61, EXPIRE), (62, ASSIGN)], ("amber", "not_accepted", 61.0)),
        (80, [(1, ASSIGN), (61, EXPIRE), (62, ASSIGN), (70, ACCEPT, 400.0)], None),
        (669, [(1, ASSIGN), (70, ACCEPT, 400.0)], None),
        (670, [(1, ASSIGN), (70, ACCEPT, 400.0)], ("amber", "late", 670.0)),
        (190, [(1, ASSIGN), (70, ACCEPT, 5.0)], ("amber", "late", 190.0)),
        (1700, [(1, ASSIGN), (70, ACCEPT, None)], None),
        (1799, [(1, ASSIGN), (70, ACCEPT, 400.0), (300, ARRIVE)], None),
        (1800, [(1, ASSIGN), (70, ACCEPT, 400.0), (300, ARRIVE)], ("amber", "unsettled", 1800.0)),
        (3600, [(1, ASSIGN), (70, ACCEPT, 400.0), (300, ARRIVE)], ("red", "unsettled", 3600.0)),
        (9999, [(1, ASSIGN), (70, ACCEPT), (300, ARRIVE), (400, RESOLVE)], None),
        (9999, [(1, DISMISS)], None),
        (9999, [(1, DISMISS), (9990, REOPEN)], None),
        (9990 + 1800, [(1, DISMISS), (9990, REOPEN), (9991, ASSIGN)], ("amber", "unsettled", 11790.0)),
    ],
)
def test_the_table(judged, at_s, steps, stands):
    assert judged(at_s, *steps, klass="accident") == stands


def test_less_urgent_classes_have_longer_and_a_class_may_have_its_own(judged):
    assert judged(299, klass="illegal_parking") is None
    assert judged(300, klass="illegal_parking") == ("amber", "nobody_free", 300.0)
    assert judged(3600, (1, ASSIGN), klass="fire_smoke") == ("amber", "unsettled", 3600.0)


def test_sped_up_times_are_shorter(judged):
    assert judged(6, klass="accident", time_scale=10.0) == ("amber", "nobody_free", 6.0)
    assert judged(180, (0.1, ASSIGN), klass="accident", time_scale=10.0) == ("amber", "unsettled", 180.0)


def test_a_class_may_be_more_patient_with_a_way_and_with_red(make, catalogue):
    patient = {**catalogue, "crowd": replace(catalogue["crowd"], late_after=3.0, red_after=5.0, resolve_s=600.0)}
    asked = Asked(Action.ASSIGN, NOW, "desk", "u", eta_s=100.0), Asked(Action.ACCEPT, NOW, "u", "u", eta_s=100.0)
    on_the_way = take(take(make(), asked[0]), asked[1])

    def stands(at_s):
        found = supervision(on_the_way, NOW + timedelta(seconds=at_s), Catalogue(patient))
        return None if found is None else (found.level.value, found.reason)

    assert [stands(at_s) for at_s in (299, 300, 600, 2999, 3000)] == [
        None, ("amber", "late"), ("amber", "unsettled"), ("amber", "unsettled"), ("red", "unsettled"),
    ]  # fmt: skip
