"""Every format carries the plan; the plan file gives it back."""

import io
import json
import sys
import xml.etree.ElementTree as ET
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parents[1]))
from drawn_areas import DRAWN

from missions.areas.area import AreaError
from missions.coverage.planner import plan_coverage
from missions.fleet import FleetSpec
from missions.formats import geojson, gpx, html, kml, qgc_plan, waypoints, wpml


@pytest.fixture(scope="module")
def plan():
    return plan_coverage(DRAWN["zones"](), FleetSpec(drones=2))


def test_the_plan_file_gives_the_plan_back(plan):
    assert geojson.loads(geojson.dumps(plan)) == plan
    assert geojson.loads(geojson.dumps(plan)).hash == plan.hash


def test_the_face_of_the_plan_file(plan):
    document = json.loads(geojson.dumps(plan))
    assert document["type"] == "FeatureCollection"
    assert document["properties"]["hash"] == plan.hash
    assert {"makespan_s", "covered_fraction", "transit_share"} <= document["properties"].keys()
    kinds = [feature["properties"]["kind"] for feature in document["features"]]
    assert kinds == ["area", "no_fly", "no_fly", "sortie", "sortie"]
    line = document["features"][-1]
    assert line["geometry"]["type"] == "LineString"
    assert all(len(point) == 3 for point in line["geometry"]["coordinates"])
    keys = {"drone", "sortie", "length_m", "duration_s", "swath_m", "speed_m_s", "start_s"}
    assert keys <= line["properties"].keys()


@pytest.mark.parametrize(
    "break_it",
    [
        lambda d: d.update(features=None),
        lambda d: d["features"].append(7),
        lambda d: d["features"][-1]["properties"].update(drone=0.5),
        lambda d: d["features"][-1]["properties"].update(drone=True),
        lambda d: d["features"][-1]["properties"].update(duration_s="long"),
        lambda d: d["features"][-1]["geometry"].update(coordinates=[[1, 2]]),
        lambda d: d["features"][-1]["geometry"].update(coordinates=[[1, 2], [1, 3]]),
        lambda d: d["features"][-1]["geometry"].update(coordinates=[[1, 200, 3], [1, 2, 3]]),
        lambda d: d["features"][0]["geometry"].update(coordinates=[]),
        lambda d: d["properties"].pop("makespan_s"),
    ],
)
def test_a_broken_plan_file_is_one_line(plan, break_it):
    document = json.loads(geojson.dumps(plan))
    break_it(document)
    with pytest.raises((geojson.PlanFileError, AreaError)) as caught:
        geojson.loads(json.dumps(document))
    assert "\n" not in str(caught.value)


def test_the_qgc_plan_is_built_as_qgroundcontrol_writes_it(plan):
    document = json.loads(qgc_plan.dumps(plan, 1, 0))
    assert list(document) == ["fileType", "geoFence", "groundStation", "mission", "rallyPoints", "version"]
    assert document["fileType"] == "Plan"
    mission = document["mission"]
    assert (mission["version"], mission["firmwareType"], mission["vehicleType"]) == (2, 3, 2)
    assert [item["doJumpId"] for item in mission["items"]] == list(range(1, len(mission["items"]) + 1))
    assert all(len(item["params"]) == 7 and item["type"] == "SimpleItem" for item in mission["items"])
    assert mission["items"][0]["command"] == 22
    assert mission["items"][-1]["command"] == 20
    fences = document["geoFence"]["polygons"]
    assert len(fences) == 2
    assert not any(fence["inclusion"] for fence in fences)


def test_pymavlink_reads_the_waypoints_file(plan, tmp_path):
    from pymavlink import mavwp

    from missions.to_mavlink import mission_items

    path = tmp_path / "m.waypoints"
    path.write_text(waypoints.dumps(plan, 0, 0))
    loader = mavwp.MAVWPLoader()
    items = mission_items(plan.sorties_of(0)[0])
    assert loader.load(str(path)) == len(items)
    for i, item in enumerate(items):
        read = loader.wp(i)
        assert (read.seq, read.command, read.frame) == (item.seq, item.command, item.frame)
        assert read.x == pytest.approx(item.x / 1e7, abs=1e-8)
        assert read.z == pytest.approx(item.z)


