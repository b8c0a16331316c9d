"""One command and its acknowledgement: who may answer, what is repeated, what never is."""

from math import nan

import pytest

from telemetry.constants import MavCmd, MavResult
from telemetry.services import commands
from telemetry.services.command import (
    CANCELLING,
    PROGRESS_LIMIT_S,
    PROGRESS_WAIT_S,
    REPEATED,
    Command,
    other_form,
    sending_of,
)
from telemetry.services.command_cancel import command_cancel
from telemetry.services.machine import Progress

OWN, TARGET = (255, 190), (1, 1)
ARM, RTL = commands.arm(TARGET), commands.rtl(TARGET)
NEVER_TWICE = [
    commands.arm(TARGET),
    commands.set_mode(TARGET, 4),
    commands.takeoff(TARGET, 30.0),
    commands.mission_start(TARGET),
    commands.reboot(TARGET),
    commands.set_mission_current(TARGET, 3),
    commands.command_long(TARGET, MavCmd.COMPONENT_ARM_DISARM, 0, 21196),
    commands.command_long(TARGET, 31999),
]


def _begun(message):
    machine = Command(TARGET, message, own=OWN)
    machine.start(0.0)
    return machine, machine.drain()


def _run_out(machine):
    """Every message sent while nobody answers."""
    sent = []
    while (deadline_s := machine.next_deadline()) is not None:
        machine.handle_timer(deadline_s)
        sent += machine.drain()
    return sent


@pytest.mark.parametrize("message", NEVER_TWICE, ids=lambda message: str(message.command))
def test_what_does_something_else_the_second_time_is_sent_once(message):
    machine, sent = _begun(message)
    assert sent + _run_out(machine) == [message]
    assert (machine.outcome.ok, machine.outcome.timed_out, machine.outcome.attempts) == (False, True, 1)


def test_what_may_be_repeated_is_with_a_count():
    machine, sent = _begun(RTL)
    sent += _run_out(machine)
    assert [message.confirmation for message in sent] == list(range(10))
    assert {message.replace(confirmation=0) for message in sent} == {RTL}
    assert machine.outcome.timed_out


def test_disarming_may_be_repeated_forcing_it_may_not():
    assert sending_of(commands.disarm(TARGET)).attempts > 1
    assert sending_of(commands.command_long(TARGET, 400, 0, 21196)).attempts == 1


def test_the_table_has_no_arming_no_take_off_and_no_mode_change():
    forbidden = {MavCmd.COMPONENT_ARM_DISARM, MavCmd.NAV_TAKEOFF, MavCmd.MISSION_START, MavCmd.DO_SET_MODE}
    assert not forbidden & set(REPEATED)


@pytest.mark.parametrize("result", [MavResult.ACCEPTED, MavResult.FAILED, MavResult.DENIED])
def test_the_answer_is_the_vehicles(heard, result):
    machine, _ = _begun(ARM)
    machine.receive(heard("COMMAND_ACK", command=400, result=result), 0.1)
    ok = result is MavResult.ACCEPTED
    assert (machine.outcome.result, machine.outcome.ok, machine.outcome.timed_out) == (result, ok, False)
    assert machine.outcome.detail == ("" if ok else result.name)
    assert machine.next_deadline() is None


@pytest.mark.parametrize(
    "foreign",
    [
        {"command": 20},
        {"sysid": 2},
        {"compid": 100},
        {"to": (254, 190)},
        {"to": (255, 1)},
    ],
)
def test_other_answers_do_not_count(heard, foreign):
    machine, _ = _begun(ARM)
    machine.receive(heard("COMMAND_ACK", **{"command": 400, **foreign}), 0.1)
    assert machine.outcome is None


def test_an_answer_without_an_address_counts(heard):
    machine, _ = _begun(ARM)
    machine.receive(heard("COMMAND_ACK", command=400, to=(0, 0)), 0.1)
    assert machine.outcome.ok


def test_messages_of_every_kind_are_borne(heard):
    machine, _ = _begun(ARM)
    for name in ("HEARTBEAT", "STATUSTEXT", "MISSION_ACK", "PARAM_VALUE"):
        machine.receive(heard(name), 0.1)
    assert machine.outcome is None


def test_in_progress_extends_and_nothing_is_repeated(heard):
    machine, _ = _begun(RTL)
    machine.receive(heard("COMMAND_ACK", command=20, result=MavResult.IN_PROGRESS), 0.5)
    assert machine.next_deadline() == 0.5 + PROGRESS_WAIT_S
    machine.handle_timer(2.0)
    assert machine.drain() == []
    machine.receive(heard("COMMAND_ACK", command=20), 5.0)
    assert machine.outcome.ok


def test_progress_does_not_last_for_ever(heard):
    machine, _ = _begun(RTL)
    now_s = 0.0
    while machine.outcome is None:
        now_s += 1.0
        machine.receive(heard("COMMAND_ACK", command=20, result=MavResult.IN_PROGRESS), now_s)
        machine.handle_timer(now_s)
    assert now_s == PROGRESS_LIMIT_S
    assert machine.outcome.timed_out


