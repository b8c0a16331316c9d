"""`aeropatrol pattern` at the command line."""

import json

import pytest
import typer
from typer.testing import CliRunner

from gcs.cli.pattern import pattern
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
    ],
    ids=lambda arguments: arguments[0],
)
def test_each_pattern_becomes_a_plan_file_that_may_be_flown(run, tmp_path, arguments):
    result = run(*arguments, "--drones", 2, "-o", "p.geojson", "--json")
    assert result.exit_code == 0, result.output
    figures, plan = json.loads(result.stdout), geojson.loads((tmp_path / "p.geojson").read_text())
    assert (figures["hash"], figures["violations"], figures["drones"]) == (plan.hash, [], 2)
    assert dict(plan.settings)["name"] == arguments[0]


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
        (("sector", *HERE, "--spacing", 0), 1, "spacing between tracks"),
        (("sector", *HERE, "--course", "nan"), 1, "no numbers"),
        (("sector", "--at", "10,179.9999"), 1, "antimeridian"),
        (("sector", *HERE, "-o", "p.doc"), 2, "known are"),
    ],
)
def test_what_is_wrong_is_said(run, arguments, code, says):
    result = run(*arguments) if "-o" in arguments else run(*arguments, "-o", "p.geojson")
    assert result.exit_code == code, result.output
    assert says in " ".join(result.output.split())