def test_kml_is_well_formed_and_holds_every_sortie(plan):
    named = replace(plan, settings=(("name", "<&>\"'"),))
    root = ET.fromstring(kml.dumps(named))
    space = {"k": "http://www.opengis.net/kml/2.2"}
    assert root.find("k:Document/k:name", space).text == "<&>\"'"
    lines = root.findall(".//k:LineString/k:coordinates", space)
    assert [len(line.text.split()) for line in lines] == [len(s.path) for s in plan.sorties]
    assert len(root.findall(".//k:Polygon", space)) == 3


def test_the_printed_page_needs_nothing_and_escapes_names(plan):
    page = html.dumps(replace(plan, settings=(("name", "<script>alert(1)</script>"), ("swath_m", "<b>"))))
    assert "<script" not in page
    assert '<b>"' not in page
    assert "http" not in page.replace("http-equiv", "")


def test_the_printed_page_draws_the_whole_and_each_layer(plan):
    heights = {sortie.path[0].alt_rel_m for sortie in plan.sorties}
    page = html.dumps(plan)
    assert page.count("<svg") == 1 + (len(heights) if len(heights) > 1 else 0)
    apart = replace(plan.sorties[1], path=tuple(replace(w, alt_rel_m=90.0) for w in plan.sorties[1].path))
    layered = html.dumps(replace(plan, sorties=(plan.sorties[0], apart)))
    assert layered.count("<svg") == 3
    assert layered.count('class="lane"') == 2 * len(plan.sorties), (
        "each sortie on the map of the whole and of its layer"
    )
    assert layered.count("<figcaption>") == 2
    assert "<b>90 m</b>" in layered
    assert ET.fromstring(layered[layered.index("<svg") : layered.index("</svg>") + 6]) is not None


def test_the_printed_page_tells_bands_and_what_it_leaves_out(plan):
    zones = (replace(plan.no_fly[0], ceiling_m=45.0), plan.no_fly[1])
    many = tuple(replace(plan.sorties[0], sortie=number) for number in range(70))
    page = html.dumps(replace(plan, no_fly=zones, sorties=many))
    assert "0–45 m above take-off" in page
    assert "at all heights" in page
    assert "10 more sorties are not listed" in page


def test_gpx_has_a_route_a_sortie(plan):
    root = ET.fromstring(gpx.dumps(replace(plan, settings=(("name", "<&>"),))))
    space = {"g": "http://www.topografix.com/GPX/1/1"}
    routes = root.findall("g:rte", space)
    assert [len(route.findall("g:rtept", space)) for route in routes] == [len(s.path) for s in plan.sorties]
    first = routes[0].find("g:rtept", space)
    assert float(first.get("lat")) == pytest.approx(plan.sorties[0].path[0].lat_deg)


def test_dji_gets_a_template_and_waylines(plan):
    data = wpml.dumps(plan, 1, 0)
    assert data == wpml.dumps(plan, 1, 0)
    archive = zipfile.ZipFile(io.BytesIO(data))
    assert archive.namelist() == ["wpmz/template.kml", "wpmz/waylines.wpml"]
    space = {"k": "http://www.opengis.net/kml/2.2", "w": "http://www.dji.com/wpmz/1.0.2"}
    for name in archive.namelist():
        folder = ET.fromstring(archive.read(name)).find("k:Document/k:Folder", space)
        marks = folder.findall("k:Placemark", space)
        assert [int(mark.find("w:index", space).text) for mark in marks] == list(range(len(marks)))
        assert float(folder.find("w:autoFlightSpeed", space).text) == 10.0
    sortie = plan.sorties_of(1)[0]
    lon, lat = map(float, marks[0].find("k:Point/k:coordinates", space).text.split(","))
    assert (lon, lat) == pytest.approx((sortie.path[1].lon_deg, sortie.path[1].lat_deg))
    assert float(marks[0].find("w:executeHeight", space).text) == pytest.approx(sortie.path[1].alt_rel_m)


@pytest.mark.parametrize("write", [qgc_plan.dumps, waypoints.dumps, wpml.dumps])
def test_a_sortie_that_is_not_there(plan, write):
    with pytest.raises(KeyError):
        write(plan, 9, 0)
