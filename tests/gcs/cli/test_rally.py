"""`aeropatrol rally` against ground control with a simulated vehicle."""

import asyncio
import json

import aiohttp
import pytest
import typer
from typer.testing import CliRunner

from gcs.app import AppOptions, GroundControl
from gcs.cli.rally import rally
from gcs.config import load_config
from simulators.fleet import SimFleet, VehicleSpec

app = typer.Typer()
app.command()(rally)
WITHIN_S, SPEEDUP = 20.0, 5.0


def points(*coordinates):
    features = [
        {"type": "Feature", "properties": {}, "geometry": {"type": "Point", "coordinates": place}}
        for place in coordinates
    ]
    return json.dumps({"type": "FeatureCollection", "features": features})


async def run(control, *options):
    return await asyncio.to_thread(CliRunner().invoke, app, ["main-1", "--url", control.url, *options])


@pytest.fixture
async def control(tmp_path):
    """Ground control that knows where a simulated vehicle's home is."""
    fleet = SimFleet([VehicleSpec(sysid=1)], speedup=SPEEDUP)
    await fleet.start()
    config = load_config(None, {}, {"data": str(tmp_path), "http": "127.0.0.1:0", "links": fleet.urls})
    try:
        async with GroundControl(config, AppOptions(time_scale=SPEEDUP)) as running:
            await _at_home(running.url)
            yield running
    finally:
        await fleet.stop()


async def _at_home(url):
    async with aiohttp.ClientSession() as session, asyncio.timeout(WITHIN_S):
        while True:
            async with session.get(f"{url}/api/v1/vehicles/main-1") as answer:
                if answer.status == 200 and (await answer.json())["home_lat"] is not None:
                    return
            await asyncio.sleep(0.05)


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
