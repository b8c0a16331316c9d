"""A drill that goes back to a bookmark, over real sockets and a real ground control."""

import asyncio

import aiohttp
import pytest

from gcs.app import AppOptions, GroundControl
from gcs.cli.drill_rewind import UNDONE
from gcs.cli.drill_session import NETWORK, PAYLOADS, DrillSession
from gcs.cli.drill_trainee import ScriptedTrainee
from gcs.config import load_config
from gcs.training.model import FaultRequest, TrainingError
from simulators.cameras.watch import Observation
from simulators.drill.engine import Turn
from simulators.drill.file import load_drill, shipped_drills
from simulators.faults import Fault

SPEEDUP = 20.0


class Drill:
    """A session at a ground control of its own, flown by the script."""

    def __init__(self, session, http):
        self.session, self.http = session, http

    async def until(self, condition, seconds=40.0):
        async with asyncio.timeout(seconds):
            while not await condition():  # noqa: ASYNC110  ground control is asked over HTTP
                await asyncio.sleep(0.05)

    async def get(self, path):
        async with self.http.get(f"api/v1/{path}") as response:
            return await response.json()

    async def reported(self):
        return [s["id"] for s in (await self.get("state"))["sightings"]]


@pytest.fixture
async def drill(tmp_path):
    made = load_drill(shipped_drills()["school-gate"], "school-gate.toml")
    flags = {"data": str(tmp_path), "http": "127.0.0.1:0", "network": NETWORK, "payloads": PAYLOADS}
    async with DrillSession(made, "run", "Li", SPEEDUP) as session:
        config = load_config(None, {}, {**flags, "links": session.urls, "launch_gap_s": 5.0})
        async with (
            GroundControl(config, AppOptions(time_scale=SPEEDUP)) as control,
            aiohttp.ClientSession(f"{control.url}/") as http,
        ):
            trainee = ScriptedTrainee(made, http, control.url, session.vehicles, 5.0)
            flying = asyncio.ensure_future(trainee.fly())
            running = asyncio.ensure_future(session.run(control.url, trainee.launched))
            yield Drill(session, http)
            session.stop()
            flying.cancel()
            await asyncio.wait([running, flying])
            running.result()


@pytest.mark.timeout(120)
async def test_it_goes_back_and_ground_control_keeps_and_marks_what_was_undone(drill):
    session, engine = drill.session, drill.session.engine

    async def one_reported():
        return bool([e for e in engine.log if e.kind == "sighting.report"])

    await drill.until(one_reported)
    session.bookmark("here", "Wang")
    then, poses, log = engine.now_s, [(p.lat_deg, p.lon_deg) for p in session._fleet.states()], len(engine.log)
    before = set(await drill.reported())
    session.fault(FaultRequest(name="CameraFailure", vehicle=1))

    async def more_reported():
        return len(await drill.reported()) > len(before) and engine.now_s > then + 60.0

    await drill.until(more_reported)
    with pytest.raises(TrainingError):
        await session.rewind(7, "Wang")
    await session.rewind(1, "Wang")

    assert engine.now_s == then
    assert session.clock.paused
    assert [(p.lat_deg, p.lon_deg) for p in session._fleet.states()] == poses
    assert not engine.active_faults
    assert [entry.kind for entry in engine.log[log:]] == ["instructor.rewound"]
    state = await drill.get("state")
    new = [s for s in state["sightings"] if s["id"] not in before and s["source"]["kind"] == "camera"]
    assert new
    assert all(s["status"] != "new" and s["history"][-1]["note"] == UNDONE for s in new if s["status"] != "archived")

    session.pause(paused=False)

    async def goes_on():
        vehicles = (await drill.get("state"))["vehicles"]
        return engine.now_s > then + 60.0 and all(not v["stale"] for v in vehicles)

    await drill.until(goes_on)
    kinds = [event["kind"] for event in await drill.get("events?after=0&limit=1000")]
    assert "vehicle.sysid_conflict" not in kinds
    assert kinds.count("vehicle.rebooted") == len(session.vehicles)
    assert len(engine.undone) == 1


class Ground:
    """Takes reports as a poster does."""

    def __init__(self):
        self.heard = []

    def send(self, body):
        self.heard.append(body["id"])


def seen(one, sysid):
    return Observation(one, sysid, "crowd", 29.9, 121.84, 5.0, 0.9)


def test_what_a_vehicle_saw_comes_down_when_it_is_heard_again():
    session = DrillSession(load_drill(shipped_drills()["rail-corridor"], "rail-corridor.toml"), "run", "Li", 1.0)
    ground, lost = Ground(), Fault("LinkLost", 240.0, 360.0, 1)
    session._report(Turn([seen("a", 1), seen("b", 2)], [lost]), ground)
    assert ground.heard == ["b"], "the other vehicle's line is well"
    session._report(Turn([], [lost, Fault("PacketLoss", 0.0)]), ground)
    assert ground.heard == ["b"]
    session._report(Turn([seen("c", 1)], [Fault("UplinkLost", 0.0)]), ground)
    assert ground.heard == ["b", "a", "c"]
