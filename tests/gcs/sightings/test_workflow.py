"""The table of steps and the rules above it."""

from datetime import timedelta

import pytest

from gcs.sightings.errors import IllegalSightingStepError, InvalidReportError, NotYourSightingError
from gcs.sightings.model import SightingStatus as S
from gcs.sightings.workflow import TRANSITIONS, WITH_A_UNIT, Action, Asked, legal_actions, moved_last, take

from .conftest import NOW

WORDS = {
    Action.ASSIGN: {"unit": "car-1"},
    Action.RESOLVE: {"outcome": "moved"},
    Action.DISMISS: {"note": "a shadow"},
    Action.CLASSIFY: {"klass": "accident"},
    Action.DUPLICATE: {"of": "another"},
    Action.FEEDBACK: {"note": "two cars, nobody hurt"},
    Action.ASSESS: {"note": "dealt with in time"},
    Action.ANALYSE: {"note": "every Friday: more parking needed"},
    Action.SUPERVISE: {"note": "by noon"},
}
DEALT_WITH = (Action.ASSIGN, Action.ACCEPT, Action.ARRIVE, Action.RESOLVE)
WAY_TO = {
    S.NEW: (),
    S.ASSIGNED: (Action.ASSIGN,),
    S.ACCEPTED: (Action.ASSIGN, Action.ACCEPT),
    S.ON_SCENE: (Action.ASSIGN, Action.ACCEPT, Action.ARRIVE),
    S.RESOLVED: DEALT_WITH,
    S.DISMISSED: (Action.DISMISS,),
    S.DUPLICATE: (Action.DUPLICATE,),
    S.ASSESSED: (*DEALT_WITH, Action.ASSESS),
    S.ARCHIVED: (*DEALT_WITH, Action.ASSESS, Action.ARCHIVE),
}


def asked(action, actor="desk", **fields):
    return Asked(action, NOW, actor, **{**WORDS.get(action, {}), **fields})


@pytest.fixture
def at(make):
    """A sighting that has come to a status by legal steps."""

    def at(status):
        sighting = make()
        for action in WAY_TO[status]:
            sighting = take(sighting, asked(action))
        assert sighting.status is status
        return sighting

    return at


@pytest.mark.parametrize("status", S)
@pytest.mark.parametrize("action", Action)
def test_every_step_follows_the_table_or_lists_what_would_be_legal(at, status, action):
    sighting = at(status)
    if sighting.history[-1].action == action:
        assert take(sighting, asked(action)) is sighting
    elif action in TRANSITIONS[status] and status is not S.ARCHIVED:
        after = take(sighting, asked(action))
        assert after.status is TRANSITIONS[status][action]
        assert len(after.history) == len(sighting.history) + 1
    else:
        with pytest.raises(IllegalSightingStepError) as refused:
            take(sighting, asked(action))
        assert refused.value.legal == legal_actions(status)
        assert Action.EXPIRE not in refused.value.legal


@pytest.mark.parametrize("status", S)
def test_every_status_can_be_come_to_and_only_a_unit_at_work_is_named_as_holder(at, status):
    sighting = at(status)
    dealt_with = (S.RESOLVED, S.ASSESSED, S.ARCHIVED)
    assert (sighting.unit == "car-1") is (status in WITH_A_UNIT or status in dealt_with)
    assert (sighting.outcome == "moved") is (status in dealt_with)


def test_the_history_says_who_did_what_when(at):
    sighting = take(at(S.ON_SCENE), Asked(Action.RESOLVE, NOW + timedelta(minutes=9), "张警官", "car-1", "", "已驶离"))
    last = sighting.history[-1]
    assert (last.action, last.actor, last.unit, last.status) == ("resolve", "张警官", "car-1", S.RESOLVED)
    assert last.at == NOW + timedelta(minutes=9)
    assert sighting.outcome == "已驶离"


@pytest.mark.parametrize(
    ("status", "action", "fields", "field"),
    [
        (S.ON_SCENE, Action.RESOLVE, {"outcome": None}, "outcome"),
        (S.ON_SCENE, Action.RESOLVE, {"outcome": "\u202e \x00"}, "outcome"),
        (S.NEW, Action.DISMISS, {"note": ""}, "note"),
        (S.NEW, Action.DISMISS, {"note": "  \n"}, "note"),
        (S.NEW, Action.ASSIGN, {"unit": None}, "unit"),
        (S.NEW, Action.DISMISS, {"note": "x" * 2001}, "note"),
        (S.NEW, Action.CLASSIFY, {"klass": None}, "klass"),
        (S.NEW, Action.DUPLICATE, {"of": None}, "of"),
        (S.NEW, Action.SUPERVISE, {"note": ""}, "note"),
        (S.ON_SCENE, Action.FEEDBACK, {"note": ""}, "note"),
        (S.RESOLVED, Action.ASSESS, {"note": ""}, "note"),
        (S.ASSESSED, Action.ANALYSE, {"note": ""}, "note"),
    ],
)
def test_a_step_without_what_it_needs_is_refused(at, status, action, fields, field):
    with pytest.raises(InvalidReportError) as refused:
        take(at(status), asked(action, **fields))
    assert refused.value.field == field


@pytest.mark.parametrize("action", [Action.ACCEPT, Action.REFUSE, Action.EXPIRE])
def test_another_unit_may_not_answer(at, action):
    with pytest.raises(NotYourSightingError) as refused:
        take(at(S.ASSIGNED), asked(action, unit="car-2"))
    assert refused.value.holder == "car-1"
    assert isinstance(refused.value, IllegalSightingStepError)


