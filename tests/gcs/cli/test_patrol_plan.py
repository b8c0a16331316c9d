"""`aeropatrol patrol` at the command line."""

import json

import pytest
import typer
from typer.testing import CliRunner

from gcs.cli.patrol_plan import patrol


def point(lon, lat, **properties):
    return {"type": "Feature", "properties": properties, "geometry": {"type": "Point", "coordinates": [lon, lat]}}


SITES = {
    "type": "FeatureCollection",
    "features": [
        point(121.84, 29.9, kind="base"),
        point(121.845, 29.905, kind="school_gate", name="school"),
        point(121.835, 29.895, kind="checkpoint", name="bridge"),
    ],
}


@pytest.fixture
def run(tmp_path):
    (tmp_path / "sites.geojson").write_text(json.dumps(SITES))

    def invoke(*arguments):
        app = typer.Typer()
        app.command()(patrol)
        files = [tmp_path / a if str(a).endswith((".geojson", ".json", ".csv", ".txt")) else a for a in arguments]
        return CliRunner().invoke(app, [str(argument) for argument in files])

    return invoke


@pytest.mark.parametrize("output", ["day.json", "day.csv", "day.geojson"])
def test_the_schedule_is_written_and_its_figures_told(run, tmp_path, output):
    result = run("sites.geojson", "-o", output, "--from", "06:00", "--to", "09:00", "--json")
    assert result.exit_code == 0, result.output
    figures = json.loads(result.stdout)
    assert figures["drones_needed"] >= 1
    assert [stretch["begin"] for stretch in figures["stretches"]] == ["06:00:00", "07:00:00", "08:30:00"]
    assert "school" in (tmp_path / output).read_text()


def test_what_too_few_drones_leave_out_is_named(run):
    result = run(
        "sites.geojson", "-o", "day.json", "--from", "07:00", "--to", "08:30", "--drones", 1, "--drop-out", "08:00"
    )
    assert result.exit_code == 0, result.output
    assert "school" in result.output.split("08:00:00")[-1], "with no drone left every site is left out"


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("sites.geojson", "-o", "day.txt"), 2, "known are .json"),
        (("sites.geojson", "--from", "7am"), 2, "not HH:MM"),
        (("sites.geojson", "--drop-out", "08:00"), 2, "--drones"),
        (("sites.geojson", "--reserve", 1), 2, "reserve"),
        (("sites.geojson", "--jitter", 1), 1, "jitter"),
        (("sites.geojson", "--endurance", 60, "--from", "09:00"), 1, "out of reach"),
        (("none.geojson",), 1, "none.geojson: cannot be read"),
        (("sites.geojson", "--from", "09:00", "--to", "08:00"), 1, "ends after it begins"),
    ],
)
def test_what_is_wrong_is_said(run, arguments, code, says):
    result = run(*arguments) if "-o" in arguments else run(*arguments, "-o", "day.json")
    assert result.exit_code == code, result.output
    assert says in " ".join(result.output.replace("│", " ").split())
