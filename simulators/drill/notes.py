"""From what ground control says of itself (`GET /state`, `GET /events`) to notes for a drill's log. Pure.

Each step of a sighting is noted once, at the time that its history has; so is each change of an operation,
each new alarm, each command of a person with its result, and each loudspeaker notice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

Note = tuple[float, str, dict[str, Any]]
"""Seconds of the drill, kind, data."""
RESULTS: Final[Mapping[str, str]] = {
    "command.acked": "acked",
    "command.refused": "refused",
    "command.timeout": "timeout",
}
NOBODY: Final = frozenset({"system", ""})


class Notes:
    """`drill_s` turns unix seconds into seconds of the drill."""

    def __init__(self, drill_s: Callable[[float], float]) -> None:
        self._drill_s = drill_s
        self._steps: dict[str, int] = {}
        self._views: dict[str, tuple[str, ...]] = {}
        self._operations: dict[str, str] = {}
        self._alarms: set[str] = set()
        self._repeats: dict[str, str] = {}
        self._sent: dict[tuple[str, str], list[float]] = {}

    def repeats(self, sighting: str, of: str) -> None:
        """A sighting is another one reported again: its steps are noted as that one's."""
        self._repeats[sighting] = self._repeats.get(of, of)

    def of_state(self, state: Mapping[str, Any]) -> list[Note]:
        """What is new in the state since the last one."""
        now_s = self._at(state["at"])
        notes = [note for sighting in state["sightings"] for note in self._sighting(sighting, now_s)]
        notes += self._changed_operations(state["operations"], now_s)
        for alarm in state["alarms"]:
            if alarm["id"] not in self._alarms:
                data = {name: alarm[name] for name in ("code", "severity", "vehicle")} | alarm["text"]
                notes.append((self._at(alarm["at"]), "alarm", data))
        self._alarms = {alarm["id"] for alarm in state["alarms"]}
        return notes

    def of_events(self, events: Sequence[Mapping[str, Any]]) -> list[Note]:
        """Commands and loudspeaker notices among the events."""
        return [note for event in events for note in (*self._command(event), *self._notice(event))]

    def _notice(self, event: Mapping[str, Any]) -> Iterator[Note]:
        """What was said over a vehicle's loudspeaker, if the vehicle took it."""
        data = event["data"]
        if event["kind"] == "payload.used" and data.get("taken") and data.get("on") and data.get("text"):
            sysid = int(str(event["vehicle"]).rpartition("-")[2])
            yield self._at(event["at"]), "notice", {"vehicle": sysid, "by": event["actor"]}

    def _command(self, event: Mapping[str, Any]) -> Iterator[Note]:
        command = event["data"].get("command", "")
        key = (event["vehicle"], command)
        if event["kind"] == "command.sent":
            self._sent[key] = list(event["data"].get("params", ()))
        elif event["kind"] in RESULTS and event["actor"] not in NOBODY:
            data = {
                "vehicle": event["vehicle"],
                "command": command,
                "params": self._sent.pop(key, []),
                "result": RESULTS[event["kind"]],
                "by": event["actor"],
            }
            yield self._at(event["at"]), "command", data

    def _sighting(self, sighting: Mapping[str, Any], now_s: float) -> Iterator[Note]:
        key, history, place = sighting["id"], sighting["history"], sighting["place"]
        named = self._repeats.get(key, key)
        reports = (key, *(view["id"] for view in sighting.get("views", ()) if view["id"] != key))
        where = {"lat": place["lat_deg"], "lon": place["lon_deg"]}
        for step in history[self._steps.get(key, 0) :]:
            data = {"sighting": named, "unit": step.get("unit"), "by": step.get("actor")}
            if step["action"] == "report":
                if named != key:
                    continue
                data |= {"klass": sighting["klass"], "reports": list(reports), **where}
            yield self._at(step["at"]), f"sighting.{step['action']}", data
        if key in self._steps and reports != self._views[key]:
            yield now_s, "sighting.seen_again", {"sighting": named, "reports": list(reports), **where}
        self._steps[key], self._views[key] = len(history), reports

    def _changed_operations(self, operations: Sequence[Mapping[str, Any]], now_s: float) -> Iterator[Note]:
        for operation in operations:
            if self._operations.get(operation["id"]) != operation["status"]:
                self._operations[operation["id"]] = operation["status"]
                names = ("id", "name", "status", "covered_fraction")
                yield now_s, "operation", {name: operation.get(name) for name in names}

    def _at(self, moment: str) -> float:
        return self._drill_s(datetime.fromisoformat(moment).timestamp())
