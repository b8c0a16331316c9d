"""What text from outside may hold once it is in a record."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gcs.sightings.errors import InvalidReportError
from gcs.sightings.text import clean_line, clean_note


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("  一辆  货车 ", "一辆 货车"),
        ("a\x00b\x1b[31mc\x7f", "ab[31mc"),
        ("a\r\nb\tc", "a b c"),
        ("\u202egnp.exe", "gnp.exe"),
        ("half \ud83d pair", "half pair"),
        ("e\u0301", "é"),
        ("👮🏽\u200d♀️", "👮🏽\u200d♀️"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
    ],
)
def test_a_line_is_what_can_be_seen(text, kept):
    assert clean_line(text, "name") == kept


def test_a_note_keeps_its_lines():
    assert clean_note(" first \r\n\n second\x0b third ", "note") == "first\n\nsecond third"


def test_too_long_is_refused_by_name():
    with pytest.raises(InvalidReportError, match=r"^note: is 2001 characters long, at most 2000") as refused:
        clean_note("x" * 2001, "note")
    assert refused.value.field == "note"


@given(st.text(max_size=90))
def test_whatever_comes_in_can_be_encoded_and_cleaning_again_changes_nothing(text):
    cleaned = clean_line(text, "name")
    assert cleaned.encode("utf-8").decode("utf-8") == cleaned
    assert clean_line(cleaned, "name") == cleaned
