"""Rally points of a vehicle over HTTP."""

from gcs.vehicles.rally import RallyPoint, RallyUnreadError, RallyUnwrittenError

PATH = "/api/v1/vehicles/main-1/rally"
POINT = {"lat": 29.91, "lon": 121.85, "alt_rel_m": 25}
PUT = {"points": [POINT], "confirm": "main-1"}


async def test_what_the_vehicle_holds_is_shown(api):
    assert await (await api.get(PATH)).json() == [{"lat": 29.9, "lon": 121.84, "alt_m": 30.0, "above": "home"}]


async def test_points_are_put_on_a_vehicle_that_is_named_twice_and_held(api, behind, refused):
    answer = await api.put(PATH, json=PUT, headers={"X-Seat": "chen"})
    assert await answer.json() == [{"lat": 29.91, "lon": 121.85, "alt_m": 25.0, "above": "home"}]
    assert (behind.rally.held, behind.rally.put_by) == ((RallyPoint(29.91, 121.85, 25.0),), ("main-1", "chen"))
    await refused(await api.put(PATH, json=PUT, headers={"X-Seat": "wang"}), 409, "vehicle.held")
    await refused(await api.put(PATH, json={**PUT, "confirm": "main-2"}), 422, "command.not_confirmed")
    await refused(await api.put("/api/v1/vehicles/main-9/rally", json=PUT), 404, "vehicle.unknown")


async def test_what_cannot_be_a_rally_point(api, behind, refused):
    for wrong in ({"lat": 91}, {"alt_rel_m": 25.5}, {"alt_rel_m": 0}):
        await refused(await api.put(PATH, json={**PUT, "points": [{**POINT, **wrong}]}), 422, "body.invalid")
    behind.rally.error = ValueError("rally point 1 is 99 km from home")
    await refused(await api.put(PATH, json=PUT), 422, "rally.invalid")


async def test_a_vehicle_that_does_not_hold_or_tell_them(api, behind, refused):
    behind.rally.error = RallyUnwrittenError("it holds something else")
    await refused(await api.put(PATH, json=PUT), 504, "rally.unwritten")
    behind.rally.error = RallyUnreadError("nothing came for 8 s")
    await refused(await api.get(PATH), 504, "rally.unread")


async def test_in_a_recording_nobody_is_asked(serve, refused):
    api = await serve(replay=True)
    await refused(await api.get(PATH), 409, "replay.read_only")
    await refused(await api.put(PATH, json=PUT), 409, "replay.read_only")
