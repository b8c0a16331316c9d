"""A running ground control for the verbs that ask one."""

import asyncio
from contextlib import asynccontextmanager

import aiohttp
import pytest

from gcs.app import AppOptions, GroundControl
from gcs.config import load_config
from simulators.fleet import SimFleet, VehicleSpec

WITHIN_S, SPEEDUP = 20.0, 5.0


@pytest.fixture
def one_vehicle(tmp_path):
    """Ground control with one simulated vehicle, once what it shows of that is `known`."""

    @asynccontextmanager
    async def running(known=lambda vehicle: True):
        fleet = SimFleet([VehicleSpec(sysid=1)], speedup=SPEEDUP)
        await fleet.start()
        config = load_config(None, {}, {"data": str(tmp_path), "http": "127.0.0.1:0", "links": fleet.urls})
        try:
            async with GroundControl(config, AppOptions(time_scale=SPEEDUP)) as control:
                await _until(control.url, known)
                yield control
        finally:
            await fleet.stop()

    return running


async def _until(url, known):
    async with aiohttp.ClientSession() as session, asyncio.timeout(WITHIN_S):
        while True:
            async with session.get(f"{url}/api/v1/vehicles/main-1") as answer:
                if answer.status == 200 and known(await answer.json()):
                    return
            await asyncio.sleep(0.05)
