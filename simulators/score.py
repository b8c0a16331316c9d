"""The score of a drill: a line for each objective, with its points and the reasons in words. Pure.

| kind | value | full points when |
|---|---|---|
| `find` | share of things to be found that were reported | at least the target |
| `report_s`, `accept_s`, `arrive_s` | 90th percentile of seen→reported, reported→accepted, accepted→there | at most |
| `place_m` | 90th percentile of the distance between a report's place and the truth | at most |
| `false_alarms` | false sightings for which somebody was sent out | at most |
| `cover` | share of the area flown over | at least |
| `separation`, `rules`, `commands` | how often: too close, a rule broken, a command refused or unanswered | at most |
| `battery` | lowest charge of any vehicle in percent | at least |
| `notices` | share of places where the notice was given | at least |

Short of the target, points fall in proportion. What cannot be said because nothing happened gets none,
except where nothing was to happen.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from missions.drill_score import Reason, Score, ScoreLine
from simulators.drill import Drill, Objective
from simulators.drill_engine import Entry
from simulators.flight_measures import FlightMeasures, measure_flight
from simulators.measures import Found, Measures, measure, percentile
from simulators.world import World

AT_LEAST = frozenset({"find", "cover", "battery", "notices"})
P50, P90 = 0.5, 0.9
MOST_REASONS = 12
STEEPEST = 2.0
"""Where nothing is allowed, two of it cost all points."""
RULES = {
    "height": ("超高", "too high"),
    "outside": ("飞出任务区", "outside the area"),
    "no_fly": ("进入禁飞区", "in a no-fly zone"),
}


def score(drill: Drill, world: World, log: Sequence[Entry]) -> Score:
    """The score of what the log tells so far; `world` is the drill's with what an instructor added."""
    seen, flown = measure(drill, world, log), measure_flight(drill, world, log)
    lines = tuple(_line(objective, drill, seen, flown) for objective in drill.objectives)
    points, of = sum(line.points for line in lines), sum(line.of for line in lines)
    return Score(points=round(points, 1), of=round(of, 1), passed=points >= drill.limits.passes * of, lines=lines)


def _line(objective: Objective, drill: Drill, seen: Measures, flown: FlightMeasures) -> ScoreLine:
    kind = objective.kind
    value, reasons, detail = _value(kind, drill, seen, flown)
    share = _share(value, objective.target, at_least=kind in AT_LEAST)
    return ScoreLine(
        kind=kind,
        value=None if value is None else round(value, 3),
        target=objective.target,
        points=round(objective.points * share, 1),
        of=objective.points,
        reasons=tuple(reasons)[:MOST_REASONS],
        detail={name: None if figure is None else round(figure, 2) for name, figure in detail.items()},
    )


def _share(value: float | None, target: float, *, at_least: bool) -> float:
    if value is None:
        return 0.0
    if at_least:
        return 1.0 if value >= target else max(0.0, value / target)
    return 1.0 if value <= target else max(0.0, 1.0 - (value - target) / max(target, STEEPEST))


_Value = tuple[float | None, Iterable[Reason], dict[str, float | None]]


def _value(kind: str, drill: Drill, seen: Measures, flown: FlightMeasures) -> _Value:
    found = list(seen.found.values())
    if kind in _TIMES:
        return _times(found, *_TIMES[kind])
    match kind:
        case "find":
            return _find(found, seen)
        case "place_m":
            return _places(found, seen.errors_m)
        case "false_alarms":
            return _false(seen)
        case "notices":
            return _notices(drill, seen)
    return _flight_value(kind, seen, flown)


_TIMES = {
    "report_s": ("seen_s", "reported_s", ("上报", "reported")),
    "accept_s": ("reported_s", "accepted_s", ("接单", "accepted")),
    "arrive_s": ("accepted_s", "arrived_s", ("到场", "reached")),
}


