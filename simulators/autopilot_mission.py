"""Runs a stored mission item by item, as ArduPilot's mission library does.

A navigation item is started and verified until it is complete; the first DO item behind it is started
together with the next navigation item, further ones while that is flown. Only one MISSION_ITEM_REACHED
can be pending: the last one of a step is what goes out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Protocol

from simulators.autopilot_state import Vehicle
from telemetry.services.mission_item import MissionItem

NONE, NOT_STARTED, ACTIVE, PAUSED, COMPLETE = 1, 2, 3, 4, 5
DO_JUMP = 177
ENDS_WITH_DISARM = frozenset({20, 21, 85})
NAVIGATION = frozenset({16, 17, 18, 19, 20, 21, 22, 30, 31, 82, 84, 85, 92, 93, 94, 213, 42702, 42703})
_SILENT_DO = frozenset({181, 182, 183, 184, 189, 202, 203, 206, 207, 208, 211, 216, 218, 531, 532, 600, 1000, 2000})
"""DO items that the mission library does itself: they never report MISSION_ITEM_REACHED."""
NAMES: Mapping[int, str] = MappingProxyType(
    {
        16: "WP", 17: "LoitUnlim", 18: "LoitTurns", 19: "LoitTime", 20: "RTL", 21: "Land", 22: "Takeoff",
        30: "ContinueAndChangeAlt", 31: "LoitAltitude", 82: "SplineWP", 84: "VTOLTakeoff", 85: "VTOLLand",
        92: "GuidedEnable", 93: "Delay", 94: "PayloadPlace", 112: "CondDelay", 114: "CondDist", 115: "CondYaw",
        177: "Jump", 178: "ChangeSpeed", 179: "SetHome", 181: "SetRelay", 182: "RepeatRelay", 183: "SetServo",
        184: "RepeatServo", 189: "LandStart", 195: "SetROILocation", 197: "SetROINone", 201: "SetROI",
        202: "DigiCamCfg", 203: "DigiCamCtrl", 205: "MountControl", 206: "SetCamTrigDst", 207: "FenceEnable",
        208: "Parachute", 211: "Gripper", 218: "AuxFunction", 222: "GuidedLimits", 2000: "ImageStartCapture",
    }
)  # fmt: skip


class Executor(Protocol):
    """What flies and does the items."""

    def start_item(self, item: MissionItem, following: MissionItem | None) -> None:
        """`following` is the navigation item behind a navigation item, as far as it is certain."""

    def item_complete(self, item: MissionItem) -> bool: ...

    def mission_complete(self) -> None: ...


class NoExecutor:
    """Stands in where a mission is set going outside AUTO: nothing flies."""

    def start_item(self, item: MissionItem, following: MissionItem | None) -> None:
        pass

    def item_complete(self, item: MissionItem) -> bool:  # noqa: ARG002 - it has no executor
        return False

    def mission_complete(self) -> None:
        pass


class MissionRunner:
    """Progress through the items of `items()` (item 0 is home and never flown)."""

    def __init__(self, vehicle: Vehicle, items: Callable[[], list[MissionItem]]) -> None:
        self._vehicle = vehicle
        self._items = items
        self._nav: MissionItem | None = None
        self._do: MissionItem | None = None
        self._do_next = 0
        self._jumps_left: dict[int, int] = {}
        self._running = False
        self._complete = False
        self.paused = False

    @property
    def running(self) -> bool:
        return self._running

    def publish(self) -> None:
        """Bring what telemetry says up to date."""
        view = self._vehicle.mission
        view.total = max(0, len(self._items()) - 1)
        view.seq = self._nav.seq if self._nav else 0
        view.running = self._running
        if view.total == 0:
            view.state = NONE
        elif self._running:
            view.state = PAUSED if self.paused else ACTIVE
        else:
            view.state = COMPLETE if self._complete else NOT_STARTED

    def start_or_resume(self, executor: Executor) -> None:
        """From the start if it never began or is complete, otherwise the current item again."""
        if self._nav is None or self._complete or self._vehicle.params["MIS_RESTART"]:
            self.restart(executor)
        else:
            self._running = True
            self._begin(self._nav.seq, executor)

    def restart(self, executor: Executor) -> None:
        self._jumps_left = {}
        self._running, self._complete = True, False
        self._begin(1, executor)

    def stop(self) -> None:
        self._running = False
        self.paused = False

    def disarmed(self) -> None:
        """Whatever was flown, the next start is from the beginning; what was complete stays told as complete."""
        self._nav = self._do = None
        self._do_next, self._jumps_left = 0, {}
        self.stop()

    def set_current(self, seq: int, executor: Executor) -> bool:
        """Go to an item; False where there is none. 0 is the start. A mission that does not run waits there."""
        items = self._items()
        if not 0 <= seq < len(items) or len(items) < 2:
            return False
        self._complete = False
        if self._running:
            self._begin(max(1, seq), executor)
        else:
            self._nav = self._first_navigation(max(1, seq)) or self._nav
        return True

    def replaced(self, executor: Executor) -> None:
        """The stored items changed under way: the active item is started again."""
        if self._nav is not None and self._nav.seq < len(self._items()):
            self._begin(self._nav.seq, executor)
            self._vehicle.say(2, "Auto mission changed, restarted command")

    def cleared(self) -> None:
        """No items are left; a running one is flown to its end."""
        if not self._running:
            self._nav = self._do = None
            self._complete = False

    def ended_by_disarm(self, executor: Executor) -> None:
        """The vehicle landed and disarmed: a return or landing item is complete."""
        if self._running and self._nav is not None and self._nav.command in ENDS_WITH_DISARM:
            self._vehicle.reached = self._nav.seq
            self._begin(self._nav.seq + 1, executor)

    def step(self, executor: Executor) -> None:
        if not self._running or self._nav is None:
            return
        if executor.item_complete(self._nav):
            done = self._nav
            self._vehicle.reached = done.seq
            self._begin(done.seq + 1, executor)
        self._do_items(executor)

    def _first_navigation(self, seq: int) -> MissionItem | None:
        return next((item for item in self._items()[seq:] if item.command in NAVIGATION), None)

    def _begin(self, seq: int, executor: Executor) -> None:
        """Start the navigation item at or after `seq`; the first DO item on the way there starts too."""
        self._do, self._do_next = None, 0
        item = self._resolve(seq)
        for _ in range(len(self._items())):
            if item is None or item.command in NAVIGATION:
                break
            if not self._do_next:
                self._start_do(item, executor)
            item = self._resolve(item.seq + 1)
        if item is None or item.command not in NAVIGATION:
            self._nav, self._running, self._complete = None, False, True
            executor.mission_complete()
            return
        self._nav = item
        self._vehicle.say(6, f"Mission: {item.seq} {NAMES.get(item.command, item.command)}")
        executor.start_item(item, self.following(item))

    def _resolve(self, index: int) -> MissionItem | None:
        """The item at `index`, following jumps; None behind the end."""
        items = self._items()
        for _ in range(100):
            if index >= len(items):
                return None
            item = items[index]
            if item.command != DO_JUMP:
                return item
            index = self._jump(item)
        return None

    def _jump(self, item: MissionItem) -> int:
        total = int(item.param2)
        left = self._jumps_left.setdefault(item.seq, total)
        if left == 0:
            return item.seq + 1
        if left > 0:
            self._jumps_left[item.seq] = left - 1
            self._vehicle.say(6, f"Mission: {item.seq} Jump {total - left + 1}/{total}")
        return int(item.param1)

    def following(self, item: MissionItem) -> MissionItem | None:
        """The navigation item that will come behind this one; jumps are looked through, not counted."""
        items, index = self._items(), item.seq + 1
        for _ in range(100):
            if index >= len(items):
                return None
            other = items[index]
            if other.command in NAVIGATION:
                return other
            index += 1
            if other.command == DO_JUMP and self._jumps_left.get(other.seq, int(other.param2)) != 0:
                index = int(other.param1)
        return None

    def _do_items(self, executor: Executor) -> None:
        if self._do is not None:
            if not executor.item_complete(self._do):
                return
            if self._do.command not in _SILENT_DO:
                self._vehicle.reached = self._do.seq
            self._do = None
        if not self._do_next:
            return
        items = self._items()
        item = items[self._do_next] if self._do_next < len(items) else None
        if item is None or item.command in NAVIGATION or item.command == DO_JUMP:
            self._do_next = 0
        else:
            self._start_do(item, executor)

    def _start_do(self, item: MissionItem, executor: Executor) -> None:
        self._do = item
        self._do_next = item.seq + 1
        self._vehicle.say(6, f"Mission: {item.seq} {NAMES.get(item.command, item.command)}")
        executor.start_item(item, None)
