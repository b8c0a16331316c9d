"""Long texts come in parts: joined, told once, marked where a part is missing."""

from itertools import permutations

import pytest

from telemetry.services.status_text import COMPLETE_WITHIN_S, GAP, MAX_PENDING, StatusTextJoiner, text_messages

LONG = "Requested rate for message ID 30 too fast. Increas", "e SCHED_LOOP_RATE"
THREE = "a" * 50, "b" * 50, "c" * 7


@pytest.fixture
def joiner():
    return StatusTextJoiner()


@pytest.fixture
def part(heard):
    return lambda number, text, **more: heard(
        "STATUSTEXT", **{"severity": 4, "id": 1, **more}, chunk_seq=number, text=text
    )


def _texts(told):
    return [text.text for text in told]


def test_a_short_text_is_told_at_once(joiner, part):
    (told,) = joiner.receive(part(0, "ArduPilot Ready", id=0, severity=6), 0.0)
    assert (told.severity, told.text) == (6, "ArduPilot Ready")


def test_the_recorded_example(joiner, part):
    assert joiner.receive(part(0, LONG[0]), 0.0) == []
    assert _texts(joiner.receive(part(1, LONG[1]), 0.1)) == ["".join(LONG)]


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_parts_in_any_order(joiner, part, order):
    told = [text for number in order for text in joiner.receive(part(number, THREE[number]), 0.0)]
    assert _texts(told) == ["".join(THREE)]


def test_parts_that_come_twice_are_told_once(joiner, part):
    told = [t for number in (0, 0, 1, 1, 2, 2, 1, 0) for t in joiner.receive(part(number, THREE[number]), 0.0)]
    assert _texts(told) == ["".join(THREE)]


def test_texts_of_several_senders_and_ids_do_not_mix(joiner, part):
    joiner.receive(part(0, THREE[0]), 0.0)
    joiner.receive(part(0, LONG[0], id=2), 0.0)
    joiner.receive(part(0, THREE[1], sysid=9), 0.0)
    assert _texts(joiner.receive(part(1, LONG[1], id=2), 0.0)) == ["".join(LONG)]
    assert _texts(joiner.receive(part(1, "!", sysid=9), 0.0)) == [THREE[1] + "!"]


def test_a_part_that_never_comes_is_marked(joiner, part):
    joiner.receive(part(0, THREE[0]), 0.0)
    joiner.receive(part(2, THREE[2]), 0.1)
    assert joiner.expire(COMPLETE_WITHIN_S - 0.01) == []
    assert _texts(joiner.expire(COMPLETE_WITHIN_S)) == [THREE[0] + GAP + THREE[2]]
    assert joiner.expire(COMPLETE_WITHIN_S + 1) == []


def test_an_end_that_never_comes_is_marked(joiner, part):
    joiner.receive(part(0, THREE[0]), 0.0)
    assert _texts(joiner.expire(COMPLETE_WITHIN_S)) == [THREE[0] + GAP]


def test_a_beginning_that_never_came_is_marked(joiner, part):
    joiner.receive(part(1, "the end"), 0.0)
    assert _texts(joiner.expire(COMPLETE_WITHIN_S)) == [GAP + "the end"]


def test_the_next_message_gives_up_what_is_overdue(joiner, part):
    joiner.receive(part(0, THREE[0]), 0.0)
    assert _texts(joiner.receive(part(0, "now", id=0), 9.0)) == [THREE[0] + GAP, "now"]


def test_an_id_that_is_used_again_begins_a_new_text(joiner, part):
    joiner.receive(part(0, THREE[0]), 0.0)
    assert _texts(joiner.receive(part(0, LONG[0]), 0.5)) == [THREE[0] + GAP]
    assert _texts(joiner.receive(part(1, LONG[1]), 0.6)) == ["".join(LONG)]


def test_what_is_under_way_is_bounded(joiner, part):
    told = [t for n in range(1, 500) for t in joiner.receive(part(0, "x" * 50, id=n), 0.0)]
    assert len(told) == 499 - MAX_PENDING


def test_beyond_ascii(joiner, part):
    text = "电池电压过低，请立即返航"
    assert _texts(joiner.receive(part(0, text, id=0), 0.0)) == [text]


@pytest.mark.parametrize("length", [0, 1, 49, 50, 51, 99, 100, 101, 160])
def test_a_text_taken_apart_is_joined_again(joiner, part, length):
    text = ("refused: the mission is unknown " * 6)[:length]
    messages = text_messages(text, 4, 7)
    told = [one for m in messages for one in joiner.receive(part(m.chunk_seq, m.text, id=m.id), 0.0)]
    assert _texts(told) == [text]
    assert {m.id for m in messages} == ({0} if length <= 50 else {7})
