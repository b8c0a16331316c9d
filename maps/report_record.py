"""The report's sections that say what happened: sightings with their history, commands, events."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from gcs.dispatch.model import Unit
from gcs.events import Event
from gcs.operations.model import Operation
from gcs.sightings.model import Sighting, SightingStatus
from maps.report_html import Child, Html, badge, both, el, html, said, section, table, together
from maps.report_texts import command_word, event_word, full_moment, lasted, moment, seat, tone, word

PRIORITIES = {1: ("紧急", "urgent"), 2: ("高", "high"), 3: ("一般", "normal"), 4: ("低", "low")}
HOUSEKEEPING = frozenset({"SET_MESSAGE_INTERVAL", "REQUEST_MESSAGE", "GET_HOME_POSITION", "DO_SEND_BANNER"})
"""What ground control asks by itself so as to hear a vehicle; counted, not listed."""
_ANSWERS = frozenset({"command.acked", "command.refused", "command.timeout"})
_MISSION_ENDS = frozenset({"mission.verified", "mission.unknown"})
_LEFT_OUT = ("command.", "mission.", "sighting.", "unit.", "operation.", "vehicle.item_reached", "vehicle.identified")
ClassNames = Mapping[str, tuple[str, str]]
"""Class id to its name in Chinese and English."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A command as sent and as answered; `answered` None = nothing was heard of it."""

    sent: Event
    answered: Event | None


def concerning(operation: Operation, sightings: Iterable[Sighting], events: Iterable[Event]) -> list[Event]:
    """Events of the operation, of its vehicles while it lasted, and of its sightings, in their order."""
    wanted = {sighting.id for sighting in sightings}
    begin, end = operation.created_at, operation.closed_at
    return [
        e
        for e in events
        if e.operation == operation.id
        or (e.sighting is not None and e.sighting in wanted)
        or (e.operation is None and e.vehicle in operation.vehicles and begin <= e.at and (end is None or e.at <= end))
    ]


def sightings_section(sightings: Sequence[Sighting], units: Mapping[str, Unit], names: ClassNames) -> Html:
    title = both("线索", "Sightings")
    if not sightings:
        return section(title, el("p", both("没有线索。", "Nothing was reported.")))
    return section(title, *(_sighting(n, s, units, names) for n, s in enumerate(sightings, 1)))


def commands_section(events: Sequence[Event]) -> Html:
    """Every command to a vehicle, by whom, and what became of it."""
    answers = paired(events)
    shown = [a for a in answers if a.sent.data.get("command") not in HOUSEKEEPING]
    quiet = len(answers) - len(shown)
    heads = (
        both("时间 UTC", "time UTC"),
        both("席位", "seat"),
        both("无人机", "vehicle"),
        both("指令", "command"),
        both("结果", "result"),
        both("次数", "attempts"),
        both("用时", "took"),
    )
    note = both(
        f"另有 {quiet} 次由地面控制自动发出的询问（消息频率、身份、返航点），未列出。",
        f"{quiet} more requests that ground control made by itself (message rates, identity, home) are not listed.",
    )
    return section(
        both("指令与结果", "Commands and their results"),
        table(heads, map(_command, shown)) if shown else el("p", both("没有指令。", "No commands were sent.")),
        el("p", note, class_="dim") if quiet else Html(""),
    )


def paired(events: Sequence[Event]) -> list[Answer]:
    """Each command and each mission transfer with its answer, in the order of sending.

    What ground control itself refused was never sent: it is its own answer.
    """
    rows: list[Answer] = []
    waiting: dict[tuple[str | None, str], int] = {}
    for event in events:
        key = (event.vehicle, str(event.data.get("command", "mission")))
        if event.kind in ("command.sent", "mission.upload_started"):
            waiting[key] = len(rows)
            rows.append(Answer(event, None))
        elif event.kind in _ANSWERS | _MISSION_ENDS | {"mission.refused"}:
            place = waiting.pop(key, None) if event.kind != "mission.refused" and "by" not in event.data else None
            if place is None:
                rows.append(Answer(event, event))
            else:
                rows[place] = Answer(rows[place].sent, event)
    return rows


def happened_section(events: Sequence[Event]) -> Html:
    """Sorties and vehicles in the order of time."""
    shown = [e for e in events if not e.kind.startswith(_LEFT_OUT) and not _chatter(e)]
    heads = (both("时间 UTC", "time UTC"), both("无人机", "vehicle"), both("事件", "event"), both("内容", "details"))
    title = both("经过", "What happened")
    return section(title, table(heads, ((moment(e.at), e.vehicle, event_word(e.kind), _details(e)) for e in shown)))


