"""The table of legal steps, compared with the rules in words."""

import itertools

import pytest

from gcs.operations.lifecycle import FINAL, TRANSITIONS, UNDER_WAY, IllegalOperationStep, Step, after, legal_steps
from gcs.operations.model import OperationStatus

ALL_PAIRS = list(itertools.product(OperationStatus, Step))


@pytest.mark.parametrize(("status", "step"), ALL_PAIRS)
def test_every_pair_is_either_legal_or_refused_with_the_legal_ones(status, step):
    if step in TRANSITIONS[status]:
        assert after(status, step) in OperationStatus
        return
    with pytest.raises(IllegalOperationStep) as refused:
        after(status, step)
    assert refused.value.legal == legal_steps(status)
    assert refused.value.step is step
    assert str(status) in str(refused.value)


def test_the_way_of_an_operation_that_goes_well():
    status = OperationStatus.DRAFT
    way = [Step.CHECK, Step.AUTHORISE, Step.UPLOAD, Step.LAUNCH, Step.AIRBORNE, Step.RTL, Step.CLOSE]
    passed = [status := after(status, step) for step in way]
    assert passed == ["checked", "authorised", "uploaded", "launching", "flying", "returning", "closed"]


def test_nothing_is_uploaded_before_it_was_authorised_and_nothing_launched_before_it_was_uploaded():
    may_upload = {status for status in OperationStatus if Step.UPLOAD in TRANSITIONS[status]}
    may_launch = {status for status in OperationStatus if Step.LAUNCH in TRANSITIONS[status]}
    assert may_upload == {OperationStatus.AUTHORISED, OperationStatus.UPLOADED}
    assert may_launch == {OperationStatus.UPLOADED}


def test_checking_again_takes_the_authorisation_back():
    assert after(OperationStatus.AUTHORISED, Step.CHECK) is OperationStatus.CHECKED
    assert after(OperationStatus.UPLOADED, Step.CHECK) is OperationStatus.CHECKED


@pytest.mark.parametrize("status", sorted(UNDER_WAY))
def test_in_flight_one_can_always_call_home_abort_and_close(status):
    assert {Step.RTL, Step.ABORT, Step.CLOSE} <= set(TRANSITIONS[status])


@pytest.mark.parametrize("status", sorted(set(OperationStatus) - FINAL))
def test_aborting_is_possible_until_the_end(status):
    assert after(status, Step.ABORT) is OperationStatus.ABORTED


@pytest.mark.parametrize("status", sorted(FINAL))
def test_the_end_is_the_end(status):
    assert legal_steps(status) == ()


def test_every_status_can_be_reached():
    reached = {OperationStatus.DRAFT} | {target for steps in TRANSITIONS.values() for target in steps.values()}
    assert reached == set(OperationStatus)
