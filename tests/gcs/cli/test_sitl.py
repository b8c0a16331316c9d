"""`aeropatrol sitl`: what it refuses, what it prints, that it ends with all its processes."""

import json
import os
import signal
import socket
import subprocess
import sys

import pytest
import typer
from typer.testing import CliRunner

from gcs.cli.sitl import sitl

app = typer.Typer()
app.command()(sitl)
AS_IN_A_TERMINAL = "import signal; signal.signal(signal.SIGHUP, signal.SIG_DFL)"
"""Whoever runs the tests may have been started with `nohup`, which is inherited."""
PROGRAM = "import typer; from gcs.cli.sitl import sitl; app = typer.Typer(); app.command()(sitl); app()"


def run(*options):
    return CliRunner().invoke(app, [str(option) for option in options])


def started(*options):
    command = [sys.executable, "-c", f"{AS_IN_A_TERMINAL}; {PROGRAM}", *map(str, options)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.mark.parametrize(
    "options",
    [
        ["--vehicles", "0"],
        ["--vehicles", "251"],
        ["--speedup", "0"],
        ["--home", "here"],
        ["--home", "95,0,0,0"],
        ["--home", "29,121,1e9,0"],
        ["--home", "29,121,0,nan"],
        ["--wait-s", "0"],
        ["--param", "RTL_ALT=nan"],
        ["--param", "A B=1"],
        ["--param", "RTL_ALT"],
        ["--defaults", "no-such-file.parm"],
        ["--base-port", "65530", "--vehicles", "2"],
        ["--base-port", "80"],
    ],
)
def test_wrong_usage_is_refused(options):
    result = run(*options)
    assert result.exit_code == 2
    assert options[0] in result.output.replace("\n", "")


def test_too_many_vehicles_for_the_machine_are_refused():
    result = run("--vehicles", "200", "--speedup", "100")
    assert result.exit_code == 2
    assert "200 at --speedup 100 need 1100.0 cores" in " ".join(result.output.replace("│", " ").split())


def test_a_missing_binary_is_one_clear_line(tmp_path):
    result = run("--binary", tmp_path / "arducopter")
    assert (result.exit_code, result.output) == (
        1,
        f"aeropatrol: --binary: there is no file {tmp_path}/arducopter\n",
    )


def test_a_busy_port_is_one_clear_line(fake_arducopter, base_port, tmp_path):
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", base_port))
        listener.listen()
        result = run("--binary", fake_arducopter, "--base-port", base_port, "--folder", tmp_path / "fleet")
    assert result.exit_code == 1
    assert result.output.startswith(f"aeropatrol: port {base_port} is in use: ")
    assert result.output.count("\n") == 1


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_it_tells_what_to_dial_and_ends_with_all_its_vehicles(fake_arducopter, base_port, tmp_path, number):
    options = ("--binary", fake_arducopter, "--base-port", base_port, "--folder", tmp_path / "fleet", "--json")
    with started(*options, "--param", "rtl_alt=2500", "--speedup", "5") as process:
        told = json.loads(process.stdout.readline())
        (vehicle,) = told["vehicles"]
        process.send_signal(number)
        assert process.wait(10) == 0

    assert vehicle["urls"] == [f"tcpout://127.0.0.1:{base_port + offset}" for offset in (0, 2, 3)]
    assert (told["speedup"], told["binary"]) == (5.0, str(fake_arducopter))
    assert "RTL_ALT 2500" in (tmp_path / "fleet/vehicle-1/vehicle.parm").read_text()
    with pytest.raises(ProcessLookupError):
        os.kill(vehicle["pid"], 0)


def test_when_the_last_vehicle_is_gone_it_ends_and_says_so(fake_arducopter, base_port, tmp_path):
    with started("--binary", fake_arducopter, "--base-port", base_port, "--folder", tmp_path, "--json") as process:
        told = json.loads(process.stdout.readline())
        os.kill(told["vehicles"][0]["pid"], signal.SIGKILL)
        assert process.wait(10) == 1
        lines = process.stderr.read().splitlines()
    assert lines[-1] == "aeropatrol: no vehicle is left"
    assert lines[0].startswith("vehicle 1 ended, signal 9")
