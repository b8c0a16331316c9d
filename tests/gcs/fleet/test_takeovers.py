"""Which other stations ask for a vehicle: heard once, repeated, answered, or over."""

import pytest

from gcs.fleet.takeovers import Takeover, Takeovers
from telemetry.messages import new

OURS = 255


def question(station=254, *, to=OURS, waits_s=10.0):
    return new("COMMAND_LONG", target_system=to, command=32100, param1=1, param3=waits_s, param4=station)


@pytest.fixture
def takeovers():
    return Takeovers()


def test_a_question_stands_as_long_as_the_vehicle_waits(takeovers):
    assert takeovers.hear("main-1", question(), OURS, 100.0) == Takeover(254, 110.0, said=1)
    assert takeovers.lapse(109.9) == []
    assert takeovers.lapse(110.0) == [("main-1", Takeover(254, 110.0))]
    assert not takeovers.open


def test_said_again_it_is_the_same_question_and_of_another_station_another(takeovers):
    takeovers.hear("main-1", question(), OURS, 100.0)
    assert takeovers.hear("main-1", question(), OURS, 101.0) == Takeover(254, 111.0, said=2)
    assert takeovers.hear("main-1", question(253), OURS, 102.0) == Takeover(253, 112.0, said=1)


@pytest.mark.parametrize(
    "message",
    [question(to=254), question(OURS), question(0), new("COMMAND_LONG", target_system=OURS, command=400, param1=1)],
)
def test_what_is_for_others_or_of_nobody_is_no_question(takeovers, message):
    assert takeovers.hear("main-1", message, OURS, 100.0) is None
    assert not takeovers.open


def test_an_answer_settles_it_once(takeovers):
    takeovers.hear("main-1", question(), OURS, 100.0)
    assert takeovers.settle("main-1") == Takeover(254, 110.0)
    assert takeovers.settle("main-1") is None
