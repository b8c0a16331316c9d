"""Drills from the command line: one flown whole by the script, and what cannot be is one clear line."""

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path

import aiohttp
import msgspec
import pytest
from msgspec.structs import replace

from gcs.cli.drill import SCRIPT, Training, Wishes, all_drills
from gcs.training.model import RunRecord
from gcs.training.records import Records

ROOT = Path(__file__).parents[3]
CLASSES = ROOT / "gcs" / "sightings" / "classes.toml"


def run(*arguments, timeout_s=60):
    return subprocess.run(
        [sys.executable, "-m", "gcs", "drill", *map(str, arguments)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=timeout_s,
        check=False,
    )


@pytest.mark.timeout(120)
def test_a_drill_is_flown_scored_and_debriefed_within_a_minute(tmp_path):
    done = run(
        "school-gate", "--headless", "--exit-when-done", "--json", "--speedup", 20, "--data", tmp_path, timeout_s=110
    )
    result = json.loads(done.stdout.splitlines()[-1])
    assert done.returncode == 0, (result, done.stderr)
    assert (result["drill"], result["trainee"], result["passed"]) == ("school-gate", "script", True)
    lines = result["lines"]
    assert lines["find"]["value"] == 1.0
    assert lines["cover"]["value"] >= 0.9
    assert lines["place_m"]["p50_m"] < lines["place_m"]["p90_m"] < 8.0
    assert lines["rules"]["value"] == lines["separation"]["value"] == 0.0
    assert 0.0 < lines["accept_s"]["value"] < 180.0
    record = msgspec.json.decode((tmp_path / "runs.jsonl").read_bytes(), type=RunRecord)
    assert record.score.points == result["points"]
    page = Path(result["debrief"]).read_text("utf-8")
    assert "EXERCISE" in page
    assert "<script" not in page
    assert page.count("<animate") > 4
    log = (tmp_path / "runs" / record.id / "log.jsonl").read_text("utf-8").splitlines()
    kinds = {json.loads(line)["kind"] for line in log}
    assert kinds >= {"drill.start", "world.appeared", "camera.saw", "sighting.report", "sighting.arrive", "pose"}
    folder = tmp_path / "runs" / record.id
    same = run("--again", folder)
    assert (same.returncode, same.stderr) == (0, f"{len(log)} lines are the same, byte for byte\n")
    (folder / "log.jsonl").write_text("\n".join(log[:-1]), "utf-8")
    other = run("--again", folder)
    assert other.returncode == 1
    assert other.stderr.startswith(f"aeropatrol: {folder}/log.jsonl: is not what comes of the same drill")


def test_the_drills_that_ship_are_listed():
    listed = json.loads(run("--list", "--json").stdout)
    assert len(listed) == 8
    assert {"missing-child", "dusk-search"} <= {drill["id"] for drill in listed}
    assert all(drill["zh"] and drill["en"] for drill in listed)


def test_with_classes_of_ones_own_only_drills_that_use_them_are_offered(tmp_path):
    path = tmp_path / "own.toml"
    path.write_text(CLASSES.read_text("utf-8").replace("[class.missing_person]", "[class.missing]"), "utf-8")
    listed = {drill["id"] for drill in json.loads(run("--list", "--json", "--classes", path).stdout)}
    assert "missing-child" not in listed
    assert "school-gate" in listed
    refused = run("--list", "--classes", tmp_path / "none.toml")
    assert (refused.returncode, refused.stderr.count("\n")) == (1, 1)
    assert "none.toml" in refused.stderr


@pytest.mark.parametrize(
    ("text", "named"),
    [("seed = [", "my.toml: "), ("sped = 1", "sped: unknown key"), (None, "my.toml: ")],
    ids=["not TOML", "unknown key", "no file"],
)
def test_a_file_that_cannot_be_used_is_one_line_that_names_it(tmp_path, text, named):
    path = tmp_path / "my.toml"
    if text is not None:
        path.write_text(text, "utf-8")
    done = run(path, "--headless", "--exit-when-done", "--data", tmp_path / "data")
    assert done.returncode == 1
    assert done.stderr.startswith("aeropatrol: ")
    assert named in done.stderr
    assert done.stderr.count("\n") == 1
    assert not (tmp_path / "data").exists()


def test_a_name_that_is_no_drill_tells_which_there_are():
    done = run("school")
    assert done.returncode == 1
    assert "school-gate" in done.stderr


def test_an_address_in_use_is_one_line_and_nothing_is_left(tmp_path):
    done = run("school-gate", "--headless", "--exit-when-done", "--http", "192.0.2.1:80", "--data", tmp_path)
    assert done.returncode == 1
    assert done.stderr.startswith("aeropatrol: http 192.0.2.1:80")
    assert done.stderr.count("\n") == 1


def test_a_folder_that_cannot_be_written_is_one_line(tmp_path):
    (tmp_path / "file").touch()
    done = run("school-gate", "--headless", "--exit-when-done", "--data", tmp_path / "file")
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert done.stderr.startswith(f"aeropatrol: {tmp_path}/file")


def test_a_folder_that_is_no_run_is_one_line(tmp_path):
    done = run("--again", tmp_path)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert done.stderr.startswith(f"aeropatrol: {tmp_path}/drill.json: No such file")


def test_to_end_with_a_drill_it_must_be_named():
    done = run("--exit-when-done")
    assert done.returncode == 1
    assert "named" in done.stderr


@pytest.mark.timeout(60)
async def test_the_reserve_of_a_drill_is_what_its_ground_control_asks_of_batteries(tmp_path):
    made = all_drills(None)["school-gate"]
    made = replace(made, limits=replace(made.limits, reserve_pct=71.0))
    wishes = Wishes(speedup=5.0, headless=True, exit_when_done=True, as_json=True, http="127.0.0.1:0", trainee=SCRIPT)
    addresses = []
    training = Training({made.id: made}, Records(tmp_path), wishes, listens=addresses.append)
    running = asyncio.ensure_future(training.run(made))
    found = []
    async with asyncio.timeout(50), aiohttp.ClientSession() as http:
        while not found:
            await asyncio.sleep(0.2)
            for url in addresses[-1:]:
                async with http.get(f"{url}/api/v1/state") as response:
                    operations = (await response.json())["operations"]
                checks = [check for operation in operations for check in operation["checks"]]
                found = [check for check in checks if check["code"] == "battery.enough"]
    training.stop()
    await running
    assert {check["data"]["needed_pct"] > 71.0 for check in found} == {True}
