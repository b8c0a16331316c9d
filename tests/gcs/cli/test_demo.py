"""The main job, whole, as a script would ask for it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
PROMISED = {
    "vehicles", "sorties_flown", "covered_fraction", "sightings", "sightings_resolved", "duration_s", "report",
}  # fmt: skip


def run(folder, *arguments, timeout_s=400):
    return subprocess.run(
        [sys.executable, "-m", "gcs", "demo", "--headless", "--exit-when-done", "--data", str(folder), *arguments],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=timeout_s,
        check=False,
    )


@pytest.mark.timeout(420)
def test_a_patrol_is_flown_end_to_end_without_a_hand_on_it(tmp_path):
    done = run(tmp_path, "--json", "--speedup", "20")
    result = json.loads(done.stdout.splitlines()[-1])
    assert done.returncode == 0, (result, done.stderr)
    assert result.keys() >= PROMISED
    assert result["vehicles"] == 4
    assert result["sorties_flown"] == result["sorties"] > 4
    assert result["covered_fraction"] >= 0.99
    assert result["sightings_resolved"] == result["sightings"] == 6
    report = Path(result["report"]).read_text("utf-8")
    assert report.count("人员遇险求助") >= 1
    assert "EXERCISE" in report


def test_an_address_in_use_is_one_line_and_exit_code_1(tmp_path):
    done = run(tmp_path, "--http", "192.0.2.1:80", timeout_s=60)
    assert done.returncode == 1
    assert done.stderr.startswith("aeropatrol: ")
    assert done.stderr.count("\n") == 1
    assert "--http" in done.stderr


def test_a_speed_that_is_no_speed_is_wrong_usage(tmp_path):
    assert run(tmp_path, "--speedup", "0", timeout_s=60).returncode == 2