def _sighting(number: int, sighting: Sighting, units: Mapping[str, Unit], names: ClassNames) -> Html:
    name = both(*names[sighting.klass]) if sighting.klass in names else html(sighting.klass)
    heading = el("h3", f"{number}. ", name, " ", badge(word(sighting.status), tone(sighting.status)))
    facts = ((el("dt", label), el("dd", value)) for label, value in _facts(sighting, units))
    heads = (
        both("时间 UTC", "time UTC"),
        both("步骤", "step"),
        both("由", "by"),
        both("单元", "unit"),
        both("状态", "status"),
        both("备注", "note"),
    )
    steps = (
        (moment(s.at), word(s.action), seat(s.actor), _unit(s.unit, units), word(s.status), s.note)
        for s in sighting.history
    )
    body = together(part for pair in facts for part in pair)
    return el("article", heading, el("dl", body), table(heads, steps), class_=f"p{sighting.priority}")


def _facts(sighting: Sighting, units: Mapping[str, Unit]) -> list[tuple[Html, Child]]:
    place, source = sighting.place, sighting.source
    circle = "" if place.ce90_m is None else f" ± {place.ce90_m:.0f} m"
    sure = None if source.confidence is None else f"{source.confidence:.0%}"
    origin = [html(part) for part in (source.name, source.vehicle, source.detector, source.frame, sure) if part]
    zh, en = PRIORITIES.get(sighting.priority, (str(sighting.priority),) * 2)
    return [
        (both("位置", "place"), f"{place.lat_deg:.6f}, {place.lon_deg:.6f}{circle}"),
        (both("发现时间", "seen"), full_moment(sighting.seen_at)),
        (both("来源", "source"), Html(" · ".join([word(source.kind), *origin]))),
        (both("优先级", "priority"), both(zh, en)),
        (both("单元", "unit"), _unit(sighting.unit, units)),
        (both("处置结果", "outcome"), sighting.outcome),
        (both("接单用时", "time to accept"), _reached(sighting, SightingStatus.ACCEPTED)),
        (both("到场用时", "time to arrive"), _reached(sighting, SightingStatus.ON_SCENE)),
        (both("办结用时", "time to resolve"), _reached(sighting, SightingStatus.RESOLVED)),
        (both("说明", "note"), sighting.note),
    ]


def _reached(sighting: Sighting, status: SightingStatus) -> str | None:
    """From its receipt to the last time it got there; None when it never did."""
    at: list[datetime] = [step.at for step in sighting.history if step.status is status]
    return lasted(sighting.received_at, at[-1]) if at else None


def _unit(unit: str | None, units: Mapping[str, Unit]) -> str | None:
    if unit is None or unit not in units or units[unit].name in ("", unit):
        return unit
    return f"{units[unit].name} ({unit})"


def _command(answer: Answer) -> tuple[Child, ...]:
    sent, end = answer.sent, answer.answered
    params = sent.data.get("params")
    named = "command" in sent.data
    what = command_word(str(sent.data["command"]), params if isinstance(params, list) else ()) if named else None
    return (
        moment(sent.at),
        seat(sent.actor),
        sent.vehicle,
        what or event_word(sent.kind),
        _result(end),
        None if end is None else end.data.get("attempts"),
        None if end is None or end is sent else f"{(end.at - sent.at).total_seconds():.1f} s",
    )


def _result(end: Event | None) -> Html:
    if end is None:
        return badge(both("没有下文", "nothing heard"), "warn")
    said = ": ".join(str(end.data[key]) for key in ("result", "detail", "reason") if end.data.get(key))
    if end.kind in ("command.acked", "mission.verified"):
        return badge(html(end.data.get("result")) if "result" in end.data else event_word(end.kind), "good")
    label = both("没有回答", "no answer") if end.kind == "command.timeout" else both("未执行", "not done")
    return together((badge(label, "bad"), " ", said)) if said else badge(label, "bad")


def _chatter(event: Event) -> bool:
    """Status texts that are neither warnings nor errors."""
    severity = event.data.get("severity")
    return event.kind == "vehicle.text" and isinstance(severity, int) and severity > 4


def _details(event: Event) -> Html:
    """Sorties are counted from 1, and the drone is the vehicle beside it."""
    number = event.data.get("sortie")
    if not event.kind.startswith("sortie.") or not isinstance(number, int):
        return said(event.data)
    red = event.data.get("red")
    missing = ", ".join(map(str, red)) if isinstance(red, list) else ""
    rest = said(event.data, without=("sortie", "drone", "red"))
    return together((both(f"第 {number + 1} 架次", f"sortie {number + 1}"), " ", rest, " ", missing or Html("")))
