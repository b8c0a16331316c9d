"""KML and KMZ are areas too; what reaches out of the file or blows up is refused."""

import io
import zipfile

import pytest
from drawn_areas import DRAWN, HOLE, SQUARE, area, lon_lat_ring

from missions.areas.area import AreaError, load_area
from missions.coverage.planner import plan_coverage
from missions.fleet import FleetSpec
from missions.formats import kml

KML = '<?xml version="1.0" encoding="UTF-8"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document>{}</Document></kml>'


def ring(points, height=""):
    text = " ".join(f"{lon},{lat}{height}" for lon, lat in lon_lat_ring(points))
    return f"<LinearRing><coordinates>\n {text} </coordinates></LinearRing>"


def placemark(name, outline, *holes, extra=""):
    inner = "".join(f"<innerBoundaryIs>{ring(hole)}</innerBoundaryIs>" for hole in holes)
    outer = f"<outerBoundaryIs>{ring(outline, ',60')}</outerBoundaryIs>"
    return f"<Placemark><name>{name}</name>{extra}<Polygon>{inner}{outer}</Polygon></Placemark>"


def load(body, name="a.kml"):
    return load_area(KML.format(body).encode(), name)


def zipped(text, name="doc.kml"):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, text)
    return out.getvalue()


def test_polygons_with_holes_zones_and_starts():
    point = "<Placemark><name>起降点</name><Point><coordinates>121.839,29.899,0</coordinates></Point></Placemark>"
    data = '<ExtendedData><Data name="kind"><value>no_fly</value></Data></ExtendedData>'
    found = load(
        "<Folder>"
        + placemark("field", SQUARE, HOLE)
        + placemark("x", [(0, 0), (50, 0), (50, 50)], extra=data)
        + placemark("禁飞区 3", [(500, 0), (550, 0), (550, 50)])
        + point
        + "</Folder>"
    )
    assert found.polygons == area(SQUARE, HOLE).polygons
    assert len(found.no_fly) == 2
    assert found.homes == ((121.839, 29.899),)


def test_a_kmz_is_its_kml():
    text = KML.format(placemark("field", SQUARE))
    assert load_area(zipped(text), "a.kmz").polygons == load(placemark("field", SQUARE)).polygons


def test_what_is_written_as_kml_can_be_read_as_an_area():
    drawn = DRAWN["zones"]()
    again = load_area(kml.dumps(plan_coverage(drawn, FleetSpec())).encode(), "plan.kml")
    assert len(again.polygons) == len(drawn.polygons)
    assert len(again.no_fly) == len(drawn.no_fly)


FIELD = placemark("field", SQUARE)
BAD = {
    "network link": (KML.format("<NetworkLink><Link><href>http://x/</href></Link></NetworkLink>"), "network link"),
    "entity": ('<!DOCTYPE k [<!ENTITY a "b">]>' + KML.format(FIELD).partition("?>")[2], "DOCTYPE"),
    "broken": (KML.format(FIELD)[:-9], "is not KML: .* at line"),
    "html": ("<html><body/></html>", "XML but not KML"),
    "no polygon": (KML.format("<Placemark><name>x</name></Placemark>"), "no geometry|holds no area"),
    "not numbers": (KML.format(FIELD.replace("121.84", "here")), "is not lon,lat"),
    "nan": (KML.format(FIELD.replace("121.84,", "nan,")), "finite numbers"),
    "far north": (KML.format(FIELD.replace("29.9", "99.9")), "outside longitude"),
    "deep": ("<kml>" + "<Folder>" * 5000 + "</Folder>" * 5000 + "</kml>", "nested"),
}


@pytest.mark.parametrize("case", BAD, ids=str)
def test_bad_kml_is_one_clear_line(case):
    text, pattern = BAD[case]
    with pytest.raises(AreaError, match=pattern) as caught:
        load_area(text.encode(), "bad.kml")
    assert str(caught.value).startswith("bad.kml: ")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("data", "pattern"),
    [
        (zipped(b" " * (40 * 2**20)), "unpacks to more than 32 MB"),
        (zipped("<kml/>", "readme.txt"), "holds no .kml"),
        (b"PK\x03\x04" + b"\x00" * 40, "broken archive"),
        (zipped(KML.format(FIELD))[:-30], "broken archive"),
    ],
)
def test_bad_archives_are_one_clear_line(data, pattern):
    with pytest.raises(AreaError, match=pattern):
        load_area(data, "bad.kmz")
