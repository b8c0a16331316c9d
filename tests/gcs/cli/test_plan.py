"""`aeropatrol plan` at the command line."""

import json

import numpy as np
import pytest
import typer
from typer.testing import CliRunner

from gcs.cli.plan import plan
from missions.camera import camera
from missions.formats import geojson

AREA = {
    "type": "Feature",
    "properties": {"swath_m": 40},
    "geometry": {
        "type": "Polygon",
        "coordinates": [[[121.84, 29.9], [121.846, 29.9], [121.846, 29.904], [121.84, 29.904], [121.84, 29.9]]],
    },
}


@pytest.fixture
def area(tmp_path):
    path = tmp_path / "area.geojson"
    path.write_text(json.dumps(AREA))
    return path


def run(*arguments):
    app = typer.Typer()
    app.command()(plan)
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_a_plan_file_and_its_figures(area, tmp_path):
    out = tmp_path / "plan.geojson"
    result = run(area, "--drones", 2, "-o", out, "--json", "--start", "29.899,121.839")
    assert result.exit_code == 0, result.output
    figures = json.loads(result.stdout)
    written = geojson.loads(out.read_text())
    assert figures["hash"] == written.hash
    assert figures["drones"] == 2
    assert figures["violations"] == []
    assert figures["covered_fraction"] >= 0.995
    assert (written.sorties[0].path[0].lon_deg, written.sorties[0].path[0].lat_deg) == (121.839, 29.899)


def test_a_file_a_sortie_for_formats_that_hold_one(area, tmp_path):
    assert run(area, "--drones", 2, "-o", tmp_path / "p.plan").exit_code == 0
    assert sorted(path.name for path in tmp_path.glob("*.plan")) == ["p-1-1.plan", "p-2-1.plan"]


def test_pictures_cap_the_speed_and_are_told(area, tmp_path):
    out = tmp_path / "plan.geojson"
    shot = ("--camera", "mavic3e", "--altitude", 60, "--front-overlap", 0.8, "--interval", 2)
    result = run(area, *shot, "-o", out)
    assert result.exit_code == 0, result.output
    fastest = 13.0 * 60 / 12.29 * 0.2 / 2
    assert geojson.loads(out.read_text()).sorties[0].speed_m_s == pytest.approx(fastest)
    assert "1.6 cm a pixel" in result.output
    assert "speed capped at 6.3 m/s" in result.output
    assert run(area, *shot[:-1], 0, "-o", out).exit_code == 2


def test_drones_that_are_not_alike_fly_what_their_cameras_see(area, tmp_path):
    (tmp_path / "fleet.json").write_text(
        json.dumps([{"camera": "mavic3e", "speed_m_s": 12}, {"count": 2, "swath_m": 30, "start": [29.899, 121.839]}])
    )
    out = tmp_path / "plan.geojson"
    result = run(area, "--fleet", tmp_path / "fleet.json", "--altitude", 60, "--overlap", 0.5, "-o", out, "--json")
    assert result.exit_code == 0, result.output
    figures, written = json.loads(result.stdout), geojson.loads(out.read_text())
    assert (figures["drones"], figures["violations"]) == (3, [])
    wide = camera("mavic3e").swath_m(60.0, 0.5)
    assert {sortie.drone: sortie.swath_m for sortie in written.sorties} == {0: pytest.approx(wide), 1: 30.0, 2: 30.0}
    assert written.sorties_of(0)[0].speed_m_s == 12.0


def test_pictures_cap_the_speed_of_each_camera_of_a_fleet(area, tmp_path):
    kinds = [{"camera": "mavic3e", "speed_m_s": 20, "interval_s": 2}, {"swath_m": 30, "speed_m_s": 9}]
    (tmp_path / "fleet.json").write_text(json.dumps([*kinds, {"camera": "mavic3e", "speed_m_s": 20}]))
    out = tmp_path / "plan.geojson"
    shot = ("--altitude", 60, "--front-overlap", 0.8, "--interval", 1.5, "-o", out)
    result = run(area, "--fleet", tmp_path / "fleet.json", *shot)
    assert result.exit_code == 0, result.output
    gap_m = camera("mavic3e").trigger_distance_m(60.0, 0.8)
    flown = {sortie.drone: sortie.speed_m_s for sortie in geojson.loads(out.read_text()).sorties}
    assert flown == {0: pytest.approx(gap_m / 2), 1: 9.0, 2: pytest.approx(gap_m / 1.5)}
    assert result.output.count("speed capped at") == 2


