"""Cameras' reports of one thing become one sighting with several views."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from gcs.sightings.intake import SourceReport
from gcs.sightings.merge import joined, same_as
from gcs.sightings.model import SightingStatus

from .conftest import NOW

METRE = 1 / 111_320


@pytest.fixture
def seen(make):
    """A camera's sighting, so many metres north, by a vehicle."""

    def seen(name, north=0.0, vehicle="main-1", **fields):
        source = SourceReport(kind="camera", name="cam", vehicle=vehicle)
        fields = {"klass": "illegal_parking", "ce90_m": 8.0, "seen_at": NOW, "source": source, **fields}
        return replace(make(lat=29.9 + north * METRE, **fields), id=name)

    return seen


def test_what_another_drone_sees_at_the_place_is_the_same_and_surer(seen, catalogue):
    first, second = seen("a", note="van"), seen("b", 4.0, "main-2", priority=1, note="white van")
    assert same_as(second, [first], catalogue) == "a"
    both = joined(first, second)
    assert both.id == "a"
    assert [(v.id, v.source.vehicle, v.note) for v in both.views] == [
        ("a", "main-1", "van"),
        ("b", "main-2", "white van"),
    ]
    assert both.place.ce90_m == pytest.approx(8.0 / 2**0.5, abs=0.1)
    assert both.place.lat_deg == pytest.approx(29.9 + 2 * METRE, abs=METRE / 10)
    assert (both.priority, both.history, both.status) == (1, first.history, first.status)


def test_the_order_of_three_views_does_not_move_the_place(seen):
    a, b, c = seen("a"), seen("b", 4.0, "main-2"), seen("c", -3.0, "main-3")
    assert joined(joined(a, b), c).place == joined(joined(a, c), b).place


def test_the_same_drone_again_makes_it_no_surer(seen):
    both = joined(seen("a"), seen("b"))
    assert both.place.ce90_m == pytest.approx(8.0, abs=0.1)


@pytest.mark.parametrize(
    "known",
    [
        {"klass": "crowd"},
        {"simulated": True},
        {"source": SourceReport(kind="person", name="x")},
        {"ce90_m": None},
        {"seen_at": NOW - timedelta(minutes=11)},
        {"north": 60.0},
    ],
    ids=str,
)
def test_what_stays_apart(seen, catalogue, known):
    assert same_as(seen("b"), [seen("a", **known)], catalogue) is None
    assert same_as(seen("b", **known), [seen("a")], catalogue) is None


def test_nothing_joins_what_is_settled(seen, catalogue):
    for status in (SightingStatus.RESOLVED, SightingStatus.DISMISSED):
        assert same_as(seen("b"), [replace(seen("a"), status=status)], catalogue) is None
    assert same_as(seen("b"), [replace(seen("a"), status=SightingStatus.ON_SCENE)], catalogue) == "a"
