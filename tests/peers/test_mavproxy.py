"""MAVProxy, driven by its own commands, flies the simulated vehicle. Skipped where it is not installed.

`mavproxy.py` is looked for on PATH, beside this Python and in MAVPROXY.
"""

import asyncio
import os
import shutil
import sys
from pathlib import Path

import pytest

PROGRAM = os.environ.get("MAVPROXY") or shutil.which("mavproxy.py", path=f"{Path(sys.executable).parent}:{os.defpath}")
pytestmark = [
    pytest.mark.peer,
    pytest.mark.timeout(120),
    pytest.mark.skipif(PROGRAM is None, reason="mavproxy.py is not installed"),
]


class MavProxy:
    """The program with its console."""

    def __init__(self, process):
        self._process = process
        self.said = bytearray()

    @classmethod
    async def start(cls, port, folder):
        arguments = ("--master", f"tcp:127.0.0.1:{port}", "--streamrate=4", "--state-basedir", str(folder))
        pipe = asyncio.subprocess.PIPE
        return cls(
            await asyncio.create_subprocess_exec(
                PROGRAM, *arguments, stdin=pipe, stdout=pipe, stderr=asyncio.subprocess.STDOUT, cwd=folder
            )
        )

    async def listen(self):
        while data := await self._process.stdout.read(4096):
            self.said += data

    async def say(self, line):
        self._process.stdin.write(f"{line}\n".encode())
        await self._process.stdin.drain()

    async def stop(self):
        if self._process.returncode is None:
            self._process.kill()
        await self._process.wait()


async def until(true, within_s=25.0):
    for _ in range(round(within_s / 0.05)):
        if true():
            return
        await asyncio.sleep(0.05)
    raise AssertionError("it did not happen in time")


async def test_it_reads_all_parameters_takes_off_and_returns(vehicle, tmp_path):
    port, fleet = vehicle
    program = await MavProxy.start(port, tmp_path)
    listening = asyncio.create_task(program.listen())
    simulated = fleet.vehicles[0].vehicle
    try:
        await until(lambda: b"Received 1354 parameters" in program.said)
        await program.say("mode GUIDED")
        await until(lambda: simulated.mode == 4)
        await program.say("arm throttle")
        await until(lambda: simulated.armed)
        await program.say("takeoff 10")
        await until(lambda: simulated.relative_alt_m > 9.0)
        await program.say("mode RTL")
        await until(lambda: not simulated.armed)
        assert abs(simulated.body.north_m) < 0.5
    finally:
        await program.stop()
        await listening
