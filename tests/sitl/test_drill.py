"""A drill that real ArduPilot vehicles fly, in real time: from the command line to its score, log and debrief."""

import asyncio
import json
from pathlib import Path

import pytest

BASE_PORT = 17_800
HOME, NORTH_DEG, EAST_DEG = (29.9, 121.84), 1 / 110_850.0, 1 / 96_600.0
MORE = """
[camera]
miss = 0.0
false_per_h = 0.0
[[unit]]
id = "car-1"
name = "Patrol car"
kind = "patrol_car"
at = [29.9, 121.84]
[[fault]]
name = "CompassFailure"
at_s = 30
vehicle = 1
[[fault]]
name = "LinkLost"
at_s = 40
until_s = 52
vehicle = 2
[[fault]]
name = "BatterySag"
at_s = 100
vehicle = 2
[[objective]]
kind = "find"
target = 1
points = 40
[[objective]]
kind = "battery"
target = 20
points = 20
"""


def place(north_m, east_m):
    return [HOME[0] + north_m * NORTH_DEG, HOME[1] + east_m * EAST_DEG]


@pytest.fixture
def drill_file(small_drill, tmp_path):
    area = [place(60, 60), place(60, 200), place(160, 200), place(160, 60)]
    path = tmp_path / "real.toml"
    text = small_drill(area, place(110, 130), duration_s=200, fleet="speed_m_s = 8", more=MORE)
    path.write_text(text, "utf-8")
    return path


@pytest.mark.timeout(500)
async def test_a_drill_is_flown_scored_and_debriefed(binary, aeropatrol, drill_file, tmp_path):
    options = ("--headless", "--exit-when-done", "--base-port", BASE_PORT, "--data", tmp_path / "data")
    with (tmp_path / "errors.txt").open("w") as errors:
        process = aeropatrol("drill", drill_file, "--sitl", "--binary", binary, *options, errors=errors)
        output, _ = await asyncio.to_thread(process.communicate, None, 450)
    told = (tmp_path / "errors.txt").read_text()
    assert output, told
    result = json.loads(output.splitlines()[-1])
    assert process.returncode == 0, (result, told)

    lines = result["lines"]
    assert lines["find"]["value"] == 1.0
    assert lines["cover"]["value"] > 0.9
    assert 20.0 < lines["battery"]["value"] < 100.0
    run = Path(result["debrief"]).parent
    log = [json.loads(line) for line in (run / "log.jsonl").read_text("utf-8").splitlines()]
    kinds = {entry["kind"] for entry in log}
    assert kinds >= {"fault.on", "fault.off", "camera.saw", "sighting.report", "sighting.accept", "alarm", "drill.over"}
    assert not kinds & {"vehicle.lost", "vehicle.parameter_not_taken"}, "every fault and the wind were taken"
    highest = max(entry["data"]["alt"] for entry in log if entry["kind"] == "pose")
    assert highest == pytest.approx(30.0, abs=6.0)
    assert sorted(folder.name for folder in (run / "sitl").iterdir()) == ["vehicle-1", "vehicle-2"]
