"""A vehicle on which an upload broke before a restart of ground control stays unknown and grounded until the next."""

import asyncio

import aiohttp

from gcs.app import UPLOADS, AppOptions, GroundControl
from gcs.cli.patrol import PatrolDriver
from gcs.config import load_config
from simulators.fleet import SimFleet, VehicleSpec

SPEEDUP = 10.0
LOOKED_AT_S = 4.0
AREA = {
    "type": "Feature",
    "properties": {"kind": "area"},
    "geometry": {
        "type": "Polygon",
        "coordinates": [[[121.84, 29.9], [121.8415, 29.9], [121.8415, 29.901], [121.84, 29.901], [121.84, 29.9]]],
    },
}


async def test_it_is_not_read_but_uploaded_anew(tmp_path):
    (tmp_path / UPLOADS).mkdir()
    (tmp_path / UPLOADS / "main-1.open").touch()
    fleet = SimFleet([VehicleSpec(sysid=1), VehicleSpec(sysid=2)], speedup=SPEEDUP)
    await fleet.start()
    config = load_config(None, {}, {"data": str(tmp_path), "http": "127.0.0.1:0", "links": fleet.urls})
    try:
        async with GroundControl(config, AppOptions(time_scale=SPEEDUP)) as control, aiohttp.ClientSession() as session:
            driver = PatrolDriver(session, control.url)
            await driver.wait_for_vehicles(["main-1", "main-2"])
            await asyncio.sleep(LOOKED_AT_S)
            before = {v["id"]: v["mission_known"] for v in (await driver.get("/state"))["vehicles"]}
            plan = await driver.plan({"area": AREA, "drones": 1, "swath_m": 60})
            await driver.start(plan["properties"]["hash"], "again", "patrol", ["main-1"])
            after = {v["id"]: v["mission_known"] for v in (await driver.get("/state"))["vehicles"]}
    finally:
        await fleet.stop()
    assert before == {"main-1": False, "main-2": True}
    assert after["main-1"]
    assert list((tmp_path / UPLOADS).iterdir()) == []
