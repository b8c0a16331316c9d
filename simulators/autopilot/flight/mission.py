"""Runs a stored mission item by item, as ArduPilot's mission library does.

A navigation item is started and verified until it is complete; the first DO item behind it is started
together with the next navigation item, further ones while that is flown. Only one MISSION_ITEM_REACHED
can be pending: the last one of a step is what goes out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Protocol

from simulators.autopilot.state import Vehicle
from telemetry.services.mission_item import MissionItem

NONE, NOT_STARTED, ACTIVE, PAUSED, COMPLETE = 1, 2, 3, 4, 5
DO_JUMP, FOR_EVER, MOST_PASSED_OVER = 177, -1, 255
JUMPS = frozenset({DO_JUMP, 601})
ENDS_WITH_DISARM = frozenset({20})
NAVIGATION = frozenset({16, 17, 18, 19, 20, 21, 22, 30, 31, 82, 84, 85, 92, 93, 94, 213, 42702, 42703})
TAKE_OFFS, _BEFORE_TAKE_OFF, LOOKED_THROUGH = frozenset({22, 24, 84}), frozenset({93}), 16
_SILENT_DO = frozenset(
    {181, 182, 183, 184, 202, 203, 206, 208, 211, 215, 216, 217, 218, 531, 532, 534, 600, 1000, 2000, 2001, 2500, 2501}
)  # fmt: skip
"""DO items that the mission library does itself: they never report MISSION_ITEM_REACHED."""
_LOITER_TO_ALT, _JUMP_TAG = 31, 600
_NOT_FLOWN = frozenset({30, 83, 213})
"""Navigation items of other vehicles, passed over as soon as they begin."""
_KNOWN_DO = frozenset({112, 114, 115, 178, 179, 188, 189, 195, 197, 201, 205, 207, 222, 42600}) | _SILENT_DO
NAMES: Mapping[int, str] = MappingProxyType(
    {
        16: "WP", 17: "LoitUnlim", 18: "LoitTurns", 19: "LoitTime", 20: "RTL", 21: "Land", 22: "Takeoff",
        30: "ContinueAndChangeAlt", 31: "LoitAltitude", 82: "SplineWP", 83: "AltitudeWait", 84: "VTOLTakeoff",
        85: "VTOLLand", 92: "GuidedEnable", 93: "Delay", 94: "PayloadPlace", 112: "CondDelay", 114: "CondDist",
        115: "CondYaw", 177: "Jump", 178: "ChangeSpeed", 179: "SetHome", 181: "SetRelay", 182: "RepeatRelay",
        183: "SetServo", 184: "RepeatServo", 188: "ReturnPathStart", 189: "LandStart", 191: "Go Around",
        193: "PauseContinue", 194: "SetReverse", 195: "SetROILocation", 197: "SetROINone", 201: "SetROI",
        202: "DigiCamCfg", 203: "DigiCamCtrl", 205: "MountControl", 206: "SetCamTrigDst", 207: "FenceEnable",
        208: "Parachute", 210: "InvertedFlight", 211: "Gripper", 212: "AutoTuneEnable", 213: "SetYawSpd",
        215: "SetRepeatDist", 216: "Sprayer", 217: "Scripting", 218: "AuxFunction", 222: "GuidedLimits",
        223: "EngineControl", 531: "SetCameraZoom", 532: "SetCameraFocus", 534: "SetCameraSource", 600: "Tag",
        601: "JumpToTag", 1000: "GimbalPitchYaw", 2000: "ImageStartCapture", 2001: "ImageStopCapture",
        2500: "VideoStartCapture", 2501: "VideoStopCapture", 3000: "VTOLTransition", 42600: "Winch",
        42702: "NavScriptTime", 42703: "NavAttitudeTime",
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
        self._jumped: dict[int, int] = {}
        self._running = False
        self._complete = False
        self._ended_seq = 0
        self.paused = False

    @property
    def running(self) -> bool:
        return self._running

    def publish(self) -> None:
        """Bring what telemetry says up to date."""
        view = self._vehicle.mission
        view.total = max(0, len(self._items()) - 1)
        view.seq = self._nav.seq if self._nav else self._ended_seq
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
            self._begin(self._do.seq if self._do is not None else self._nav.seq, executor)

    def takes_off_first(self) -> bool:
        """Whether the next navigation item is a take-off; delays before it count for nothing."""
        fresh = self._nav is None or self._vehicle.params["MIS_RESTART"]
        index = 1 if fresh or self._nav is None else self._nav.seq
        for _ in range(LOOKED_THROUGH):
            item = self._next_navigation(index)
            if item is None or item.command not in _BEFORE_TAKE_OFF:
                return item is not None and item.command in TAKE_OFFS
            index += 1
        return False

    def restart(self, executor: Executor) -> None:
        self._jumped = {}
        self._running, self._complete = True, False
        self._begin(1, executor)

    def stop(self) -> None:
        self._running = False
        self.paused = False

    def disarmed(self) -> None:
        """Whatever was flown, it begins anew, in AUTO at once; what was complete stays told as complete."""
        self._nav = self._do = None
        self._do_next, self._ended_seq, self._jumped = 0, 0, {}
        self.paused = False

    def set_current(self, seq: int, executor: Executor) -> bool:
        """Go to an item; False where there is none. 0 is the start. A mission that does not run waits there."""
        items = self._items()
        if not 0 <= seq < len(items) or len(items) < 2:
            return False
        self._complete, self._ended_seq = False, 0
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
            self._complete, self._ended_seq = False, 0

    def ended_by_disarm(self, executor: Executor) -> None:
        """The vehicle landed and disarmed: a return is complete. A landing is not: the mission begins anew from it."""
        if self._running and self._nav is not None and self._nav.command in ENDS_WITH_DISARM:
            self._vehicle.reached = self._nav.seq
            self._begin(self._nav.seq + 1, executor)

    def step(self, executor: Executor) -> None:
        if not self._running:
            return
        if self._nav is None:
            self._begin(1, executor)
            return
        if executor.item_complete(self._nav):
            done = self._nav
            if done.command != _LOITER_TO_ALT:
                self._vehicle.reached = done.seq
            self._begin(done.seq + 1, executor)
        self._do_items(executor)

    def _first_navigation(self, seq: int) -> MissionItem | None:
        return next((item for item in self._items()[seq:] if item.command in NAVIGATION), None)

    def _begin(self, seq: int, executor: Executor) -> None:
        """Start the navigation item at or after `seq`; the first DO item on the way there starts too."""
        self._do, self._do_next = None, 0
        item = self._resolve(seq)
        for _ in range(MOST_PASSED_OVER):
            if item is None or (item.command in NAVIGATION and item.command not in _NOT_FLOWN):
                break
            if item.command in NAVIGATION:
                self._tell(item)
            elif not self._do_next:
                self._start_do(item, executor)
            item = self._resolve(item.seq + 1)
        if item is None or item.command not in NAVIGATION or item.command in _NOT_FLOWN:
            self._ended_seq = self._nav.seq if self._nav is not None else 0
            self._nav, self._running, self._complete = None, False, True
            executor.mission_complete()
            return
        self._nav = item
        self._tell(item)
        executor.start_item(item, self.following(item))

    def _tell(self, item: MissionItem) -> None:
        target = " 0" if item.command == _JUMP_TAG else ""
        self._vehicle.say(6, f"Mission: {item.seq} {NAMES.get(item.command, '?')}{target}")

    def _resolve(self, index: int) -> MissionItem | None:
        """The item at `index`, following jumps; None behind the end."""
        items = self._items()
        for _ in range(100):
            if index >= len(items):
                return None
            item = items[index]
            if item.command not in JUMPS:
                return item
            target = self.target(item)
            if not 0 < target < len(items):
                return None
            index = self._jump(item, target)
        return None

    def target(self, item: MissionItem) -> int:
        """Where a jump leads, by its number or by a tag; 0 = nowhere."""
        if item.command == DO_JUMP:
            return int(item.param1)
        return self.tagged(int(item.param1))

    def tagged(self, tag: int) -> int:
        """The first item that has the tag; 0 where none has."""
        items = self._items()
        return next((n for n in range(1, len(items)) if (items[n].command, items[n].param1) == (_JUMP_TAG, tag)), 0)

    def _jump(self, item: MissionItem, target: int) -> int:
        if not self._jumps(item):
            self._jumped.pop(item.seq, None)  # the loop counts anew when it is come to again
            return item.seq + 1
        times = self._jumped[item.seq] = self._jumped.get(item.seq, 0) + 1
        total = "unlimited" if item.param2 == FOR_EVER else int(item.param2)
        self._vehicle.say(6, f"Mission: {item.seq} Jump {times}/{total}")
        return target

    def _jumps(self, item: MissionItem) -> bool:
        return item.param2 == FOR_EVER or self._jumped.get(item.seq, 0) < item.param2

    def following(self, item: MissionItem) -> MissionItem | None:
        """The navigation item that will come behind this one."""
        return self._next_navigation(item.seq + 1)

    def _next_navigation(self, index: int) -> MissionItem | None:
        """The first navigation item from there; jumps are looked through, not counted."""
        items = self._items()
        for _ in range(100):
            if index >= len(items):
                return None
            other = items[index]
            if other.command in NAVIGATION:
                return other
            index += 1
            if other.command in JUMPS and self._jumps(other):
                index = self.target(other) or len(items)
        return None

    def _do_items(self, executor: Executor) -> None:
        if self._do is not None:
            if not executor.item_complete(self._do):
                return
            if self._do.command not in _KNOWN_DO:
                self._vehicle.say(4, f"Skipping invalid cmd #{self._do.command}")
            if self._do.command not in _SILENT_DO:
                self._vehicle.reached = self._do.seq
            self._do = None
        if not self._do_next:
            return
        items = self._items()
        item = items[self._do_next] if self._do_next < len(items) else None
        if item is None or item.command in NAVIGATION or item.command in JUMPS:
            self._do_next = 0
        else:
            self._start_do(item, executor)

    def _start_do(self, item: MissionItem, executor: Executor) -> None:
        self._do = item
        self._do_next = item.seq + 1
        self._tell(item)
        executor.start_item(item, None)
