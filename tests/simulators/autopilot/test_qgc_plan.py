"""A mission, fence and rally point in QGroundControl's .plan format are uploaded as that program does, and flown."""

import json

import pytest

PLAN = """
{
  "fileType": "Plan", "version": 1, "groundStation": "QGroundControl",
  "mission": {
    "version": 2, "firmwareType": 3, "vehicleType": 2, "cruiseSpeed": 15, "hoverSpeed": 6,
    "globalPlanAltitudeMode": 1, "plannedHomePosition": [29.9, 121.84, 10.0],
    "items": [
      {"type": "SimpleItem", "autoContinue": true, "doJumpId": 1, "command": 22, "frame": 3,
       "params": [0, 0, 0, null, 29.9, 121.84, 20], "Altitude": 20, "AltitudeMode": 1, "AMSLAltAboveTerrain": null},
      {"type": "SimpleItem", "autoContinue": true, "doJumpId": 2, "command": 178, "frame": 2,
       "params": [1, 6, -1, 0, 0, 0, 0]},
      {"type": "SimpleItem", "autoContinue": true, "doJumpId": 3, "command": 16, "frame": 3,
       "params": [0, 0, 0, null, 29.9005, 121.84, 20]},
      {"type": "SimpleItem", "autoContinue": true, "doJumpId": 4, "command": 16, "frame": 3,
       "params": [3, 0, 0, null, 29.9005, 121.8406, 25]},
      {"type": "SimpleItem", "autoContinue": true, "doJumpId": 5, "command": 20, "frame": 2,
       "params": [0, 0, 0, 0, 0, 0, 0]}
    ]
  },
  "geoFence": {
    "version": 2,
    "circles": [{"circle": {"center": [29.902, 121.842], "radius": 30}, "inclusion": false, "version": 1}],
    "polygons": [{"inclusion": true, "version": 1,
      "polygon": [[29.897, 121.837], [29.897, 121.843], [29.903, 121.843], [29.903, 121.837]]}]
  },
  "rallyPoints": {"version": 2, "points": [[29.9002, 121.8402, 30]]}
}
"""


def e7(degrees):
    return round(degrees * 1e7)


def mission_items(plan):
    """As QGroundControl sends them to ArduPilot: the planned home first."""
    home = plan["mission"]["plannedHomePosition"]
    rows = [{"frame": 0, "command": 16, "x": e7(home[0]), "y": e7(home[1]), "z": home[2]}]
    for item in plan["mission"]["items"]:
        numbers = [float("nan") if value is None else float(value) for value in item["params"]]
        params = {f"param{n}": value for n, value in enumerate(numbers[:4], start=1)}
        place = {"x": e7(numbers[4]), "y": e7(numbers[5]), "z": numbers[6]}
        rows.append({"frame": item["frame"], "command": item["command"], **params, **place})
    return rows


def fence_items(plan):
    rows = []
    for area in plan["geoFence"]["polygons"]:
        corners = area["polygon"]
        command = 5001 if area["inclusion"] else 5002
        rows += [
            {"frame": 3, "command": command, "param1": float(len(corners)), "x": e7(lat), "y": e7(lon)}
            for lat, lon in corners
        ]
    for area in plan["geoFence"]["circles"]:
        (lat, lon), radius = area["circle"]["center"], float(area["circle"]["radius"])
        command = 5003 if area["inclusion"] else 5004
        rows.append({"frame": 3, "command": command, "param1": radius, "x": e7(lat), "y": e7(lon)})
    return rows


def rally_items(plan):
    return [
        {"frame": 3, "command": 5100, "x": e7(lat), "y": e7(lon), "z": float(alt)}
        for lat, lon, alt in plan["rallyPoints"]["points"]
    ]


@pytest.fixture
def planned(rig):
    plan = json.loads(PLAN)
    assert rig.upload(mission_items(plan)) == 0
    assert rig.upload(fence_items(plan), mission_type=1) == 0
    assert rig.upload(rally_items(plan), mission_type=2) == 0
    return rig


def test_it_flies_the_plan_and_returns_to_the_rally_point(planned):
    assert planned.command(207, 1) == 0
    assert planned.command(176, 1, 4) == 0
    assert planned.command(400, 1) == 0
    planned.run(3.0)
    assert planned.command(300) == 0
    planned.until(lambda: not planned.vehicle.armed, limit_s=300.0)

    texts = planned.texts()
    assert [t for t in texts if t.startswith("Reached")] == ["Reached command #3", "Reached command #4"]
    assert not any("breach" in text for text in texts)
    north, east = planned.vehicle.local_of(e7(29.9002), e7(121.8402))
    assert planned.vehicle.body.north_m == pytest.approx(north, abs=0.5)
    assert planned.vehicle.body.east_m == pytest.approx(east, abs=0.5)


def test_its_fence_refuses_places_outside(planned):
    planned.command(207, 1)
    planned.fly(20.0)
    assert planned.command_int(192, (-1, 1, 0, 0), x=e7(29.9005), y=e7(121.8445), z=20.0) == 4
    assert planned.command_int(192, (-1, 1, 0, 0), x=e7(29.901), y=e7(121.84), z=20.0) == 0
