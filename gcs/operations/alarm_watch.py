"""Looks at the situation once a second and tells what has come up and what is over."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable

from gcs.alarms import Alarm, AlarmBoard, Situation, found
from gcs.events import Event

EVERY_S = 1.0
ACTOR = "system"


class AlarmWatch:
    """`look` gives the situation now; `changed` gets the ids of alarms raised or over, `publish` the events."""

    def __init__(
        self,
        board: AlarmBoard,
        look: Callable[[], Situation],
        publish: Callable[[Event], None],
        changed: Callable[[str], None],
    ) -> None:
        self._board = board
        self._look = look
        self._publish = publish
        self._changed = changed
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self._task = asyncio.get_running_loop().create_task(self._run(), name="alarm watch")

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None

    async def _run(self) -> None:
        while True:
            await self.look_once()
            await asyncio.sleep(EVERY_S)

    async def look_once(self) -> None:
        """Nobody waits for more than a part of the fleet to be looked at."""
        situation, alarms = self._look(), list[Alarm]()
        for part in found(situation):
            alarms += part
            await asyncio.sleep(0)
        standing = dict(self._board.alarms)
        changes = self._board.update(situation, alarms)
        self._tell("alarm.raised", changes.raised, situation)
        self._tell("alarm.cleared", (standing[alarm_id] for alarm_id in changes.cleared), situation)

    def _tell(self, kind: str, alarms: Iterable[Alarm], situation: Situation) -> None:
        for alarm in alarms:
            self._changed(alarm.id)
            data = {"alarm": alarm.id, "severity": str(alarm.severity), "text": alarm.text}
            self._publish(Event(kind=kind, at=situation.utc, actor=ACTOR, vehicle=alarm.vehicle, data=data))
