"""`aeropatrol camera` at the command line."""

import json

import pytest
import typer
from typer.testing import CliRunner

from gcs.cli.camera import camera
from missions.camera import CAMERAS


def run(*arguments):
    app = typer.Typer()
    app.command()(camera)
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_the_catalogue_is_shown():
    found = json.loads(run("--json").stdout)
    assert {each["camera"] for each in found} == set(CAMERAS)
    assert "mavic3e" in run().output


def test_what_a_camera_sees_from_a_height():
    result = run("p1-35", "--altitude", 100, "--overlap", 0.5, "--front-overlap", 0.8, "--interval", 2, "--json")
    figures = json.loads(result.stdout)
    assert figures["footprint_m"] == pytest.approx([102.57, 68.57], abs=0.01)
    assert figures["lane_spacing_m"] == pytest.approx(51.29, abs=0.01)
    assert figures["trigger_distance_m"] == pytest.approx(13.71, abs=0.01)
    assert figures["ground_resolution_cm"] == pytest.approx(1.252, abs=0.001)
    assert figures["fastest_m_s"] == pytest.approx(6.86, abs=0.01)
    assert "13.71" in run("p1-35", "--altitude", 100, "--front-overlap", 0.8).output


@pytest.mark.parametrize(
    ("arguments", "says"),
    [(("kodak",), "no camera"), (("mini2", "--overlap", 1), "overlap"), (("mini2", "--interval", 0), "above 0")],
)
def test_what_is_wrong_is_said(arguments, says):
    result = run(*arguments)
    assert result.exit_code == 2
    assert says in result.output
