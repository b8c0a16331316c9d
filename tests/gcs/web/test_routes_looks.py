"""Which drone is there first, over HTTP: ranked, with reasons, and nothing sent."""

import pytest
from msgspec.structs import replace

from gcs.fleet.state import Battery, Breeze, Position

LAT, LON = 29.9, 121.84
ID = "0f8fad5b-d9cb-469f-a165-70867728950e"


@pytest.fixture
def fly(behind):
    """Has the fleet's one vehicle fly, with everything known of it."""

    def fly(**fields):
        here = Position(lat_deg=LAT, lon_deg=LON, alt_rel_m=50.0, alt_amsl_m=60.0)
        usual = {
            "position": here, "home": here, "battery": Battery(remaining_pct=90), "ekf_flags": 831,
            "landed_state": 2, "prearm_ok": True, "last_heard_s": behind.clock.monotonic_s(), "mode": "LOITER",
        }  # fmt: skip
        vehicles = behind.vehicles
        vehicles["main-1"] = replace(vehicles["main-1"], **(usual | fields))

    return fly


async def looks(api, query):
    answer = await api.get(f"/api/v1/looks?{query}")
    assert answer.status == 200, await answer.text()
    return await answer.json()


async def test_a_sighting_is_asked_for_and_nothing_is_sent(api, behind, fly):
    fly()
    report = {"id": ID, "klass": "crowd", "lat": LAT + 0.009, "lon": LON, "simulated": True}
    await api.post("/api/v1/sightings", json=report)
    answer = await looks(api, f"sighting={ID}")
    (look,) = answer["looks"]
    assert (look["vehicle"], look["from_ground"], look["way"]) == ("main-1", False, [[LAT + 0.009, LON]])
    assert look["arrival_s"] == pytest.approx(105, abs=1)
    assert (answer["others"], answer["wind"], answer["zones"]) == ([], None, 0)
    assert behind.station.sent == []


async def test_real_things_are_not_for_simulated_drones(api, fly):
    fly()
    await api.post("/api/v1/sightings", json={"id": ID, "klass": "crowd", "lat": LAT, "lon": LON})
    answer = await looks(api, f"sighting={ID}")
    assert (answer["simulated"], answer["looks"], answer["others"]) == (False, [], [])
    at = f"lat={LAT}&lon={LON}"
    assert (await looks(api, at))["simulated"] is True, "there are only simulated ones"
    assert (await looks(api, f"{at}&simulated=0"))["looks"] == []


async def test_who_cannot_is_told_with_the_reason(api, fly):
    fly(battery=Battery(remaining_pct=22))
    answer = await looks(api, f"lat={LAT}&lon={LON}")
    (other,) = answer["others"]
    assert (answer["looks"], other["code"], other["arrival_s"]) == ([], "battery", None)
    assert "short of there and home" in other["reason"]["en"]


async def test_the_wind_is_told_or_asked_with(api, fly):
    fly(wind=Breeze(from_deg=0.0, speed_m_s=6.0))
    at = f"lat={LAT + 0.009}&lon={LON}"
    against = await looks(api, at)
    assert against["wind"] == {"from_deg": 0.0, "speed_m_s": 6.0, "told_by": "drones"}
    still = await looks(api, f"{at}&wind_from_deg=0&wind_m_s=0")
    assert still["wind"] == {"from_deg": 0.0, "speed_m_s": 0.0, "told_by": "request"}
    assert still["looks"][0]["arrival_s"] < against["looks"][0]["arrival_s"]
    behind = await looks(api, f"{at}&wind_from_deg=180&wind_m_s=6")
    assert behind["wind"]["told_by"] == "request"
    assert behind["looks"][0]["arrival_s"] < still["looks"][0]["arrival_s"]


@pytest.mark.parametrize(
    "query",
    ["", "lat=1", "lat=x&lon=1", "lat=91&lon=1", "lat=nan&lon=1", "lat=1&lon=1&wind_m_s=3", "lat=1&lon=1&look_s=-1"],
)
async def test_a_wrong_question_is_refused(api, refused, query):
    await refused(await api.get(f"/api/v1/looks?{query}"), 400, "query.number")


async def test_a_sighting_that_is_none_is_not_found(api, refused):
    await refused(await api.get("/api/v1/looks?sighting=nothing"), 404, "sighting.unknown")
