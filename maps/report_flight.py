"""The report's sections about the flight: who answered for it, what was checked, sorties, coverage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from itertools import pairwise

from gcs.events import Event
from gcs.operations.corridor import distance_m
from gcs.operations.model import Check, CheckLevel, Operation, SortieState, SortieStatus
from gcs.operations.tracks import DEFAULT_TRACK, TrackPoint
from gcs.sightings.model import Sighting, SightingStatus
from maps.report_html import Child, Html, badge, both, el, html, said, section, table, together
from maps.report_map import colour_class, flown_lines
from maps.report_texts import clock, event_word, full_moment, lasted, moment, percent, seat, tone, word
from missions.plan import Plan, Sortie

_SHOWN_ELSEWHERE = frozenset({"plan", "name", "purpose", "report"})
_LEVELS = (CheckLevel.RED, CheckLevel.YELLOW)


def figures(operation: Operation, sightings: Sequence[Sighting], tracks: Mapping[str, Sequence[TrackPoint]]) -> Html:
    """What a reader wants to know first."""
    flown = sum(s.status is SortieStatus.FLOWN for s in operation.sorties)
    resolved = sum(s.status is SightingStatus.RESOLVED for s in sightings)
    length_km = sum(map(length_m, tracks.values())) / 1000
    shown: tuple[tuple[Child, Html], ...] = (
        (percent(operation.covered_fraction), both("实飞覆盖", "covered by flown track")),
        (f"{flown} / {len(operation.sorties)}", both("架次飞完", "sorties flown")),
        (f"{resolved} / {len(sightings)}", both("线索办结", "sightings resolved")),
        (lasted(operation.started_at, operation.closed_at), both("时长", "duration")),
        (len(operation.vehicles), both("无人机", "vehicles")),
        (f"{length_km:.1f} km", both("实飞里程", "flown")),
    )
    return el("div", *(el("div", el("strong", value), label) for value, label in shown), class_="figures")


def answered_for(operation: Operation, events: Sequence[Event]) -> Html:
    """Who wanted it, who authorised it with what note, and each step with the seat that took it."""
    facts: tuple[tuple[Html, Child], ...] = (
        (both("目的", "purpose"), operation.purpose),
        (both("拟定", "drafted by"), _by(operation.created_by, full_moment(operation.created_at))),
        (both("批准", "authorised by"), _by(operation.authorised_by, _authorised_at(events))),
        (both("批准说明", "note of authorisation"), operation.authorise_note),
        (both("开始", "started"), full_moment(operation.started_at)),
        (both("结束", "ended"), full_moment(operation.closed_at)),
        (both("备注", "remark"), operation.reason),
    )
    kept = ((name, value) for name, value in facts if value)
    steps = [e for e in events if e.kind.startswith("operation.")]
    rows = ((moment(e.at), event_word(e.kind), seat(e.actor), said(e.data, without=_SHOWN_ELSEWHERE)) for e in steps)
    heads = (both("时间 UTC", "time UTC"), both("步骤", "step"), both("席位", "seat"), both("内容", "said"))
    return section(
        both("目的与责任", "Purpose and responsibility"),
        el("dl", *(together((el("dt", name), el("dd", value))) for name, value in kept)),
        table(heads, rows),
    )


def checks(operation: Operation) -> Html:
    """The findings of the last check before flight, the bad ones first."""
    title = both("飞行前检查", "Checks before flight")
    if not operation.checks:
        return section(title, el("p", both("没有检查记录。", "There is no record of a check.")))
    order = sorted(operation.checks, key=lambda c: (*_LEVELS, CheckLevel.GREEN).index(c.level))
    bad = [(badge(word(c.level), tone(c.level)), c.vehicle, finding(c)) for c in order if c.level in _LEVELS]
    good: dict[str | None, list[Html]] = {}
    for check in order:
        if check.level is CheckLevel.GREEN:
            good.setdefault(check.vehicle, []).append(finding(check))
    rows = [*bad, *((badge(word("green"), "good"), vehicle, _listed(found)) for vehicle, found in good.items())]
    return section(title, table((both("结论", "level"), both("无人机", "vehicle"), both("发现", "finding")), rows))


def finding(check: Check) -> Html:
    """A finding in words, or its code when it has none."""
    words = check.data.get("text")
    if isinstance(words, Mapping) and "zh" in words and "en" in words:
        return both(str(words["zh"]), str(words["en"]))
    return html(check.code)


def sorties(operation: Operation, plan: Plan) -> Html:
    planned = {(s.drone, s.sortie): s for s in plan.sorties}
    heads = (
        both("无人机", "vehicle"),
        both("架次", "sortie"),
        both("状态", "status"),
        both("起飞 UTC", "launched UTC"),
        both("落地 UTC", "landed UTC"),
        both("时长", "duration"),
        both("计划时长", "planned"),
        both("电量 始→末", "battery start → end"),
        both("任务项", "items"),
        both("原因", "reason"),
    )
    rows = (_sortie(s, planned.get((s.drone, s.sortie))) for s in operation.sorties)
    faster = both("演习可能快于真实时间。", "An exercise may run faster than real time.")
    note = el("p", faster, class_="dim") if operation.simulated else Html("")
    return section(both("架次", "Sorties"), table(heads, rows), note)


def coverage(operation: Operation, plan: Plan, tracks: Mapping[str, Sequence[TrackPoint]]) -> Html:
    """The covered fraction together with how it was measured."""
    swath_m = max((s.swath_m for s in plan.sorties), default=0.0)
    points = sum(map(len, tracks.values()))
    lines = sum(len(flown_lines(track)) for track in tracks.values())
    step_m, step_s, gap_m = DEFAULT_TRACK.step_m, DEFAULT_TRACK.interval_s, DEFAULT_TRACK.gap_m
    zh = (
        f"实飞覆盖率是禁飞区以外的区域中、距实飞航迹不超过 {swath_m / 2:g} 米（扫描宽度 {swath_m:g} 米的一半）的部分"
        "所占比例。"
        f"航迹取自无人机自报位置，每 {step_m:g} 米或 {step_s:g} 秒一点；失去信号期间移动超过 {gap_m:g} 米的一段不计入。"
        f"共 {points} 点、{lines} 段。计划覆盖率为 {percent(plan.covered_fraction)}。"
    )
    en = (
        f"The covered share is the part of the area outside no-fly zones that lies within {swath_m / 2:g} m (half the "
        f"swath of {swath_m:g} m) of a flown track. Tracks are the positions that vehicles reported, a point every "
        f"{step_m:g} m or {step_s:g} s; where a silent vehicle moved more than {gap_m:g} m, the ground between is not "
        f"counted. {points} points in {lines} lines. The plan was to cover {percent(plan.covered_fraction)}."
    )
    measured = percent(operation.covered_fraction) or both("未测量", "not measured")
    return section(both("覆盖", "Coverage"), el("p", el("strong", measured)), el("p", both(zh, en)))


def legend(operation: Operation) -> Html:
    """Which colour is which vehicle, and what the other marks are."""
    vehicles = [
        el("span", _key(f"flown {colour_class(drone)}"), vehicle) for drone, vehicle in enumerate(operation.vehicles)
    ]
    marks = (
        el("span", _key("flown"), both("实线：实飞", "solid: flown")),
        el("span", _key("lane"), both("虚线：计划", "dashed: planned")),
        el("span", both("绿色：已看到的地面", "green: ground seen")),
        el("span", both("红色斜纹：禁飞区", "red hatch: no-fly zone")),
        el("span", both("三角：起降点", "triangle: start")),
        el("span", both("数字：线索", "number: sighting")),
    )
    return el("p", *vehicles, *marks, class_="legend")


def length_m(track: Sequence[TrackPoint]) -> float:
    """Length on the ground of what was flown, gaps left out."""
    legs = (leg for line in flown_lines(track) for leg in pairwise(line))
    return sum(distance_m(*a, *b) for a, b in legs)


def _key(kind: str) -> Html:
    return el("svg", el("path", d="M0 5H26", class_=kind), class_="key", viewBox="0 0 26 10", aria_hidden="true")


def _sortie(state: SortieState, planned: Sortie | None) -> tuple[Child, ...]:
    battery = [html(None) if v is None else html(f"{v} %") for v in (state.battery_start_pct, state.battery_end_pct)]
    return (
        together((_key(f"flown {colour_class(state.drone)}"), state.vehicle)),
        state.sortie + 1,
        badge(word(state.status), tone(state.status)),
        moment(state.launched_at),
        moment(state.landed_at),
        lasted(state.launched_at, state.landed_at),
        None if planned is None else clock(timedelta(seconds=planned.duration_s)),
        together((battery[0], " → ", battery[1])),
        f"{state.progress} / {max(state.items - 1, 0)}" if state.items else None,
        state.reason,
    )


def _by(name: str | None, at: str | None) -> str:
    return ", ".join(part for part in (name, at) if part)


def _authorised_at(events: Sequence[Event]) -> str | None:
    at = [e.at for e in events if e.kind == "operation.authorised"]
    return full_moment(at[-1]) if at else None


def _listed(found: Sequence[Html]) -> Html:
    return Html(" · ".join(found))
