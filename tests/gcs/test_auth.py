"""Who is asking: seats, tokens and guesses."""

import pytest

from gcs.auth import (
    DEFAULT_SEAT,
    Access,
    Grant,
    GuessLimiter,
    Person,
    Role,
    SeatError,
    grant_of,
    is_loopback,
    seat_name,
    token_digest,
)


@pytest.mark.parametrize(
    ("said", "name"),
    [
        (None, DEFAULT_SEAT),
        ("", DEFAULT_SEAT),
        ("  \t ", DEFAULT_SEAT),
        ("%00%07", DEFAULT_SEAT),
        ("li", "li"),
        ("%E6%9D%8E%E9%9B%B7", "李雷"),
        ("a\r\nSet-Cookie: x", "a Set-Cookie: x"),
        ("%E2%80%AEnimda", "nimda"),
        ("x" * 500, "x" * 40),
        ("%ff%fe", "\ufffd\ufffd"),
        ("<b>", "<b>"),
    ],
)
def test_a_seat_is_one_visible_line(said, name):
    assert seat_name(said) == name


@pytest.mark.parametrize("said", ["system", " SYSTEM ", "%73ystem", "sys\u200btem".replace("\u200b", "")])
def test_nobody_takes_the_seat_of_the_system(said):
    with pytest.raises(SeatError, match="reserved"):
        seat_name(said)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.0.1", "localhost", "::1", "[::1]"])
def test_loopback_is_reached_from_this_machine_only(host):
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.0.7", "example.org", "127.0.0.1.example.org", ""])
def test_everything_else_is_not_loopback(host):
    assert not is_loopback(host)


def test_a_token_opens_what_it_was_made_for():
    access = Access(centre=token_digest("one"), units={"car-1": token_digest("two"), "car-2": token_digest("three")})
    assert grant_of(access, "one") == Grant(Role.CENTRE)
    assert grant_of(access, "two") == Grant(Role.UNIT, "car-1")
    assert grant_of(access, "three") == Grant(Role.UNIT, "car-2")
    for wrong in ("", "four", token_digest("one"), "one ", "\ud800", "x" * 10_000):
        assert grant_of(access, wrong) is None


def test_a_unit_acts_for_itself_and_the_centre_for_all():
    unit, centre = Person("car-1", Role.UNIT, "car-1"), Person("li")
    assert (unit.may_act_for("car-1"), unit.may_act_for("car-2"), unit.may_act_for(None)) == (True, False, False)
    assert (centre.may_act_for("car-1"), centre.may_act_for(None)) == (True, True)


def test_wrong_tokens_are_counted_a_minute_for_each_source():
    limiter = GuessLimiter(per_minute=3)
    for second in range(3):
        assert limiter.wait_s("a", float(second)) == 0
        limiter.wrong("a", float(second))
    assert limiter.wait_s("a", 10.0) == 50.0
    assert limiter.wait_s("b", 10.0) == 0
    assert limiter.wait_s("a", 60.5) == 0


def test_sources_are_forgotten_and_memory_is_bounded():
    limiter = GuessLimiter(per_minute=1, sources=2)
    for source in ("a", "b", "c"):
        limiter.wrong(source, 0.0)
    assert [limiter.wait_s(source, 1.0) > 0 for source in ("a", "b", "c")] == [False, True, True]
