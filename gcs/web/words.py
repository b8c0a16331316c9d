"""What people write into a request, cleaned at the door: what cannot be seen, and what turns the direction of writing,
is not kept, and what says nothing then is as good as missing."""

from __future__ import annotations

from gcs.sightings.errors import InvalidReportError
from gcs.sightings.text import clean_line, clean_note


def needed_line(text: str, field: str) -> str:
    """One line; raises InvalidReportError when nothing is left of it."""
    return _needed(clean_line(text, field), field)


def needed_note(text: str, field: str) -> str:
    """Lines; raises InvalidReportError when nothing is left of them."""
    return _needed(clean_note(text, field), field)


def _needed(text: str, field: str) -> str:
    if not text:
        raise InvalidReportError(field, "is empty")
    return text
