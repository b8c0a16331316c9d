"""The cameras of a simulated fleet, reporting to ground control over HTTP.

What was seen is sent again until ground control has kept it; an answer that says the report itself is
wrong ends that, and is remembered in `refused`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final, Self

import aiohttp

from simulators.cameras.detector import CameraSpec, Detection, Detector, View
from simulators.fleet import Pose, SimFleet
from simulators.scene import Scene

LOOK_EVERY_S: Final = 0.1
FIRST_RETRY_S, LONGEST_RETRY_S = 0.5, 5.0
TIMEOUT_S: Final = 10.0
SEAT: Final = "simulated camera"
_WRONG_REPORTS: Final = frozenset({400, 404, 405, 409, 413, 415, 422})


class Poster:
    """Posts reports to `base_url`, each until it is kept or refused for good."""

    def __init__(self, base_url: str, headers: Mapping[str, str] | None = None) -> None:
        self._url = f"{base_url.rstrip('/')}/api/v1/sightings"
        self._headers = {"X-Seat": SEAT, **(headers or {})}
        self._session: aiohttp.ClientSession | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self.reported: list[str] = []
        self.refused: dict[str, str] = {}

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_exc: object) -> None:
        await self.stop()

    async def start(self) -> None:
        self._session = aiohttp.ClientSession(
            headers=self._headers, timeout=aiohttp.ClientTimeout(total=TIMEOUT_S), trust_env=False
        )

    async def stop(self) -> None:
        """What is not kept by now is given up."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._session is not None:
            await self._session.close()

    def send(self, body: dict[str, Any]) -> None:
        """Report `body`, which names its id; returns at once."""
        task = asyncio.get_running_loop().create_task(self._report(body["id"], body))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def give_up(self) -> None:
        """What is not kept yet will not be."""
        for task in self._tasks:
            task.cancel()

    async def _report(self, report_id: str, body: dict[str, Any]) -> None:
        wait_s = FIRST_RETRY_S
        while True:
            status, text = await self._post(body)
            if 200 <= status < 300:
                self.reported.append(report_id)
                return
            if status in _WRONG_REPORTS:
                self.refused[report_id] = f"{status} {text}"
                return
            await asyncio.sleep(wait_s)
            wait_s = min(2 * wait_s, LONGEST_RETRY_S)

    async def _post(self, body: dict[str, Any]) -> tuple[int, str]:
        if self._session is None:
            return 0, "not started"
        try:
            async with self._session.post(self._url, json=body) as response:
                return response.status, await response.text()
        except (aiohttp.ClientError, TimeoutError) as error:
            return 0, str(error)


class CameraReporter:
    """Looks through every flying vehicle's camera and posts what it sees to `base_url`.

    `network` is the name under which ground control knows the vehicles (`network-sysid`).
    """

    def __init__(
        self,
        fleet: SimFleet,
        scene: Scene,
        base_url: str,
        *,
        network: str = "main",
        camera: CameraSpec | None = None,
        seed: int = 0,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self._fleet = fleet
        self._detector = Detector(scene, camera, seed)
        self._poster = Poster(base_url, headers)
        self._network = network
        self._looking: asyncio.Task[None] | None = None

    @property
    def reported(self) -> list[str]:
        """Ids of reports that were kept."""
        return self._poster.reported

    @property
    def refused(self) -> dict[str, str]:
        """Why reports were refused for good, by their ids."""
        return self._poster.refused

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_exc: object) -> None:
        await self.stop()

    async def start(self) -> None:
        await self._poster.start()
        self._looking = asyncio.get_running_loop().create_task(self._look())

    async def stop(self) -> None:
        if self._looking is not None:
            self._looking.cancel()
            await asyncio.gather(self._looking, return_exceptions=True)
        await self._poster.stop()

    async def _look(self) -> None:
        while True:
            for pose in self._fleet.poses():
                if not pose.flying:
                    continue
                view = View(pose.lat_deg, pose.lon_deg, pose.alt_rel_m, pose.heading_deg)
                for detection in self._detector.look(view):
                    self._poster.send(self._body(detection, pose))
            await asyncio.sleep(LOOK_EVERY_S)

    def _body(self, detection: Detection, pose: Pose) -> dict[str, Any]:
        return {
            "id": detection.id,
            "klass": detection.anomaly.klass,
            "lat": round(detection.lat_deg, 7),
            "lon": round(detection.lon_deg, 7),
            "ce90_m": detection.ce90_m,
            "seen_at": datetime.now(UTC).isoformat(),
            "note": detection.anomaly.note,
            "source": {
                "kind": "camera",
                "name": SEAT,
                "vehicle": f"{self._network}-{pose.sysid}",
                "detector": "simulated",
                "confidence": detection.confidence,
            },
            "simulated": True,
        }
