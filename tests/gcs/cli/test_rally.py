"""`aeropatrol rally` against ground control with a simulated vehicle."""

import asyncio
import json

import pytest
import typer
from typer.testing import CliRunner

from gcs.cli.rally import rally

app = typer.Typer()
app.command()(rally)


def points(*coordinates):
    features = [
        {"type": "Feature", "properties": {}, "geometry": {"type": "Point", "coordinates": place}}
        for place in coordinates
    ]
    return json.dumps({"type": "FeatureCollection", "features": features})


async def run(control, *options):
    return await asyncio.to_thread(CliRunner().invoke, app, ["main-1", "--url", control.url, *options])


@pytest.fixture
async def control(one_vehicle):
    """Ground control that knows where the vehicle's home is."""
    async with one_vehicle(lambda vehicle: vehicle["home_lat"] is not None) as running:
        yield running


async def test_points_of_a_file_are_put_there_shown_and_cleared(control, tmp_path):
    file, nothing = tmp_path / "rally.geojson", tmp_path / "none.geojson"
    file.write_text(points([121.841, 29.901, 30], [121.842, 29.899, 45]), "utf-8")
    nothing.write_text(points(), "utf-8")
    put = await run(control, "--put", str(file), "--yes", "--seat", "chen")
    assert put.exit_code == 0, put.output
    shown = json.loads((await run(control)).stdout)
    assert [feature["geometry"]["coordinates"] for feature in shown["features"]] == [
        [121.841, 29.901, 30.0],
        [121.842, 29.899, 45.0],
    ]
    assert {feature["properties"]["above"] for feature in shown["features"]} == {"home"}
    assert (await run(control, "--put", str(nothing), "--yes")).exit_code == 1  # chen's seat holds it
    assert (await run(control, "--put", str(nothing), "--yes", "--seat", "chen")).exit_code == 0
    assert json.loads((await run(control)).stdout)["features"] == []


async def test_what_cannot_be_done_is_one_line_and_exit_code_1(control, tmp_path):
    swapped, odd = tmp_path / "swapped.geojson", tmp_path / "odd.geojson"
    swapped.write_text(points([29.901, 80.0, 30]), "utf-8")
    odd.write_text("[1, 2]", "utf-8")
    for file in (swapped, odd, tmp_path / "none"):
        result = await run(control, "--put", str(file), "--yes")
        assert result.exit_code == 1
        assert result.output.startswith("aeropatrol: ")
        assert result.output.count("\n") == 1
