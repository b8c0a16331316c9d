"""Which recordings go when there is too little room."""

import pytest

from telemetry.retention import Recording, too_many

THREE = [Recording("b", 10, protected=False), Recording("a", 10, protected=False), Recording("c", 10, protected=False)]


@pytest.mark.parametrize(
    ("keep_bytes", "gone"),
    [(30, []), (29, ["a"]), (20, ["a"]), (19, ["a", "b"]), (0, ["a", "b", "c"]), (-5, ["a", "b", "c"])],
)
def test_the_oldest_go_until_the_rest_fits(keep_bytes, gone):
    assert [recording.name for recording in too_many(THREE, keep_bytes)] == gone


def test_a_protected_one_stays_and_counts():
    recordings = [Recording("a", 10, protected=True), Recording("b", 10, protected=False)]

    assert [recording.name for recording in too_many(recordings, 15)] == ["b"]
    assert [recording.name for recording in too_many(recordings, 5)] == ["b"]