@pytest.mark.parametrize(
    ("told", "progress"), [(40, Progress(40, 100, "percent")), (255, Progress(0, None, "percent"))]
)
def test_how_far_it_is_stands_beside_it_once_the_vehicle_says_that_it_takes_long(heard, told, progress):
    machine, _ = _begun(RTL)
    assert not machine.is_long
    machine.receive(heard("COMMAND_ACK", command=20, result=MavResult.IN_PROGRESS, progress=told), 0.5)
    assert machine.is_long
    assert machine.progress == progress


def test_who_waits_no_longer_ends_the_waiting_and_nothing_is_sent(heard):
    machine, _ = _begun(RTL)
    machine.receive(heard("COMMAND_ACK", command=20, result=MavResult.IN_PROGRESS, progress=40), 0.5)
    machine.give_up("cancelled by li", 1.0)
    assert (machine.outcome.ok, machine.outcome.timed_out, machine.outcome.detail) == (False, True, "cancelled by li")
    assert (machine.drain(), machine.next_deadline()) == ([], None)


def _cancelling(heard):
    """A command that its target takes back, in progress since 0.5 s and given up at 1 s; and what was sent then."""
    machine = Command(TARGET, RTL, own=OWN, takes_cancel=True)
    machine.start(0.0)
    machine.drain()
    machine.receive(heard("COMMAND_ACK", command=20, result=MavResult.IN_PROGRESS, progress=40), 0.5)
    machine.give_up("cancelled by li", 1.0)
    return machine, machine.drain()


def test_a_command_in_progress_is_ended_on_a_target_that_takes_cancelling(heard):
    machine, sent = _cancelling(heard)
    assert sent == [command_cancel(TARGET, MavCmd.NAV_RETURN_TO_LAUNCH)]
    assert machine.outcome is None
    machine.receive(heard("COMMAND_ACK", command=20, result=MavResult.CANCELLED), 1.2)
    outcome = machine.outcome
    assert (outcome.result, outcome.ok, outcome.timed_out) == (MavResult.CANCELLED, False, False)
    assert outcome.detail == "cancelled by li"
    assert machine.next_deadline() is None


def test_cancelling_is_repeated_and_the_command_never_is(heard):
    machine, sent = _cancelling(heard)
    sent += _run_out(machine)
    assert sent == [command_cancel(TARGET, 20)] * CANCELLING.attempts
    assert (machine.outcome.result, machine.outcome.ok, machine.outcome.timed_out) == (None, False, True)
    assert machine.outcome.detail == "cancelled by li; not said to have ended"


@pytest.mark.parametrize("result", [MavResult.ACCEPTED, MavResult.FAILED])
def test_what_had_ended_before_it_was_cancelled_has_its_own_outcome(heard, result):
    machine, _ = _cancelling(heard)
    machine.receive(heard("COMMAND_ACK", command=20, result=result), 1.2)
    assert (machine.outcome.result, machine.outcome.ok) == (result, result is MavResult.ACCEPTED)


def test_progress_that_is_told_while_it_is_cancelled_gives_it_no_more_time(heard):
    machine, _ = _cancelling(heard)
    machine.receive(heard("COMMAND_ACK", command=20, result=MavResult.IN_PROGRESS, progress=50), 1.5)
    assert machine.progress.done == 50
    assert machine.next_deadline() == 1.0 + CANCELLING.wait_s


def test_giving_up_once_more_waits_for_nothing(heard):
    machine, _ = _cancelling(heard)
    machine.give_up("cancelled by wu", 1.5)
    assert (machine.outcome.timed_out, machine.outcome.detail) == (True, "cancelled by wu")
    assert (machine.drain(), machine.next_deadline()) == ([], None)


def test_what_was_never_said_to_be_in_progress_is_not_cancelled():
    machine = Command(TARGET, RTL, own=OWN, takes_cancel=True)
    machine.start(0.0)
    machine.drain()
    machine.give_up("cancelled by li", 1.0)
    assert (machine.outcome.timed_out, machine.drain()) == (True, [])


def test_a_result_without_a_name_is_a_refusal(heard):
    machine, _ = _begun(ARM)
    machine.receive(heard("COMMAND_ACK", command=400, result=99), 0.1)
    assert (machine.outcome.result, machine.outcome.ok, machine.outcome.detail) == (None, False, "result 99")


def test_a_vehicle_that_wants_the_other_form_gets_it_once(heard):
    machine, _ = _begun(ARM)
    only_int = heard("COMMAND_ACK", command=400, result=MavResult.COMMAND_INT_ONLY)
    machine.receive(only_int, 0.1)
    (sent,) = machine.drain()
    assert (sent.message_name, sent.command, sent.param1) == ("COMMAND_INT", 400, 1.0)
    machine.receive(only_int, 0.2)
    assert machine.outcome.result is MavResult.COMMAND_INT_ONLY


def test_places_survive_the_change_of_form():
    there = commands.look_at(TARGET, 29.9, 121.84, 50.0)
    long_form = other_form(there)
    assert (long_form.param5, long_form.param6, long_form.param7) == pytest.approx((29.9, 121.84, 50.0))
    assert (other_form(long_form).x, other_form(long_form).y) == (299000000, 1218400000)
    assert other_form(commands.command_long(TARGET, MavCmd.NAV_LAND, 0, 0, 0, nan, nan, nan, 0.0)).x == 0
