"""Staggered launch slots."""

from gcs.operations.launch import launch_slots
from missions.plan import Sortie


def _sortie(drone, sortie=0, start_s=0.0):
    return Sortie(drone, sortie, (), 100.0, 60.0, 40.0, 8.0, start_s)


def _slots(sorties, **options):
    return [(slot.drone, slot.sortie, slot.at_s) for slot in launch_slots(sorties, **options)]


def test_vehicles_start_one_after_the_other():
    assert _slots([_sortie(1), _sortie(0), _sortie(2)], stagger_s=3.0) == [(0, 0, 0.0), (1, 0, 3.0), (2, 0, 6.0)]


def test_the_plan_may_ask_for_later_but_never_for_closer():
    sorties = [_sortie(0, start_s=10.0), _sortie(1, start_s=11.0), _sortie(2, start_s=40.0)]
    assert _slots(sorties, stagger_s=3.0) == [(0, 0, 0.0), (1, 0, 3.0), (2, 0, 30.0)]


def test_in_a_fast_simulation_the_plans_own_delays_shrink_and_the_stagger_does_not():
    sorties = [_sortie(0), _sortie(1, start_s=100.0), _sortie(2, start_s=101.0)]
    assert _slots(sorties, stagger_s=2.0, time_scale=10.0) == [(0, 0, 0.0), (1, 0, 10.0), (2, 0, 12.0)]


def test_only_the_first_sortie_of_a_drone_has_a_slot():
    sorties = [_sortie(0, 1, 500.0), _sortie(0, 0), _sortie(1, 2, 900.0), _sortie(1, 1, 600.0)]
    assert _slots(sorties, stagger_s=3.0) == [(0, 0, 0.0), (1, 1, 600.0)]


def test_an_empty_plan_has_no_slots():
    assert _slots([], stagger_s=3.0) == []
