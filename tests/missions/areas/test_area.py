"""What is an area, and what is refused: with one line that names file, place and fix."""

import json

import pytest
from drawn_areas import DRAWN, HOLE, SQUARE, feature, lon_lat_ring, polygon, regular

from missions.areas.area import AreaError, load_area, read_areas

CLOSED = [[121.8, 29.9], [121.81, 29.9], [121.81, 29.91], [121.8, 29.91], [121.8, 29.9]]


def load(document):
    return load_area(json.dumps(document).encode(), "a.geojson")


def one_polygon(ring):
    return {"type": "Polygon", "coordinates": [ring]}


@pytest.mark.parametrize("wrap", ["polygon", "multi", "feature", "collection"])
def test_every_geojson_form_of_one_polygon_is_the_same_area(wrap):
    bare = polygon(SQUARE, HOLE)
    document = {
        "polygon": bare,
        "multi": {"type": "MultiPolygon", "coordinates": [bare["coordinates"]]},
        "feature": feature(bare),
        "collection": {"type": "FeatureCollection", "features": [feature(bare)]},
    }[wrap]
    assert load(document).polygons == load(bare).polygons
    assert len(load(document).polygons[0]) == 2


def test_zones_homes_and_swath_are_read_from_a_collection():
    document = {
        "type": "FeatureCollection",
        "properties": {"swath_m": 25},
        "features": [
            feature(polygon(SQUARE), kind="area"),
            feature(polygon(regular(5, 50, 300, 200)), kind="no_fly"),
            feature({"type": "Point", "coordinates": [121.83, 29.89]}, kind="home"),
            feature({"type": "Point", "coordinates": [121.84, 29.89, 3.0]}, kind="start"),
            feature({"type": "Point", "coordinates": [121.85, 29.89]}, kind="anomaly"),
        ],
    }
    area = load(document)
    assert (len(area.polygons), len(area.no_fly), area.swath_m) == (1, 1, 25.0)
    assert area.homes == ((121.83, 29.89), (121.84, 29.89))


BAD = {
    "nothing": (b"", "is empty"),
    "not json": (b"hello", "is not JSON.*line 1, column 1"),
    "not text": (b"\xff\xfe\x00", "not UTF-8"),
    "a list": (b"[1,2]", "not GeoJSON"),
    "a line": (json.dumps({"type": "LineString", "coordinates": CLOSED}).encode(), "must be a Polygon"),
    "no features": (b'{"type":"FeatureCollection","features":[]}', "empty"),
    "only zones": (json.dumps(feature(one_polygon(CLOSED), kind="no_fly")).encode(), "holds no area"),
    "NaN": (b'{"type":"Polygon","coordinates":[[[NaN,1],[1,1],[1,2]]]}', "NaN.*must be finite"),
    "infinity": (b'{"type":"Polygon","coordinates":[[[1e999,1],[1,1],[1,2]]]}', "finite"),
    "long number": (b'{"type":"Polygon","coordinates":[[[' + b"9" * 6000 + b",1],[1,1],[1,2]]]}", "too long"),
    "huge number": (b'{"type":"Polygon","coordinates":[[[' + b"9" * 400 + b",1],[1,1],[1,2]]]}", "finite"),
    "text as number": (b'{"type":"Polygon","coordinates":[[["1",1],[1,1],[1,2]]]}', "point 1.*finite numbers"),
    "latitude": (json.dumps(one_polygon([[0, 91], [1, 91], [1, 92]])).encode(), "point 1.*outside longitude"),
    "swapped": (json.dumps(one_polygon([[29.9, 121.8], [29.9, 121.9], [30, 121.9]])).encode(), "swapped"),
    "two points": (json.dumps(one_polygon([[0, 0], [1, 1], [0, 0]])).encode(), "2 different points"),
    "no extent": (json.dumps(one_polygon([[0, 0], [0.01, 0.01], [0.02, 0.02]])).encode(), "encloses no area"),
    "empty ring": (b'{"type":"Polygon","coordinates":[]}', "no outline"),
    "bow tie": (
        json.dumps(one_polygon([[121.8, 29.9], [121.82, 29.92], [121.82, 29.9], [121.8, 29.92]])).encode(),
        r"crosses or touches itself near \[121.81\d*, 29.91",
    ),
    "antimeridian": (json.dumps(one_polygon([[179.9, 1], [-179.9, 1], [-179.9, 1.1]])).encode(), "antimeridian"),
    "round the pole": (json.dumps(one_polygon([[0, 88], [90, 88], [180, 88], [-90, 88]])).encode(), "5° of a pole"),
    "metres": (
        json.dumps(one_polygon([[350000, 3300000], [350100, 3300000], [350100, 3300100]])).encode(),
        "metres of",
    ),
    "another system": (
        json.dumps({**one_polygon(CLOSED), "crs": {"properties": {"name": "urn:ogc:def:crs:EPSG::3857"}}}).encode(),
        "is in 'urn:ogc:def:crs:EPSG::3857': save it in WGS-84",
    ),
    "pole": (json.dumps(one_polygon([[0, 89.99], [90, 89.99], [170, 89.99]])).encode(), "pole"),
    "a continent": (json.dumps(one_polygon([[0, 0], [20, 0], [20, 20], [0, 20]])).encode(), "km wide"),
    "deep": (b'{"type":"Polygon","coordinates":' + b"[" * 50_000 + b"]" * 50_000 + b"}", "nested"),
    "repeated key": (b'{"type":"Polygon","type":"Point","coordinates":[]}', "'type' appears twice"),
    "swath": (json.dumps(feature(one_polygon(CLOSED), swath_m="wide")).encode(), "swath_m"),
    "hole is all": (json.dumps({"type": "Polygon", "coordinates": [CLOSED, CLOSED]}).encode(), "leave nothing"),
    "too large": (b" " * (32 * 2**20 + 1), "32 MB is too large"),
}


