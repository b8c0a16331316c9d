"""`aeropatrol log` at the command line."""

import json
import re
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from gcs.cli.log import log
from telemetry.frames import encode_frame
from telemetry.messages import new

SITL = Path(__file__).parents[2] / "data/sitl"
BATTERY = SITL / "failsafes_battery.tlog.gz"


def run(*arguments):
    app = typer.Typer()
    app.command()(log)
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_figures_for_people_and_for_programs():
    table, figures = run(BATTERY), run(BATTERY, "--json")

    assert (table.exit_code, figures.exit_code) == (0, 0)
    assert "failsafes_battery.tlog.gz" in table.stdout
    (vehicle,) = json.loads(figures.stdout)["vehicles"]
    assert vehicle["sysid"] == 1
    assert vehicle["battery_end_pct"] == 79


@pytest.mark.parametrize("suffix", [".html", ".geojson", ".kml", ".gpx", ".csv", ".tlog"])
def test_each_format_is_written(suffix, tmp_path):
    out = tmp_path / f"flight{suffix}"
    result = run(BATTERY, "-o", out)

    assert result.exit_code == 0, result.output
    assert out.stat().st_size > 1000


def test_the_page_asks_nobody_and_what_a_vehicle_says_stays_text(tmp_path):
    path, page = tmp_path / "<b>.tlog", tmp_path / "page.html"
    messages = new("HEARTBEAT", autopilot=3), new("STATUSTEXT", severity=2, text="<script>alert(1)</script>")
    frames = [encode_frame(message, seq=seq, sysid=1, compid=1) for seq, message in enumerate(messages)]
    path.write_bytes(b"".join((1_790_000_000_000_000 + at).to_bytes(8, "big") + f for at, f in enumerate(frames)))
    assert run(path, "-o", page).exit_code == 0
    text = page.read_text()

    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert "<script" not in text
    assert "<b>" not in text
    assert "http" not in text
    assert "警告 Warnings" in text


def test_plots_are_thinned_but_keep_their_peaks(tmp_path):
    page = tmp_path / "page.html"
    run(SITL / "mission_ok.tlog.gz", "-o", page)
    text = page.read_text()

    assert text.count("<polyline") == 7
    assert len(text) < 200_000


@pytest.mark.parametrize(
    ("content", "says"), [(None, "No such file"), (b"", "no MAVLink frame"), (b"x" * 999, "no MAVLink")]
)
def test_a_file_that_is_no_recording_is_one_clear_error(content, says, tmp_path):
    path = tmp_path / "wrong.tlog"
    if content is not None:
        path.write_bytes(content)
    result = run(path)

    assert result.exit_code == 1
    assert says in result.stderr


def test_an_ending_that_nobody_knows_is_wrong_usage(tmp_path):
    result = run(BATTERY, "-o", tmp_path / "flight.xyz")

    assert result.exit_code == 2
    assert ".gpx" in result.stderr


def test_a_sagging_voltage_fills_its_plot_and_small_depths_are_no_figures(tmp_path):
    page = tmp_path / "page.html"
    run(SITL / "failsafes_battery.tlog.gz", "-o", page)
    ticks = {
        plot.split(",")[0]: re.findall(r'<text x="2"[^>]*>([^<]*)<', plot)
        for plot in page.read_text().split("<h3>")[1:]
    }

    high, low = map(float, ticks["电压 Voltage"])
    assert 0.0 < low < high
    assert high - low <= 4.0
    assert ticks["电量 Battery"] == ["100", "0"]
    assert float(ticks["高度 Height above home"][1]) == 0.0
