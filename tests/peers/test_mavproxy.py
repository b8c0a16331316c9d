"""MAVProxy, driven by its own commands, flies the simulated vehicle. Skipped where it is not installed.

`mavproxy.py` is looked for on PATH, beside this Python and in MAVPROXY.
"""

import asyncio
import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

PROGRAM = os.environ.get("MAVPROXY") or shutil.which("mavproxy.py", path=f"{Path(sys.executable).parent}:{os.defpath}")
# Its terrain module is left out: on a vehicle's TERRAIN_REQUEST it fetches maps from the Internet, by a fork amid
# its threads. The forked process can wait for ever for a lock of the console's thread.
MODULES = "signing,wp,rally,fence,ftp,param,arm,mode,rc,misc,cmdlong,battery,output"
ENOUGH_S = 150.0
"""For the whole flight, also on a loaded machine; less than the test's own limit, so that a failure tells why."""

pytestmark = [
    pytest.mark.peer,
    pytest.mark.timeout(200),
    pytest.mark.skipif(PROGRAM is None, reason="mavproxy.py is not installed"),
]


class MavProxy:
    """The program with its console, in a home and a group of processes of its own.

    What it says goes to a file: no pipe fills up, and none is kept open by whom it started.
    """

    def __init__(self, port, home):
        self._output = home / "console.txt"
        self._until_s = time.monotonic() + ENOUGH_S
        arguments = ("--master", f"tcp:127.0.0.1:{port}", "--default-modules", MODULES, "--state-basedir", str(home))
        with self._output.open("wb") as output:
            self._process = subprocess.Popen(
                [PROGRAM, *arguments],
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=home,
                env={**os.environ, "HOME": str(home), "PYTHONUNBUFFERED": "1"},
                start_new_session=True,
            )

    @property
    def said(self):
        return self._output.read_text(errors="replace")

    def say(self, line):
        self._process.stdin.write(f"{line}\n".encode())
        self._process.stdin.flush()

    async def until(self, what, true):
        while not true():
            code, late = self._process.poll(), time.monotonic() > self._until_s
            if late or code is not None:
                state = f"after {ENOUGH_S} s" if code is None else f"when it had ended with {code}"
                pytest.fail(f"not yet {what} {state}; it said last:\n{self.said[-3000:]}")
            await asyncio.sleep(0.05)

    def stop(self):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(10.0)
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.close()


@pytest.fixture
def mavproxy(tmp_path):
    """Starts the program at a port; it has ended when the test has."""
    started = []

    def start(port):
        started.append(MavProxy(port, tmp_path))
        return started[-1]

    yield start
    for program in started:
        program.stop()


async def test_it_reads_all_parameters_takes_off_and_returns(vehicle, mavproxy):
    port, fleet = vehicle
    program, simulated = mavproxy(port), fleet.vehicles[0].vehicle
    await program.until("all parameters", lambda: "Received 1354 parameters" in program.said)
    program.say("mode GUIDED")
    await program.until("GUIDED", lambda: simulated.mode == 4)
    program.say("arm throttle; takeoff 10")
    await program.until("up", lambda: simulated.relative_alt_m > 9.0)
    program.say("mode RTL")
    await program.until("down", lambda: not simulated.armed)
    assert abs(simulated.body.north_m) < 0.5
