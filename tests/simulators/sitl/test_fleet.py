"""A fleet of autopilot processes: started, heard, watched, stopped. A stand-in plays the binary."""

import asyncio
import os
import signal
import socket

import pytest

from simulators.sitl import SitlError, SitlFleet
from simulators.sitl.arguments import SitlSpec
from simulators.sitl.readiness import Stage


@pytest.fixture
def make(fake_arducopter, base_port, tmp_path):
    def fleet(vehicles=1, **more):
        specs = [SitlSpec(i, i + 1, 29.9, 121.84, base_port=base_port, speedup=10.0) for i in range(vehicles)]
        return SitlFleet(specs, fake_arducopter, tmp_path / "fleet", **more)

    return fleet


def running(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def taken(port):
    with socket.socket() as trial:
        return trial.connect_ex(("127.0.0.1", port)) == 0


async def dial(port):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    data = await asyncio.wait_for(reader.read(1), 5)
    writer.close()
    return data


async def test_two_vehicles_become_ready_and_leave_nothing_running(make, base_port, tmp_path):
    seen = []
    async with make(2) as fleet:
        await fleet.ready(20.0, lambda: seen.append(fleet.stages()))
        pids = [process.pid for process in fleet.processes]

        assert all(map(running, pids))
        assert fleet.stages() == {1: Stage.READY, 2: Stage.READY}
        assert seen[0] == {1: Stage.SILENT, 2: Stage.SILENT}
        assert seen[-1] == {1: Stage.READY, 2: Stage.READY}
        for port in (base_port, base_port + 3, base_port + 10, base_port + 13):
            assert await dial(port) == b"\xfd", "every port is free for ground stations"

    assert not any(map(running, pids))
    folder = tmp_path / "fleet/vehicle-2"
    assert (folder / "vehicle.parm").read_text().startswith("SYSID_THISMAV 2\n")
    assert "FRAME_CLASS 1\n" in (folder / "copter.parm").read_text()
    assert (folder / "output.log").read_text() == "storage new\n"


@pytest.mark.parametrize(("keep", "storage"), [(False, "new"), (True, "kept")])
async def test_storage_is_kept_only_when_asked_for(make, tmp_path, keep, storage):
    folder = tmp_path / "fleet/vehicle-1"
    folder.mkdir(parents=True)
    (folder / "eeprom.bin").touch()

    async with make(keep=keep) as fleet:
        await fleet.ready(20.0)
    assert (folder / "output.log").read_text() == f"storage {storage}\n"


async def test_one_that_ends_at_once_is_told_in_its_own_words(make, base_port, monkeypatch):
    monkeypatch.setenv("FAKE_SITL", "dies")
    told = []

    with pytest.raises(SitlError, match=rf"vehicle 1 ended, exit code 1: bind failed on port {base_port} \(see "):
        async with make(tell=told.append) as fleet:
            await fleet.ready(20.0)
    assert len(told) == 1


async def test_one_that_is_never_ready_is_told_with_how_far_it_came(make, monkeypatch):
    monkeypatch.setenv("FAKE_SITL", "deaf")

    with pytest.raises(SitlError, match="not ready after 1 s: vehicle 1: "):
        async with make() as fleet:
            await fleet.ready(1.0)


class Told:
    """What the fleet tells, to be waited for."""

    def __init__(self):
        self.lines = asyncio.Queue()

    def __call__(self, line):
        self.lines.put_nowait(line)

    async def next(self):
        return await asyncio.wait_for(self.lines.get(), 5)


async def test_a_dead_vehicle_is_told_and_the_others_fly_on(make):
    told = Told()
    async with make(2, tell=told) as fleet:
        await fleet.ready(20.0)
        os.kill(fleet.processes[0].pid, signal.SIGKILL)

        assert (await told.next()).startswith("vehicle 1 ended, signal 9: storage new (see ")
        assert [*fleet.dead] == [1]
        assert running(fleet.processes[1].pid)
        os.kill(fleet.processes[1].pid, signal.SIGKILL)
        await asyncio.wait_for(fleet.over(), 5)


async def test_a_dead_vehicle_is_started_again_when_asked_for(make, base_port):
    told = Told()
    async with make(restart=True, tell=told) as fleet:
        await fleet.ready(20.0)
        os.kill(fleet.processes[0].pid, signal.SIGKILL)

        assert (await told.next()).endswith("it is started again")
        for _ in range(200):
            if taken(base_port):
                break
            await asyncio.sleep(0.05)
        assert await dial(base_port) == b"\xfd"
        assert fleet.processes[0].starts == 2
        assert fleet.dead == {}


async def test_one_that_keeps_ending_is_given_up(make, monkeypatch):
    monkeypatch.setenv("FAKE_SITL", "dies")
    told = []

    with pytest.raises(SitlError, match="vehicle 1 ended"):
        async with make(restart=True, tell=told.append) as fleet:
            await fleet.ready(20.0)
    assert [line.endswith("again") for line in told] == [True, True, True, False]


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0"])
async def test_a_busy_port_is_named_and_nothing_is_started(make, base_port, tmp_path, host):
    with socket.socket() as listener:
        listener.bind((host, base_port + 12))
        listener.listen()
        with pytest.raises(SitlError, match=f"port {base_port + 12} is in use"):
            async with make(2):
                pass
    assert not (tmp_path / "fleet/vehicle-2").exists()


async def test_a_binary_that_the_system_does_not_run_is_named(make, fake_arducopter):
    fake_arducopter.write_bytes(b"\x7fELF of another machine")

    with pytest.raises(SitlError, match=f"{fake_arducopter}: Exec format error"):
        async with make():
            pass


async def test_a_folder_that_cannot_be_written_is_named(make, tmp_path):
    (tmp_path / "fleet").touch()

    with pytest.raises(SitlError, match=r"fleet/vehicle-1: (Not a directory|File exists)"):
        async with make():
            pass
