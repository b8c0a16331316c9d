"""With `upload_fence` a simulated vehicle holds the plan's fence, keeps to it, and flies its sortie inside it."""

import aiohttp

from gcs.app import AppOptions, GroundControl
from gcs.cli.patrol import PatrolDriver
from gcs.config import load_config
from simulators.fleet import SimFleet, VehicleSpec

LAT, LON, SPEEDUP = 29.9, 121.84, 30.0


def ring(lat, lon, side):
    corners = [(0, 0), (side, 0), (side, side), (0, side), (0, 0)]
    return [[lon + x, lat + y] for x, y in corners]


def feature(kind, corners):
    return {
        "type": "Feature",
        "properties": {"kind": kind},
        "geometry": {"type": "Polygon", "coordinates": [corners]},
    }


AREA = {
    "type": "FeatureCollection",
    "features": [
        feature("area", ring(LAT + 0.0005, LON, 0.002)),
        feature("no_fly", ring(LAT + 0.0012, LON + 0.0008, 0.0004)),
    ],
}


async def test_the_fence_stands_and_the_plan_is_flown_inside_it(tmp_path):
    fleet = SimFleet([VehicleSpec(sysid=1)], speedup=SPEEDUP)
    await fleet.start()
    flags = {"data": str(tmp_path), "http": "127.0.0.1:0", "links": fleet.urls, "upload_fence": True}
    options = AppOptions(time_scale=SPEEDUP)
    try:
        async with GroundControl(load_config(None, {}, flags), options) as control, aiohttp.ClientSession() as session:
            driver = PatrolDriver(session, control.url)
            await driver.wait_for_vehicles(["main-1"])
            plan = await driver.plan({"area": AREA, "drones": 1, "swath_m": 60})
            operation = await driver.start(plan["properties"]["hash"], "fenced", "patrol", ["main-1"])
            kept = await driver.get("/events?limit=1000")
            seen = await driver.follow(operation, lambda _: None)
            after = await driver.get("/events?limit=1000")
            params = await driver.get("/vehicles/main-1/params")
    finally:
        await fleet.stop()
    held = {param["name"]: param["value"] for param in params["params"]}
    assert (held["FENCE_ENABLE"], held["FENCE_TYPE"]) == (1.0, 4.0)
    items = next(e for e in kept if e["kind"] == "fence.done")["data"]["items"]
    assert held["FENCE_TOTAL"] == items + 2 > 10  # ArduPilot counts a point of return and a closing one
    assert [f["properties"]["kind"] for f in plan["features"]].count("no_fly") == 1
    kinds = [event["kind"] for event in kept if event["vehicle"] == "main-1"]
    assert kinds.index("fence.done") < kinds.index("mission.verified")
    assert seen["operation"]["status"] == "closed"
    assert seen["operation"]["covered_fraction"] > 0.9
    assert not [e for e in after if e["kind"] == "vehicle.text" and "breach" in e["data"]["text"].lower()]
