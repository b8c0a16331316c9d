"""One seat commands a vehicle at a time."""

import pytest

from gcs.leases import LEASE_S, HeldError, Leases


@pytest.fixture
def operators():
    """The seats under which operations hold vehicles."""
    return {}


@pytest.fixture
def leases(operators):
    return Leases(operators.get)


def test_a_vehicle_that_nobody_holds_is_taken_by_whoever_commands_it(leases):
    taken = leases.take("main-1", "pilot", 0.0)
    assert (taken.new, taken.before) == (True, None)
    assert leases.holder("main-1", 1.0) == "pilot"


def test_another_seat_is_refused_and_told_who_holds_it(leases):
    leases.take("main-1", "pilot", 0.0)
    with pytest.raises(HeldError, match="pilot"):
        leases.take("main-1", "centre", 1.0)
    assert leases.holder("main-1", 1.0) == "pilot"


def test_other_vehicles_are_not_held_with_it(leases):
    leases.take("main-1", "pilot", 0.0)
    assert leases.take("main-2", "centre", 0.0).seat == "centre"


def test_a_lease_ends_when_its_holder_gives_no_sign_and_lasts_while_it_does(leases):
    leases.take("main-1", "pilot", 0.0)
    assert not leases.take("main-1", "pilot", LEASE_S - 1).new
    assert leases.holder("main-1", LEASE_S + 1) == "pilot"
    assert leases.holder("main-1", 2 * LEASE_S) is None
    assert leases.take("main-1", "centre", 2 * LEASE_S).before is None


def test_taking_over_names_who_had_it(leases):
    leases.take("main-1", "pilot", 0.0)
    taken = leases.take("main-1", "centre", 1.0, take_over=True)
    assert (taken.before, taken.new) == ("pilot", True)
    with pytest.raises(HeldError, match="centre"):
        leases.take("main-1", "pilot", 2.0)


def test_letting_go_frees_it_and_only_its_holder_lets_go(leases):
    leases.take("main-1", "pilot", 0.0)
    assert not leases.release("main-1", "centre", 1.0)
    assert leases.release("main-1", "pilot", 1.0)
    assert leases.holder("main-1", 1.0) is None
    assert not leases.release("main-1", "pilot", 1.0)


def test_an_operation_holds_its_vehicles_for_the_seat_that_authorised_it(leases, operators):
    operators["main-1"] = "chief"
    with pytest.raises(HeldError, match="chief"):
        leases.take("main-1", "pilot", 0.0)
    assert leases.take("main-1", "chief", 0.0).before is None
    assert leases.holder("main-1", 2 * LEASE_S) == "chief"


def test_who_takes_over_from_an_operation_gives_it_back_by_letting_go(leases, operators):
    operators["main-1"] = "chief"
    assert leases.take("main-1", "pilot", 0.0, take_over=True).before == "chief"
    assert leases.holder("main-1", 1.0) == "pilot"
    leases.release("main-1", "pilot", 2.0)
    assert leases.holder("main-1", 2.0) == "chief"
