"""Times as the whole numbers that are searched for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def microseconds(at: datetime) -> int:
    """Microseconds since 1970 UTC, exactly; `at` knows its time zone."""
    return (at - _EPOCH) // _MICROSECOND
