"""A drill's log in words, for the debrief's list of what happened."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from gcs.fleet.modes import COPTER_MODES
from gcs.sightings.catalogue import Catalogue
from maps.debrief_scene import Happening
from maps.report_texts import COMMANDS, WORDS
from simulators.drill import Drill
from simulators.drill.engine import Entry
from simulators.faults import CATALOGUE

Pair = tuple[str, str]
STEPS: Final[Mapping[str, Pair]] = {
    "assign": ("派给", "assigned to"),
    "accept": ("接单", "accepted by"),
    "refuse": ("退回", "refused by"),
    "expire": ("超时未接", "not answered by"),
    "arrive": ("到场", "reached by"),
    "resolve": ("办结", "settled by"),
    "dismiss": ("驳回", "dismissed by"),
}
RESULTS: Final[Mapping[str, Pair]] = {
    "acked": ("已执行", "done"),
    "refused": ("被拒绝", "refused"),
    "timeout": ("无应答", "no answer"),
}
INSTRUCTOR: Final[Mapping[str, Pair]] = {
    "fault": ("设置故障", "sets a fault"),
    "fault_ended": ("解除故障", "ends a fault"),
    "thing": ("放置", "has appear"),
    "paused": ("暂停演练", "holds the drill"),
    "resumed": ("继续演练", "lets the drill go on"),
}


def happenings(drill: Drill, log: Sequence[Entry], classes: Catalogue) -> Iterator[Happening]:
    """What is worth telling, in the order of the log."""
    teller = _Teller({unit.id: unit.name for unit in drill.units}, classes, {})
    for entry in log:
        head, _, step = entry.kind.partition(".")
        tell = _TELLS.get(entry.kind) or _TELLS.get(head)
        words = tell(teller, step, entry.data) if tell is not None else None
        if words is not None:
            yield Happening(entry.at_s, *words)


@dataclass(frozen=True, slots=True)
class _Teller:
    """`units` are names by id; `sightings` classes by id, filled as they are reported."""

    units: Mapping[str, str]
    classes: Catalogue
    sightings: dict[str, str]

    def sighting(self, step: str, data: Mapping[str, Any]) -> Pair | None:
        if step == "report":
            self.sightings[data["sighting"]] = data["klass"]
        zh, en = self._klass(self.sightings.get(data["sighting"], "?"))
        if step == "report":
            return f"上报：{zh}", f"reported: {en}"
        if step not in STEPS:
            return None
        done_zh, done_en = STEPS[step]
        unit = data.get("unit") or ""
        who = self.units.get(unit, unit) or data.get("by") or ""
        who_zh, _, who_en = who.partition(" / ")
        return f"{zh}：{done_zh} {who_zh}", f"{en}: {done_en} {who_en or who_zh}"

    def fault(self, step: str, data: Mapping[str, Any]) -> Pair:
        zh, en = ("故障开始", "fault begins") if step == "on" else ("故障结束", "fault ends")
        kind, (which_zh, which_en) = CATALOGUE[data["name"]], _which(data["vehicle"])
        return f"{zh}：{kind.zh}（{which_zh}）", f"{en}: {kind.en} ({which_en})"

    def operation(self, _step: str, data: Mapping[str, Any]) -> Pair:
        zh, en = WORDS.get(data["status"], (data["status"], data["status"]))
        return f"行动{zh}", f"operation {en}"

    def notice(self, _step: str, data: Mapping[str, Any]) -> Pair:
        return f"{data['vehicle']} 号机喊话", f"notice given from vehicle {data['vehicle']}"

    def alarm(self, _step: str, data: Mapping[str, Any]) -> Pair:
        return f"告警：{data['zh']}", f"alarm: {data['en']}"

    def command(self, _step: str, data: Mapping[str, Any]) -> Pair:
        vehicle, (zh, en) = data["vehicle"], _command(data["command"], data["params"])
        result_zh, result_en = RESULTS[data["result"]]
        return f"指令 {vehicle} {zh}：{result_zh}", f"command {vehicle} {en}: {result_en}"

    def vehicle(self, step: str, data: Mapping[str, Any]) -> Pair:
        number = data["vehicle"]
        if step == "lost":
            return f"{number} 号机的模拟程序已终止", f"vehicle {number}: its simulation has ended"
        name = data["name"]
        return f"{number} 号机不接受参数 {name}", f"vehicle {number} does not take the parameter {name}"

    def rewound(self, _step: str, data: Mapping[str, Any]) -> Pair:
        undone, name = data["undone"], data["name"]
        zh = f"教员从 {data['from_s']:.0f} 秒回退到标记「{name}」，其间 {undone} 条记录不计分"
        en = f"instructor: back from second {data['from_s']:.0f} to bookmark “{name}”; {undone} lines do not count"
        return zh, en

    def instructor(self, step: str, data: Mapping[str, Any]) -> Pair:
        zh, en = INSTRUCTOR.get(step, (step, step))
        name = data.get("name") or data.get("id") or ""
        kind = CATALOGUE.get(name)
        what_zh, what_en = (kind.zh, kind.en) if kind is not None else (name, name)
        if kind is not None:
            which_zh, which_en = _which(data["vehicle"])
            what_zh, what_en = f"{what_zh}（{which_zh}）", f"{what_en} ({which_en})"
        return f"教员{zh} {what_zh}".rstrip(), f"instructor {en} {what_en}".rstrip()

    def bookmark(self, _step: str, data: Mapping[str, Any]) -> Pair:
        return f"标记：{data['name']}", f"bookmark: {data['name']}"

    def _klass(self, name: str) -> Pair:
        klass = self.classes.get(name)
        return (klass.zh, klass.en) if klass is not None else (name, name)


def _command(name: str, params: Sequence[float | None]) -> Pair:
    """A command with what its first parameter says, or with the mode that it asks for."""
    first, second = (*params, None, None)[:2]
    zh, en = COMMANDS.get(name if first is None else f"{name} {first:g}") or COMMANDS.get(name, (name, name))
    if name == "DO_SET_MODE" and second is not None:
        mode = COPTER_MODES.get(int(second), f"{second:g}")
        return f"{zh} {mode}", f"{en} {mode}"
    return zh, en


def _which(vehicle: int) -> Pair:
    return (f"{vehicle} 号机", f"vehicle {vehicle}") if vehicle else ("全部", "all vehicles")


_TELLS: Final[Mapping[str, Callable[[_Teller, str, Mapping[str, Any]], Pair | None]]] = {
    "sighting": _Teller.sighting,
    "fault": _Teller.fault,
    "operation": _Teller.operation,
    "notice": _Teller.notice,
    "alarm": _Teller.alarm,
    "command": _Teller.command,
    "vehicle": _Teller.vehicle,
    "instructor.rewound": _Teller.rewound,
    "instructor": _Teller.instructor,
    "bookmark": _Teller.bookmark,
}
