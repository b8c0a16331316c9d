"""`aeropatrol resume` at the command line."""

import json

import pytest
import typer
from typer.testing import CliRunner

from gcs.cli.resume import resume_plan
from missions.areas.area import load_area
from missions.coverage.planner import plan_coverage
from missions.fleet import FleetSpec
from missions.formats import geojson

RING = [[121.84, 29.9], [121.846, 29.9], [121.846, 29.904], [121.84, 29.904], [121.84, 29.9]]
ZONE = [[121.8445, 29.9025], [121.8452, 29.9025], [121.8452, 29.9031], [121.8445, 29.9031], [121.8445, 29.9025]]


def polygon(ring, **properties):
    return {"type": "Feature", "properties": properties, "geometry": {"type": "Polygon", "coordinates": [ring]}}


@pytest.fixture(scope="module")
def whole():
    return plan_coverage(load_area(json.dumps(polygon(RING)).encode()), FleetSpec(swath_m=40.0))


@pytest.fixture
def run(tmp_path, whole):
    (tmp_path / "plan.geojson").write_text(geojson.dumps(whole))
    path = [[w.lon_deg, w.lat_deg] for w in whole.sorties[0].path]
    for name, points in (("half", path[: len(path) // 2]), ("all", path)):
        (tmp_path / f"{name}.geojson").write_text(json.dumps({"type": "LineString", "coordinates": points}))
    (tmp_path / "zone.geojson").write_text(json.dumps(polygon(ZONE, kind="no_fly")))
    (tmp_path / "area.geojson").write_text(json.dumps(polygon(RING)))

    def invoke(*arguments):
        app = typer.Typer()
        app.command()(resume_plan)
        files = [tmp_path / a if str(a).endswith(".geojson") else a for a in arguments]
        return CliRunner().invoke(
            app, [str(argument) for argument in (*files, "-o", tmp_path / "rest.geojson", "--json")]
        )

    return invoke


def test_only_the_rest_is_flown_by_the_drones_that_are_there(run, tmp_path, whole):
    result = run("plan.geojson", "half.geojson", "--drones", 2)
    assert result.exit_code == 0, result.output
    figures, rest = json.loads(result.stdout), geojson.loads((tmp_path / "rest.geojson").read_text())
    assert (figures["violations"], rest.drones) == ([], 2)
    assert figures["length_m"] < 0.8 * dict(whole.settings)["length_m"]


def test_a_new_zone_is_gone_round(run, tmp_path):
    result = run("plan.geojson", "half.geojson", "--no-fly", "zone.geojson")
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["violations"] == []
    assert len(geojson.loads((tmp_path / "rest.geojson").read_text()).no_fly) == 1


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("plan.geojson", "all.geojson"), "nothing is left to fly"),
        (("area.geojson",), "area.geojson: plan file"),
        (("plan.geojson", "area.geojson"), "area.geojson: holds no line"),
        (("plan.geojson", "half.geojson", "--no-fly", "area.geojson"), "area.geojson: holds no zone"),
        (("plan.geojson", "half.geojson", "--drones", 0), "drones must be 1"),
        (("none.geojson",), "none.geojson: cannot be read"),
    ],
)
def test_what_is_wrong_is_said(run, arguments, says):
    result = run(*arguments)
    assert result.exit_code == 1, result.output
    assert says in " ".join(result.output.split())
