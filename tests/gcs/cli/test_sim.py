"""`aeropatrol sim`: what it refuses, what it prints, that it ends when told to."""

import json
import os
import signal
import socket
import subprocess
import sys

import pytest
import typer
from typer.testing import CliRunner

from gcs.cli.sim import sim
from simulators.fleet import FleetError

app = typer.Typer()
app.command()(sim)


def run(*options):
    return CliRunner().invoke(app, list(options))


@pytest.mark.parametrize(
    "options",
    [
        ["--vehicles", "0"],
        ["--vehicles", "251"],
        ["--speedup", "0"],
        ["--speedup", "101"],
        ["--home", "here"],
        ["--home", "95,0,0,0"],
        ["--udp", "nowhere"],
        ["--udp", "host:99999"],
        ["--base-port", "65535", "--vehicles", "2"],
        ["--battery", "0"],
        ["--swap", "-1"],
    ],
)
def test_wrong_usage_is_refused(options):
    result = run(*options)
    assert result.exit_code == 2
    assert options[0] in result.output.replace("\n", "")


def test_a_busy_port_is_named():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        result = run("--base-port", str(port))
    assert result.exit_code == 1
    assert f"port {port} on 127.0.0.1 is in use" in result.output


def test_packs_and_their_exchange_are_chosen(monkeypatch):
    made = []
    monkeypatch.setattr("gcs.cli.sim.SimFleet", lambda specs, **_: made.extend(specs) or _refuse())
    run("--vehicles", "2", "--battery", "11000", "--swap", "90")
    assert [(spec.battery.capacity_mah, spec.swap_s) for spec in made] == [(11000.0, 90.0)] * 2


def _refuse():
    raise FleetError("only looked at")


def test_it_tells_what_to_dial_and_ends_at_an_interrupt():
    code = "import typer; from gcs.cli.sim import sim; app = typer.Typer(); app.command()(sim); app()"
    command = [sys.executable, "-c", code, "--vehicles", "2", "--base-port", "0", "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=dict(os.environ)) as process:
        told = json.loads(process.stdout.readline())
        for vehicle in told["vehicles"]:
            for url in vehicle["urls"]:
                host, port = url.removeprefix("tcpout://").split(":")
                with socket.create_connection((host, int(port)), timeout=5):
                    pass
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 0
    assert [vehicle["sysid"] for vehicle in told["vehicles"]] == [1, 2]
