"""Tracks of a real flight, in every format a map or a spreadsheet opens."""

import csv
import io
import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from telemetry.logs import load_log
from telemetry.tlog import read_tlog
from telemetry.tracks import WRITERS, Fix, to_csv, to_geojson, to_gpx, to_kml, tracks_of

RECORDING = Path(__file__).parents[1] / "data/sitl/swarm4_head.tlog.gz"


@pytest.fixture(scope="module")
def tracks():
    return tracks_of(load_log(RECORDING, {"GLOBAL_POSITION_INT"}))


def test_each_vehicle_has_its_track_and_no_place_without_satellites(tracks):
    assert list(tracks) == [1, 2, 3, 4]
    for track in tracks.values():
        assert len(track) > 50
        assert all(29.8 < fix.lat_deg < 30.0 and 121.7 < fix.lon_deg < 121.9 for fix in track)
        assert track[0].unix_us < track[-1].unix_us


def test_times_and_places_are_those_of_the_messages(tracks):
    stamps = {at_us for at_us, frame in read_tlog(RECORDING) if frame.msgid == 33 and frame.sysid == 2}

    assert {fix.unix_us for fix in tracks[2]} <= stamps
    assert Fix(1_790_000_000_123_456, 0, 0, 0, 0).time == "2026-09-21T14:13:20.123Z"


def test_geojson(tracks):
    features = json.loads(to_geojson(tracks))["features"]

    assert [feature["properties"]["sysid"] for feature in features] == [1, 2, 3, 4]
    assert features[0]["geometry"]["coordinates"][0] == [
        tracks[1][0].lon_deg,
        tracks[1][0].lat_deg,
        tracks[1][0].alt_amsl_m,
    ]
    assert len(features[0]["properties"]["times"]) == len(tracks[1])


def test_kml_and_gpx_are_well_formed_and_whole(tracks):
    kml, gpx = ET.fromstring(to_kml(tracks)), ET.fromstring(to_gpx(tracks))
    fixes = sum(map(len, tracks.values()))

    assert len(kml.findall(".//{http://www.google.com/kml/ext/2.2}coord")) == fixes
    assert len(kml.findall(".//{http://www.opengis.net/kml/2.2}when")) == fixes
    assert len(gpx.findall(".//{http://www.topografix.com/GPX/1/1}trkpt")) == fixes


def test_csv(tracks):
    rows = list(csv.DictReader(io.StringIO(to_csv(tracks))))

    assert len(rows) == sum(map(len, tracks.values()))
    assert rows[0]["sysid"] == "1"
    assert float(rows[0]["lat_deg"]) == pytest.approx(tracks[1][0].lat_deg, abs=1e-7)


def test_a_single_fix_and_no_flight_at_all_are_written_too():
    one = {7: [Fix(0, 1.0, 2.0, 3.0, 4.0)]}

    assert json.loads(to_geojson(one))["features"][0]["geometry"]["coordinates"] == [[2.0, 1.0, 3.0]] * 2
    assert all(writer({}) for writer in WRITERS.values())
    assert tracks_of(load_log(RECORDING, {"HEARTBEAT"})) == {}