@pytest.mark.parametrize("system", ["urn:ogc:def:crs:OGC:1.3:CRS84", "EPSG:4326", "urn:ogc:def:crs:EPSG::4490"])
def test_degrees_may_be_named_as_such(system):
    document = {**one_polygon(CLOSED), "crs": {"type": "name", "properties": {"name": system}}}
    assert load_area(json.dumps(document).encode(), "a.geojson").polygons


@pytest.mark.parametrize("case", BAD, ids=str)
def test_bad_input_is_one_clear_line(case):
    data, pattern = BAD[case]
    with pytest.raises(AreaError, match=pattern) as caught:
        load_area(data, "bad.geojson")
    assert str(caught.value).startswith("bad.geojson: ")
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 220


def test_a_hole_that_touches_the_border_is_cut_out():
    ring = [(0, 0), (100, 0), (100, 100), (0, 100)]
    touching = [(20, 0), (60, 0), (60, 40), (20, 40)]
    (rings,) = load(polygon(ring, touching)).polygons
    assert len(rings) == 1
    assert len(rings[0]) == 9


def test_many_vertices_are_simplified_within_a_stated_tolerance():
    area = load({"type": "Polygon", "coordinates": [lon_lat_ring(regular(100_500, 800))]})
    assert len(area.polygons[0][0]) < 2000
    assert "100501 vertices simplified" in area.notes[0]
    assert "within 0.25 m" in area.notes[0]


def test_several_files_are_one_area(tmp_path):
    for i, x in enumerate((0, 2000)):
        ring = [(px + x, py) for px, py in SQUARE]
        (tmp_path / f"{i}.geojson").write_text(json.dumps(feature(polygon(ring), swath_m=40)))
    area = read_areas([tmp_path / "0.geojson", tmp_path / "1.geojson"])
    assert len(area.polygons) == 2
    assert area.swath_m == 40
    with pytest.raises(AreaError, match=r"gone\.geojson: cannot be read"):
        read_areas([tmp_path / "gone.geojson"])


@pytest.mark.parametrize("name", DRAWN)
def test_the_drawn_areas_are_valid(name):
    assert DRAWN[name]().polygons
