"""`aeropatrol pattern` at the command line."""

import json

import numpy as np
import pytest
import typer
from typer.testing import CliRunner

from gcs.cli.pattern import pattern
from missions.camera import camera
from missions.formats import geojson

LINE = {"type": "LineString", "coordinates": [[121.84, 29.9], [121.85, 29.902], [121.86, 29.905]]}
RING = [[121.84, 29.9], [121.846, 29.9], [121.846, 29.904], [121.84, 29.904], [121.84, 29.9]]
AREA = {"type": "Feature", "properties": {}, "geometry": {"type": "Polygon", "coordinates": [RING]}}
HERE = ("--at", "29.9,121.84")


@pytest.fixture
def run(tmp_path):
    for name, document in (("line", LINE), ("area", AREA)):
        (tmp_path / f"{name}.geojson").write_text(json.dumps(document))

    def invoke(*arguments):
        app = typer.Typer()
        app.command()(pattern)
        files = [tmp_path / a if str(a).endswith((".geojson", ".plan", ".html")) else a for a in arguments]
        return CliRunner().invoke(app, [str(argument) for argument in files])

    return invoke


@pytest.mark.parametrize(
    "arguments",
    [
        ("perimeter", "area.geojson", "--rings", 3),
        ("corridor", "line.geojson", "--width", 100),
        ("orbit", *HERE, "--radius", 120, "--turns", 3),
        ("expanding-square", *HERE, "--legs", 10, "--drift", "90,0.5"),
        ("sector", *HERE, "--radius", 300, "--passes", 2),
        ("parallel-track", *HERE, "--long", 600, "--short", 300, "--course", 45),
        ("creeping-line", *HERE, "--long", 600, "--short", 300),
        ("route", "line.geojson", "--stay", 20),
    ],
    ids=lambda arguments: arguments[0],
)
def test_each_pattern_becomes_a_plan_file_that_may_be_flown(run, tmp_path, arguments):
    result = run(*arguments, "--drones", 2, "-o", "p.geojson", "--json")
    assert result.exit_code == 0, result.output
    figures, plan = json.loads(result.stdout), geojson.loads((tmp_path / "p.geojson").read_text())
    assert (figures["hash"], figures["violations"], figures["drones"]) == (plan.hash, [], 2)
    assert dict(plan.settings)["name"] == arguments[0]


def test_stops_of_a_file_are_stayed_at_as_it_says(run, tmp_path):
    feature = {"type": "Feature", "geometry": {"type": "Point", "coordinates": [121.841, 29.9]}}
    other = {**feature, "geometry": {"type": "Point", "coordinates": [121.845, 29.902]}, "properties": {"dwell_s": 45}}
    stops = {"type": "FeatureCollection", "features": [{**feature, "properties": {"name": "gate"}}, other]}
    (tmp_path / "stops.geojson").write_text(json.dumps(stops))
    result = run("route", "stops.geojson", "--start", "29.9,121.84", "-o", "p.geojson")
    assert result.exit_code == 0, result.output
    path = geojson.loads((tmp_path / "p.geojson").read_text()).sorties[0].path
    assert [waypoint.stay_s for waypoint in path] == [0.0, 0.0, 45.0, 0.0]


def test_a_camera_gives_the_spacing_and_caps_the_speed(run, tmp_path):
    shot = ("--camera", "mavic3e", "--overlap", 0.5, "--interval", 2, "--front-overlap", 0.8, "--speed", 20)
    result = run("perimeter", "area.geojson", "--rings", 3, *shot, "-o", "p.geojson")
    assert result.exit_code == 0, result.output
    sortie = geojson.loads((tmp_path / "p.geojson").read_text()).sorties[0]
    lens = camera("mavic3e")
    assert sortie.swath_m == pytest.approx(lens.swath_m(60.0, 0.5))
    assert sortie.speed_m_s == pytest.approx(lens.trigger_distance_m(60.0, 0.8) / 2)
    assert "speed capped at" in result.output


def test_a_pattern_keeps_out_of_zones_swaps_at_pads_and_is_flown_by_unlike_drones(run, tmp_path):
    ring = [[121.849, 29.9], [121.851, 29.9], [121.851, 29.904], [121.849, 29.904], [121.849, 29.9]]
    zone = {"type": "Feature", "properties": {"kind": "no_fly"}, "geometry": {"type": "Polygon", "coordinates": [ring]}}
    (tmp_path / "zone.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": [zone]}))
    (tmp_path / "fleet.geojson").write_text(
        json.dumps({"drones": [{"endurance_s": 480}], "pads": [[29.905, 121.8605]]})
    )
    more = ("--no-fly", "zone.geojson", "--fleet", "fleet.geojson", "--width", 80, "--start", "29.899,121.84")
    result = run("corridor", "line.geojson", *more, "-o", "p.geojson", "--json")
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["violations"] == []
    plan = geojson.loads((tmp_path / "p.geojson").read_text())
    assert len(plan.no_fly) == 1
    assert any(sortie.lands_at_end for sortie in plan.sorties)


def test_a_pattern_is_flown_above_the_sea(run, tmp_path):
    (tmp_path / "N29E121.hgt").write_bytes(np.full((1201, 1201), 40, dtype=">i2").tobytes())
    ground = ("--terrain", tmp_path / "N29E121.hgt", "--above", "sea")
    result = run("orbit", *HERE, *ground, "--altitude", 120, "-o", "p.geojson")
    assert result.exit_code == 0, result.output
    assert {w.alt_rel_m for w in geojson.loads((tmp_path / "p.geojson").read_text()).sorties[0].path} == {80.0}
    low = run("orbit", *HERE, *ground, "--altitude", 45, "-o", "p.geojson")
    assert low.exit_code == 1
    assert "fly at 55 m or higher" in low.output


def test_the_odds_of_detection_are_told(run):
    result = run("parallel-track", *HERE, "--spacing", 40, "--sweep-width", 40, "-o", "p.geojson")
    assert result.exit_code == 0, result.output
    assert "odds of detection: 63%" in result.output


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("figure-eight", *HERE), 1, "there is no pattern 'figure-eight'"),
        (("sector",), 1, "give --at lat,lon"),
        (("perimeter",), 1, "needs the file of an area"),
        (("corridor",), 1, "needs the file of a line"),
        (("corridor", "area.geojson"), 1, "holds 0 lines"),
        (("orbit", *HERE, "--radius", -5), 1, "radius above 0"),
        (("orbit", *HERE, "--drift", "90,1"), 1, "does not drift"),
        (("sector", *HERE, "--drift", "90,30"), 1, "faster than the drone flies"),
        (("sector", "--at", "95,0"), 2, "latitude"),
        (("sector", *HERE, "--spacing", 0), 2, "must be above 0"),
        (("sector", *HERE, "--course", "nan"), 1, "no numbers"),
        (("sector", "--at", "10,179.9999"), 1, "antimeridian"),
        (("sector", *HERE, "-o", "p.doc"), 2, "known are"),
    ],
)
def test_what_is_wrong_is_said(run, arguments, code, says):
    result = run(*arguments) if "-o" in arguments else run(*arguments, "-o", "p.geojson")
    assert result.exit_code == code, result.output
    assert says in " ".join(result.output.split())
