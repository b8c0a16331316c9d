"""The door for text from outside into records: bounded, normalised, without characters that nobody can see.

Escaping is not done here but where text is shown (`maps/escape.py`), because each place shown in has its own rules.
"""

from __future__ import annotations

import unicodedata

from gcs.sightings.errors import InvalidReportError

NAME_LENGTH = 100
NOTE_LENGTH = 2000
_DIRECTION_CONTROLS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_NEVER_SHOWN = frozenset({"Cc", "Cs"})


def clean_line(text: str, field: str, limit: int = NAME_LENGTH) -> str:
    """`text` on one line without control characters; raises InvalidReportError when it is too long."""
    return _bounded(" ".join(_visible(text).split()), field, limit)


def clean_note(text: str, field: str, limit: int = NOTE_LENGTH) -> str:
    """As `clean_line`, keeping line breaks."""
    lines = (" ".join(line.split()) for line in _visible(text).splitlines())
    return _bounded("\n".join(lines).strip(), field, limit)


def _visible(text: str) -> str:
    kept = "".join(
        c
        for c in text
        if c in "\n\r\t" or (c not in _DIRECTION_CONTROLS and unicodedata.category(c) not in _NEVER_SHOWN)
    )
    return unicodedata.normalize("NFC", kept)


def _bounded(text: str, field: str, limit: int) -> str:
    if len(text) > limit:
        raise InvalidReportError(field, f"is {len(text)} characters long, at most {limit} are kept")
    return text