def _flight_value(kind: str, seen: Measures, flown: FlightMeasures) -> _Value:
    match kind:
        case "cover":
            return flown.covered, [], {}
        case "separation":
            near = [_close_reason(one.at_s, one.one, one.other, one.metres) for one in flown.too_close]
            return float(len(near)), near, {"closest_m": flown.closest_m}
        case "rules":
            broken = [_rule_reason(one.at_s, one.vehicle, one.rule) for one in flown.breaches]
            return float(len(broken)), broken, {}
        case "battery":
            lowest = flown.lowest_pct
            by_vehicle = {str(vehicle): pct for vehicle, pct in sorted(lowest.items())}
            reasons = [
                Reason(zh=f"{v} 号机最低 {p:.0f}%", en=f"vehicle {v}: lowest {p:.0f} %") for v, p in lowest.items()
            ]
            return min(lowest.values(), default=None), reasons, dict(by_vehicle)
    errors = [
        Reason(at_s=e.at_s, zh=f"{e.vehicle} {e.command}：{e.result}", en=f"{e.vehicle} {e.command}: {e.result}")
        for e in seen.commands
    ]
    return float(len(errors)), errors, {}


def _find(found: Sequence[Found], seen: Measures) -> _Value:
    reasons = [
        Reason(
            at_s=one.appeared_s,
            zh=f"漏报：{one.thing}（{'相机看到过' if one.seen_s is not None else '未进入相机视野'}）",
            en=f"missed: {one.thing} ({'a camera saw it' if one.seen_s is not None else 'never in a camera'})",
        )
        for one in seen.missed
    ]
    missed = float(len(seen.missed))
    return (1.0 - missed / len(found)) if found else 1.0, reasons, {"of": float(len(found)), "missed": missed}


def _times(found: Sequence[Found], start: str, end: str, word: tuple[str, str]) -> _Value:
    """Those that began and did not end are reasons, and leave the value unknown when nothing ended."""
    spans: dict[str, float] = {}
    open_ones: list[Found] = []
    for one in found:
        began, ended = getattr(one, start), getattr(one, end)
        if began is not None and ended is not None:
            spans[one.thing] = max(0.0, ended - began)
        elif began is not None:
            open_ones.append(one)
    values = list(spans.values())
    reasons = [Reason(zh=f"{t}：{s:.0f} 秒后{word[0]}", en=f"{t}: {word[1]} after {s:.0f} s") for t, s in spans.items()]
    reasons += [Reason(zh=f"{one.thing}：始终未{word[0]}", en=f"{one.thing}: never {word[1]}") for one in open_ones]
    detail = {"p50_s": percentile(values, P50), "p90_s": percentile(values, P90), "open": float(len(open_ones))}
    return detail["p90_s"] if found else 0.0, reasons, detail


def _places(found: Sequence[Found], errors_m: Sequence[float]) -> _Value:
    detail = {"p50_m": percentile(errors_m, P50), "p90_m": percentile(errors_m, P90)}
    return detail["p90_m"] if found else 0.0, [_place_reason(one) for one in found if one.error_m is not None], detail


def _false(seen: Measures) -> _Value:
    sent = [one for one in seen.false.values() if one.sent_out]
    reasons = [
        Reason(at_s=one.at_s, zh=f"误报 {one.klass} 已派警", en=f"false {one.klass}: somebody was sent out")
        for one in sent
    ]
    dismissed = float(sum(one.dismissed for one in seen.false.values()))
    return float(len(sent)), reasons, {"raised": float(len(seen.false)), "dismissed": dismissed}


def _notices(drill: Drill, seen: Measures) -> _Value:
    left = [place for place in drill.notices if place.id not in seen.notices]
    reasons = [Reason(zh=f"未喊话：{place.zh}", en=f"no notice given: {place.en}") for place in left]
    share = 1.0 - len(left) / len(drill.notices) if drill.notices else 1.0
    return share, reasons, {"of": float(len(drill.notices))}


def _place_reason(one: Found) -> Reason:
    error_m = one.error_m or 0.0
    return Reason(
        at_s=one.reported_s, zh=f"{one.thing}：偏差 {error_m:.1f} 米", en=f"{one.thing}: off by {error_m:.1f} m"
    )


def _close_reason(at_s: float, one: str, other: str, metres: float) -> Reason:
    return Reason(at_s=at_s, zh=f"{one} 与 {other} 仅距 {metres:g} 米", en=f"{one} and {other} only {metres:g} m apart")


def _rule_reason(at_s: float, vehicle: int, rule: str) -> Reason:
    zh, en = RULES[rule]
    return Reason(at_s=at_s, zh=f"{vehicle} 号机{zh}", en=f"vehicle {vehicle} {en}")
