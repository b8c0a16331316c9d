"""A report becomes a sighting, or one error that names the field."""

from datetime import datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gcs.sightings.errors import InvalidReportError
from gcs.sightings.intake import SightingReport, SourceReport, make_sighting, sighting_id
from gcs.sightings.model import SightingStatus

from .conftest import ID, NOW

FULL = b"""{"id": "0F8FAD5B-D9CB-469F-A165-70867728950E", "klass": "illegal_parking", "lat": 29.9, "lon": 121.84,
"ce90_m": 8, "priority": 2, "seen_at": "2026-03-01T19:59:00+08:00", "note": "van", "operation": "op-1",
"source": {"kind": "camera", "name": "cam", "vehicle": "main-1", "detector": "yolo", "confidence": 0.9},
"simulated": true}"""


def test_the_report_of_the_documentation(catalogue):
    report = msgspec.json.decode(FULL, type=SightingReport)
    seen = make_sighting(report, catalogue, new_id=ID, now=NOW, actor="web")
    assert (seen.klass, seen.priority, seen.note, seen.operation) == ("illegal_parking", 2, "van", "op-1")
    assert (seen.place.lat_deg, seen.place.lon_deg, seen.place.ce90_m) == (29.9, 121.84, 8)
    assert seen.seen_at == NOW - timedelta(minutes=1)
    assert (seen.source.kind, seen.source.vehicle, seen.source.confidence) == ("camera", "main-1", 0.9)
    assert seen.simulated
    assert sighting_id(report) == ID


def test_class_and_place_are_enough(make):
    seen = make()
    assert seen.status is SightingStatus.NEW
    assert seen.priority == 2
    assert seen.seen_at == seen.received_at == NOW
    assert (seen.source.kind, seen.source.name) == ("person", "desk")
    assert [(s.action, s.actor) for s in seen.history] == [("report", "desk")]
    assert not seen.simulated


@pytest.mark.parametrize(
    ("field", "fields"),
    [
        ("klass", {"klass": "dragon"}),
        ("lat", {"lat": 90.1}),
        ("lat", {"lat": float("nan")}),
        ("lon", {"lon": -180.5}),
        ("lon", {"lon": float("inf")}),
        ("lat", {"lat": 0.0, "lon": 0.0}),
        ("ce90_m", {"ce90_m": -1.0}),
        ("ce90_m", {"ce90_m": float("nan")}),
        ("priority", {"priority": 0}),
        ("priority", {"priority": 5}),
        ("seen_at", {"seen_at": NOW + timedelta(minutes=5, seconds=1)}),
        ("seen_at", {"seen_at": NOW - timedelta(days=8)}),
        ("source.pixel", {"source": SourceReport(kind="camera", pixel=(5.0, -1.0))}),
        ("source.frame", {"source": SourceReport(kind="camera", frame="f" * 101)}),
        ("seen_at", {"seen_at": datetime(2026, 3, 1, 12)}),  # noqa: DTZ001
        ("note", {"note": "x" * 2001}),
        ("source.name", {"source": SourceReport(name="x" * 101)}),
        ("source.kind", {"source": SourceReport(kind="oracle")}),
        ("source.confidence", {"source": SourceReport(kind="camera", confidence=1.5)}),
        ("source.confidence", {"source": SourceReport(kind="camera", confidence=float("nan"))}),
        ("operation", {"operation": "x" * 101}),
    ],
)
def test_what_cannot_be_is_refused_by_name(make, field, fields):
    with pytest.raises(InvalidReportError) as refused:
        make(**fields)
    assert refused.value.field == field
    assert str(refused.value).startswith(f"{field}: ")


def test_a_little_ahead_and_some_days_back_are_taken(make):
    for seen_at in (NOW + timedelta(minutes=5), NOW - timedelta(days=7)):
        assert make(seen_at=seen_at).seen_at == seen_at


@pytest.mark.parametrize("text", ["", "7", "../../etc", "0f8fad5b-d9cb-469f-a165-70867728950", "zz" * 16])
def test_an_id_is_a_uuid(text):
    with pytest.raises(InvalidReportError, match=r"^id: must be a UUID"):
        sighting_id(SightingReport(klass="crowd", lat=1.0, lon=1.0, id=text))


def test_a_field_nobody_knows_is_refused():
    with pytest.raises(msgspec.ValidationError, match="priorty"):
        msgspec.json.decode(b'{"klass": "crowd", "lat": 1, "lon": 1, "priorty": 1}', type=SightingReport)


def test_a_time_without_zone_is_refused():
    with pytest.raises(msgspec.ValidationError, match="seen_at"):
        msgspec.json.decode(
            b'{"klass": "crowd", "lat": 1, "lon": 1, "seen_at": "2026-03-01T12:00:00"}', type=SightingReport
        )


@given(
    st.builds(
        SightingReport,
        klass=st.sampled_from(["crowd", "nope", ""]),
        lat=st.floats(),
        lon=st.floats(),
        id=st.none() | st.text(),
        ce90_m=st.none() | st.floats(),
        priority=st.none() | st.integers(),
        note=st.text(),
        operation=st.none() | st.text(),
    )
)
def test_any_report_is_either_right_or_refused(catalogue, report):
    refused_field, seen = None, None
    try:
        new_id = sighting_id(report) or ID
        seen = make_sighting(report, catalogue, new_id=new_id, now=NOW, actor="x")
    except InvalidReportError as error:
        refused_field = error.field
    if seen is None:
        assert refused_field in SightingReport.__struct_fields__
    else:
        assert msgspec.json.decode(msgspec.json.encode(seen), type=type(seen)) == seen
