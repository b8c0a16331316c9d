"""A trainee made of a script: plans the drill's area, flies it round after round, gives notices, and calls home
whose battery is critical.

For drills without a person at the pages. It does through the API what the pages do and knows nothing of the
truth; what goes wrong does not stop it from going on with the next round.
"""

from __future__ import annotations

import asyncio
from typing import Any, Final

import aiohttp

from gcs.cli.drill_session import LOUDSPEAKER
from gcs.cli.patrol import PatrolDriver, PatrolError
from simulators.drill import Drill
from simulators.drill.fleet import homes

SEAT: Final = "trainee"
NOTICE: Final = "请留在家中，物资已送到卡口 / Please stay at home; supplies are at the barriers"
POLL_S: Final = 0.5
AGAIN_S: Final = 1.0
ACCEL_M_S2: Final = 1.5
OVER: Final = frozenset({"closed", "aborted"})
STUCK: Final = frozenset({"held", "broken_off"})
BATTERY_CRITICAL: Final = ("battery.low", "critical")
NEAR_ENOUGH: Final = 0.8
DEGREE_M: Final = 111_320.0


class ScriptedTrainee:
    """Flies until it is cancelled. `flown` counts closed operations; `launched` is set with the first launch."""

    def __init__(
        self,
        drill: Drill,
        session: aiohttp.ClientSession,
        base_url: str,
        vehicles: tuple[str, ...],
        launch_gap_s: float,
    ) -> None:
        self._drill, self._session, self._url = drill, session, base_url
        self._driver = PatrolDriver(session, base_url, SEAT)
        self._vehicles = vehicles
        self._request = plan_request(drill, launch_gap_s)
        self._given: set[str] = set()
        self._called_home: set[str] = set()
        self.flown = 0
        self.launched = asyncio.Event()

    async def fly(self) -> None:
        await self._driver.wait_for_vehicles(self._vehicles)
        plan = await self._driver.plan(self._request)
        while True:
            try:
                await self._round(plan["properties"]["hash"])
            except PatrolError:
                await asyncio.sleep(AGAIN_S)

    async def _round(self, plan_hash: str) -> None:
        drill = self._drill
        operation = await self._driver.start(plan_hash, f"{drill.zh} / {drill.en}", "演练 / drill", self._vehicles)
        self.launched.set()
        while True:
            state = await self._driver.get("/state")
            await self._give_notices(state)
            await self._call_home(state)
            mine = next(o for o in state["operations"] if o["id"] == operation)
            if mine["status"] in OVER:
                self.flown += mine["status"] == "closed"
                return
            if self._stuck(mine, state):
                await self._end(operation)
            await asyncio.sleep(POLL_S)

    @staticmethod
    def _stuck(operation: dict[str, Any], state: dict[str, Any]) -> bool:
        """Nobody is in the air and something was broken off: it will not go on by itself."""
        mine = set(operation["vehicles"])
        down = not any(v["flying"] for v in state["vehicles"] if v["id"] in mine)
        return down and any(sortie["status"] in STUCK for sortie in operation["sorties"])

    async def _end(self, operation: str) -> None:
        body, headers = {"reason": "架次中断 / a sortie was broken off"}, {"X-Seat": SEAT}
        url = f"{self._url}/api/v1/operations/{operation}/abort"
        async with self._session.post(url, json=body, headers=headers) as response:
            await response.read()

    async def _call_home(self, state: dict[str, Any]) -> None:
        """Each flight once, when ground control says that the battery is critical."""
        flying = {vehicle["id"] for vehicle in state["vehicles"] if vehicle["flying"]}
        low = {alarm["vehicle"] for alarm in state["alarms"] if (alarm["code"], alarm["severity"]) == BATTERY_CRITICAL}
        self._called_home &= flying
        for vehicle in sorted(low & flying - self._called_home):
            self._called_home.add(vehicle)
            url = f"{self._url}/api/v1/vehicles/{vehicle}/command"
            body = {"command": "rtl", "confirm": vehicle}
            async with self._session.post(url, json=body, headers={"X-Seat": SEAT}) as response:
                await response.read()

    async def _give_notices(self, state: dict[str, Any]) -> None:
        """From whichever vehicle is near enough to a place that has not been told."""
        for vehicle in state["vehicles"]:
            near = [n.id for n in self._drill.notices if n.id not in self._given and _near(vehicle, n.at, n.radius_m)]
            if vehicle["flying"] and near:
                url = f"{self._url}/api/v1/vehicles/{vehicle['id']}/payloads/{LOUDSPEAKER}"
                body = {"confirm": vehicle["id"], "text": NOTICE}
                async with self._session.post(url, json=body, headers={"X-Seat": SEAT}) as response:
                    if response.status < 300:
                        self._given.update(near)


def plan_request(drill: Drill, launch_gap_s: float) -> dict[str, Any]:
    """What is asked of the planner for a drill's area and fleet; `launch_gap_s` passes between two launches."""
    fleet = drill.fleet
    return {
        "area": area_file(drill),
        "drones": fleet.vehicles,
        "swath_m": fleet.swath_m,
        "altitude_m": fleet.altitude_m,
        "speed_m_s": fleet.speed_m_s,
        "accel_m_s2": ACCEL_M_S2,
        "endurance_s": fleet.endurance_s,
        "launch_gap_s": launch_gap_s,
    }


def area_file(drill: Drill) -> dict[str, Any]:
    """The drill's area, its zones and where each vehicle stands as GeoJSON, as the planner takes them."""
    place = drill.place
    zones, stands = (_feature("no_fly", zone) for zone in place.no_fly), (_home(stand) for stand in homes(drill))
    features = [_feature("area", place.area), *zones, *stands]
    return {"type": "FeatureCollection", "properties": {"name": f"{place.zh} / {place.en}"}, "features": features}


def _feature(kind: str, points: tuple[tuple[float, float], ...]) -> dict[str, Any]:
    ring = [[lon, lat] for lat, lon in points]
    geometry = {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}
    return {"type": "Feature", "properties": {"kind": kind}, "geometry": geometry}


def _home(home: tuple[float, float]) -> dict[str, Any]:
    lat, lon = home
    return {
        "type": "Feature",
        "properties": {"kind": "home"},
        "geometry": {"type": "Point", "coordinates": [lon, lat]},
    }


def _near(vehicle: dict[str, Any], at: tuple[float, float], radius_m: float) -> bool:
    if vehicle["lat"] is None or vehicle["lon"] is None:
        return False
    north_m = (vehicle["lat"] - at[0]) * DEGREE_M
    east_m = (vehicle["lon"] - at[1]) * DEGREE_M * 0.867
    return bool((north_m**2 + east_m**2) ** 0.5 <= radius_m * NEAR_ENOUGH)
