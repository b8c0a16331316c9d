"""A drill that another program's autopilots fly, in real time. A stand-in plays ArduPilot's binary."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import aiohttp
import pytest

from gcs.cli.drill import SCRIPT, Training, Wishes
from gcs.cli.drill_sitl import RealAutopilots
from gcs.training.records import Records
from simulators.drill.file import load_drill

ROOT = Path(__file__).parents[3]
AREA = ((29.9005, 121.8402), (29.9005, 121.8412), (29.9013, 121.8412), (29.9013, 121.8402))
FAULT = """
[[fault]]
name = "CompassFailure"
at_s = 1
vehicle = 1
"""


@pytest.fixture
def text(small_drill):
    return small_drill(AREA, (29.9009, 121.8407), duration_s=300, fleet="battery_mah = 5000", more=FAULT)


def running(folder):
    """Processes that work in the folder of a vehicle."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            here = (process / "cwd").readlink()
        except OSError:
            continue
        if here.is_relative_to(folder):
            found.append(int(process.name))
    return found


class Flown:
    """A drill under way on the stand-in's vehicles, and what its pages say."""

    def __init__(self, training, folder, url, http):
        self.training, self.folder, self.url, self.http = training, folder, url, http

    @property
    def log(self):
        return self.training._host._session.engine.log

    def kinds(self):
        return [entry.kind for entry in self.log]

    async def until(self, true, seconds=40.0):
        async with asyncio.timeout(seconds):
            while not true():  # noqa: ASYNC110  the engine has no event to wait for
                await asyncio.sleep(0.05)

    async def post(self, path, body):
        async with self.http.post(f"{self.url}/api/v1/training/{path}", json=body) as response:
            return response.status, await response.json()


@pytest.fixture
async def flown(fake_arducopter, base_port, text, tmp_path):
    made = load_drill(text, "small.toml")
    real = RealAutopilots(fake_arducopter, base_port)
    wishes = Wishes(
        speedup=1.0, headless=True, exit_when_done=True, as_json=True, http="127.0.0.1:0", trainee=SCRIPT, real=real
    )
    addresses = []
    training = Training({made.id: made}, Records(tmp_path), wishes, listens=addresses.append)
    task = asyncio.ensure_future(training.run(made))
    async with asyncio.timeout(60):
        while not addresses:
            assert not task.done(), task.result()
            await asyncio.sleep(0.05)
    async with aiohttp.ClientSession() as http:
        drill = Flown(training, tmp_path, addresses[0], http)
        await drill.until(lambda: training._host._session is not None)
        yield drill
        training.stop()
        await task
    assert running(tmp_path) == []


@pytest.mark.timeout(150)
async def test_it_is_flown_in_truth_with_faults_and_wind_and_cannot_be_held(flown):
    await flown.until(lambda: "pose" in flown.kinds())
    assert {"fault.on", "command"} <= set(flown.kinds())

    for path, body in (("pause", {"paused": True}), ("rewind", {"bookmark": 1})):
        status, problem = await flown.post(path, body)
        assert status == 409
        assert "real time" in problem["detail"]
    assert (await flown.post("bookmarks", {"name": "here"}))[0] == 200

    def high():
        poses = [entry.data for entry in flown.log if entry.kind == "pose" and entry.data["vehicle"] == 1]
        return poses and poses[-1]["alt"] > 20.0

    await flown.until(high)
    packs = {entry.data["battery"] for entry in flown.log if entry.kind == "pose"}
    assert min(packs) > 80.0
    assert "vehicle.parameter_not_taken" not in flown.kinds()
    folder = next(flown.folder.glob("runs/*/sitl"))
    text = (folder / "vehicle-1/vehicle.parm").read_text()
    assert {"BATT_CAPACITY 5000", "SIM_WIND_T 1"} <= set(text.splitlines())

    (pid,) = running(folder / "vehicle-2")
    os.kill(pid, signal.SIGKILL)
    await flown.until(lambda: "vehicle.lost" in flown.kinds())
    (lost,) = [entry.data for entry in flown.log if entry.kind == "vehicle.lost"]
    assert lost == {"vehicle": 2}
    at_s = flown.log[-1].at_s
    await flown.until(lambda: any(entry.kind == "pose" and entry.at_s > at_s + 1.0 for entry in flown.log))


async def test_when_no_vehicle_is_left_the_drill_is_over(flown):
    await flown.until(lambda: "operation" in flown.kinds())
    for pid in running(flown.folder):
        os.kill(pid, signal.SIGKILL)
    await flown.until(lambda: flown.kinds()[-1] == "drill.over")
    assert flown.kinds().count("vehicle.lost") == 2


@pytest.fixture
def drill(text, tmp_path):
    """Starts the command in a process of its own."""

    def drill(*options, **environ):
        path = tmp_path / "small.toml"
        path.write_text(text, "utf-8")
        asked = ("--headless", "--exit-when-done", "--data", tmp_path / "data", *options)
        return subprocess.Popen(
            [sys.executable, "-m", "gcs", "drill", str(path), *map(str, asked)],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT), **environ},
            stderr=subprocess.PIPE,
            text=True,
        )

    return drill


@pytest.fixture
def refused(drill, tmp_path):
    """The one line that it ends with."""

    def refused(*options, **environ):
        with drill(*options, **environ) as process:
            text = process.stderr.read()
            assert process.wait(30) == 1
        assert running(tmp_path) == []
        return text.splitlines()[-1]

    return refused


@pytest.fixture
def booting(drill, fake_arducopter, base_port, tmp_path):
    """The command, whose two vehicles have started and are not ready."""
    with drill("--binary", fake_arducopter, "--base-port", base_port, FAKE_SITL="deaf") as process:
        until(lambda: len(running(tmp_path)) == 2)
        yield process


def until(true, within_s=20.0):
    deadline_s = time.monotonic() + within_s
    while not true():
        assert time.monotonic() < deadline_s
        time.sleep(0.05)


def test_a_speed_other_than_ours_is_refused(refused, fake_arducopter, tmp_path):
    line = refused("--binary", fake_arducopter, "--speedup", "4")
    assert line == "aeropatrol: --speedup 4: real autopilots (--sitl) fly a drill in real time; leave it out"
    assert not (tmp_path / "data").exists()


def test_a_binary_that_is_not_there_is_named(refused):
    assert refused("--sitl", ARDUPILOT_SITL="/nowhere/arducopter") == (
        "aeropatrol: ARDUPILOT_SITL: there is no file /nowhere/arducopter"
    )


def test_a_busy_port_is_named(refused, fake_arducopter, base_port):
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", base_port + 12))
        listener.listen()
        line = refused("--binary", fake_arducopter, "--base-port", base_port)
    assert line.startswith(f"aeropatrol: port {base_port + 12} is in use: ")


def test_one_that_ends_before_it_is_ready_is_told(refused, fake_arducopter, base_port):
    line = refused("--binary", fake_arducopter, "--base-port", base_port, FAKE_SITL="dies")
    assert "ended, exit code 1: bind failed on port" in line


def test_ctrl_c_while_they_boot_leaves_nothing_running(booting, tmp_path):
    booting.send_signal(signal.SIGINT)
    assert booting.wait(15) == 1
    assert running(tmp_path) == []


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends a process with its parent")
def test_killed_it_leaves_nothing_running(booting, tmp_path):
    booting.kill()
    booting.wait()
    until(lambda: running(tmp_path) == [])