def test_a_unit_that_hands_back_leaves_it_to_nobody(at):
    for status in WITH_A_UNIT:
        after = take(at(status), asked(Action.REFUSE, unit="car-1"))
        assert (after.status, after.unit) == (S.NEW, None)
        assert after.history[-1].unit == "car-1"


def test_a_sighting_may_go_to_another_unit_until_it_is_settled(at):
    for status in (*WITH_A_UNIT, S.NEW):
        after = take(at(status), asked(Action.ASSIGN, unit="car-2"))
        assert (after.status, after.unit) == (S.ASSIGNED, "car-2")


def test_a_step_repeated_after_its_answer_was_lost_changes_nothing(at):
    done = take(at(S.ON_SCENE), asked(Action.RESOLVE, unit="car-1"))
    assert take(done, asked(Action.RESOLVE, unit="car-1")) is done
    with pytest.raises(IllegalSightingStepError):
        take(done, asked(Action.RESOLVE, unit="car-1", outcome="something else"))


def test_a_step_with_an_id_is_taken_once_whatever_came_after_it(at):
    done = take(at(S.ASSIGNED), asked(Action.ACCEPT, unit="car-1", id="tap-1"))
    further = take(done, asked(Action.SUPERVISE, note="look at it by noon"))
    assert take(further, asked(Action.ACCEPT, unit="car-1", id="tap-1", note="other words")) is further
    with pytest.raises(IllegalSightingStepError):
        take(further, asked(Action.ACCEPT, unit="car-1", id="tap-2"))


def test_a_word_for_word_step_with_an_id_of_its_own_is_a_step_of_its_own(at):
    told = take(at(S.ON_SCENE), asked(Action.FEEDBACK, unit="car-1", note="two cars", id="a"))
    again = take(told, asked(Action.FEEDBACK, unit="car-1", note="two cars", id="b"))
    assert [step.id for step in again.history[-2:]] == ["a", "b"]


def test_reopening_begins_again_with_the_history_kept(at):
    again = take(at(S.RESOLVED), asked(Action.REOPEN))
    assert (again.status, again.unit, again.outcome) == (S.NEW, None, None)
    assert [s.action for s in again.history][-2:] == ["resolve", "reopen"]


def test_the_whole_chain(at):
    steps = (
        (Action.CLASSIFY, {"klass": "accident", "priority": 1}),
        (Action.ASSIGN, {}),
        (Action.SUPERVISE, {}),
        (Action.ACCEPT, {}),
        (Action.ARRIVE, {}),
        (Action.FEEDBACK, {}),
        (Action.RESOLVE, {}),
        (Action.ASSESS, {}),
        (Action.ANALYSE, {}),
        (Action.ARCHIVE, {}),
    )
    sighting = at(S.NEW)
    for action, fields in steps:
        sighting = take(sighting, asked(action, **fields))
    assert (sighting.status, sighting.klass, sighting.priority) == (S.ARCHIVED, "accident", 1)
    assert [step.action for step in sighting.history[1:]] == [action for action, _ in steps]


@pytest.mark.parametrize("action", Action)
def test_what_is_archived_is_never_changed(at, action):
    archived = at(S.ARCHIVED)
    if action is Action.ARCHIVE:
        assert take(archived, asked(action)) is archived
        return
    with pytest.raises(IllegalSightingStepError) as refused:
        take(archived, asked(action))
    assert refused.value.legal == (Action.REOPEN,)


def test_saying_something_about_it_does_not_move_it(at):
    assigned = at(S.ASSIGNED)
    for action in (Action.CLASSIFY, Action.SUPERVISE):
        after = take(assigned, asked(action))
        assert after.history[moved_last(after)].action == Action.ASSIGN


def test_giving_it_the_class_it_has_changes_nothing(at):
    new = at(S.NEW)
    assert take(new, asked(Action.CLASSIFY, klass=new.klass)) is new


@pytest.mark.parametrize(
    ("said_min", "kept_min"),
    [(10, 10), (40, 30), (-1, 0), (-10_000, 0), (0, 0)],
    ids=["as said", "not before the step before", "not ahead", "not far ahead", "now"],
)
def test_a_step_taken_out_of_reach_keeps_its_time_between_the_step_before_and_now(at, said_min, kept_min):
    """Minutes before it was heard of; the step before was half an hour ago."""
    heard = NOW + timedelta(minutes=30)
    asked = Asked(Action.ACCEPT, heard, "car-1", "car-1", taken_at=heard - timedelta(minutes=said_min))
    step = take(at(S.ASSIGNED), asked).history[-1]
    assert step.at == heard - timedelta(minutes=kept_min)
    assert step.received_at == (heard if kept_min else None)


def test_a_step_lies_a_day_back_at_most(at):
    heard = NOW + timedelta(days=3)
    step = take(at(S.ASSIGNED), Asked(Action.ACCEPT, heard, "car-1", "car-1", taken_at=NOW)).history[-1]
    assert step.at == heard - timedelta(days=1)


def test_the_centre_is_never_out_of_reach(at):
    asked = Asked(Action.ASSIGN, NOW + timedelta(hours=1), "desk", "car-1", taken_at=NOW)
    step = take(at(S.NEW), asked).history[-1]
    assert (step.at, step.received_at) == (NOW + timedelta(hours=1), None)