def test_a_fleet_file_may_name_swap_pads(area, tmp_path):
    fleet = {"drones": [{"endurance_s": 340}], "pads": [[29.9055, 121.8455]]}
    (tmp_path / "fleet.json").write_text(json.dumps(fleet))
    out = tmp_path / "plan.geojson"
    result = run(area, "--fleet", tmp_path / "fleet.json", "-o", out, "--swath", 60)
    assert result.exit_code == 0, result.output
    assert any(sortie.lands_at_end for sortie in geojson.loads(out.read_text()).sorties)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[]", "lists 0 kinds"),
        ('{"drones": [{}], "pads": [[99, 0]]}', "$.pads[0][0]"),
        ('{"drones": [], "pads": []}', "lists 0 kinds"),
        ('{"pads": []}', "drones"),
        ("{", "fleet.json: is no list of drones"),
        ('[{"speed_m_s": -1}]', "$[0].speed_m_s"),
        ('[{"wings": 2}]', "wings"),
        ('[{"camera": "kodak"}]', "no camera 'kodak'"),
        ('[{"camera": "mini2", "swath_m": 30}]', "not both"),
        ('[{"ceiling_m": 50}]', "above the ceiling"),
    ],
)
def test_a_fleet_file_without_sense_is_refused_with_its_place(area, tmp_path, text, says):
    (tmp_path / "fleet.json").write_text(text)
    result = run(area, "--fleet", tmp_path / "fleet.json", "-o", tmp_path / "p.geojson")
    assert result.exit_code == 2
    assert says in " ".join(result.output.replace("│", " ").split())


def test_a_preview_is_written_beside_the_plan(area, tmp_path):
    result = run(area, "--drones", 2, "-o", tmp_path / "p.geojson", "--preview", tmp_path / "look.html", "--json")
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["files"] == [str(tmp_path / "p.geojson"), str(tmp_path / "look.html")]
    assert (tmp_path / "look.html").read_text().count("= L.featureGroup(") == 2
    nowhere = run(area, "-o", tmp_path / "p.geojson", "--preview", tmp_path / "nowhere" / "look.html")
    assert nowhere.exit_code == 1
    assert "look.html" in nowhere.output


def test_the_swath_follows_camera_and_altitude(area, tmp_path):
    out = tmp_path / "p.geojson"
    camera = ("--camera", "phantom4pro", "--altitude", 40, "--overlap", 0.5)
    assert run(area, "-o", out, *camera).exit_code == 0
    assert geojson.loads(out.read_text()).sorties[0].swath_m == pytest.approx(30.0)


@pytest.mark.parametrize(
    ("arguments", "code", "text"),
    [
        (("-o", "p.xyz"), 2, ".geojson"),
        (("--swath", 20, "--camera", "mini2"), 2, "not both"),
        (("--start", "here"), 2, "lat,lon"),
        (("--start", "95,10"), 2, "outside"),
        (("--wind", "270"), 2, "dir_deg"),
        (("--wind", "270,99"), 2, "60"),
        (("--wind", "400,3"), 2, "360"),
        (("--camera", "kodak"), 2, "no camera"),
        (("--drones", 0), 2, "drones"),
        (("--endurance", 30), 1, "endurance"),
    ],
)
def test_what_is_wrong_is_said(area, tmp_path, monkeypatch, arguments, code, text):
    monkeypatch.chdir(tmp_path)
    result = run(area, *arguments)
    assert result.exit_code == code
    assert text in result.output + result.stderr
    assert "Traceback" not in result.output


def test_a_missing_file_is_one_line(tmp_path):
    result = run(tmp_path / "gone.geojson", "-o", tmp_path / "p.geojson")
    assert result.exit_code == 1
    assert result.stderr.strip() == "aeropatrol: gone.geojson: cannot be read: No such file or directory"


def test_with_heights_the_plan_follows_the_ground(area, tmp_path):
    slope = np.broadcast_to(np.arange(1201)[None] * 0.5, (1201, 1201)).astype(">i2")
    (tmp_path / "N29E121.hgt").write_bytes(slope.tobytes())
    out = tmp_path / "plan.geojson"
    result = run(area, "--terrain", tmp_path / "N29E121.hgt", "--start", "29.899,121.839", "-o", out)
    assert result.exit_code == 0, result.output
    heights = {w.alt_rel_m for s in geojson.loads(out.read_text()).sorties for w in s.path}
    assert max(heights) >= 62.0
    wrong = run(area, "--terrain", area, "-o", out)
    assert wrong.exit_code == 1
    assert "GeoTIFF" in wrong.output
