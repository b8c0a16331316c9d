"""Lines from files."""

import json

import pytest

from missions.areas.area import AreaError
from missions.lines.line_file import read_line

LINE = {"type": "LineString", "coordinates": [[121.8, 29.9], [121.81, 29.9, 12.0], [121.82, 29.91]]}


@pytest.fixture
def file(tmp_path):
    def write(document):
        path = tmp_path / "rail.geojson"
        path.write_bytes(document if isinstance(document, bytes) else json.dumps(document).encode())
        return path

    return write


@pytest.mark.parametrize(
    "document",
    [
        LINE,
        {"type": "Feature", "properties": {}, "geometry": LINE},
        {
            "type": "FeatureCollection",
            "features": [
                {"type": "Feature", "geometry": {"type": "Point", "coordinates": [0, 0]}},
                {"type": "Feature", "geometry": LINE},
            ],
        },
    ],
)
def test_a_line_is_read_wherever_it_stands(file, document):
    assert read_line(file(document)).tolist() == [[121.8, 29.9], [121.81, 29.9], [121.82, 29.91]]


@pytest.mark.parametrize(
    ("document", "says"),
    [
        (b"", "is empty"),
        (b"[1]", "holds 0 lines"),
        (b"{", "is not JSON"),
        (b"\xff\xfe", "not UTF-8"),
        ({"type": "FeatureCollection", "features": 7}, "holds 0 lines"),
        ({"type": "FeatureCollection", "features": [LINE, LINE]}, "holds 2 lines"),
        ({**LINE, "coordinates": [[121.8, 29.9]]}, "2 to 20000 points"),
        ({**LINE, "coordinates": [[121.8, 29.9], [200, 29.9]]}, "point 1 is no longitude and latitude"),
        ({**LINE, "coordinates": [[121.8, 29.9], ["x", True]]}, "point 1"),
        ({**LINE, "coordinates": {"0": 1}}, "2 to 20000 points"),
        (b'{"type": "LineString", "coordinates": [[NaN, 1], [1, 1]]}', "NaN"),
    ],
)
def test_what_is_wrong_is_one_line_that_names_the_file(file, document, says):
    with pytest.raises(AreaError) as caught:
        read_line(file(document))
    assert says in str(caught.value)
    assert str(caught.value).startswith("rail.geojson")


def test_a_missing_file_is_said(tmp_path):
    with pytest.raises(AreaError, match="nowhere"):
        read_line(tmp_path / "nowhere.geojson")
