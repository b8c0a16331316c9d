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
| `home_s` | longest time that a vehicle was in the air with a fault to come home for | at most |

Short of the target, points fall in proportion. A step that has not come counts with the time that it was waited
for. What cannot be said because nothing happened gets no points, except where nothing was to happen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from missions.drill_score import Reason, Score, ScoreLine
from simulators.drill.engine import Entry
from simulators.drill.flight_measures import FlightMeasures, measure_flight
from simulators.drill.measures import Found, Measures, measure, percentile
from simulators.drill.model import Drill, Objective
from simulators.faults import CATALOGUE
from simulators.world import World

AT_LEAST = frozenset({"find", "cover", "battery", "notices"})
P50, P90 = 0.5, 0.9
MOST_REASONS = 12
STEEPEST = 2.0
"""Where nothing is allowed, two of it cost all points."""
WHOLE = 0.99
RESULTS = {"refused": "被拒绝", "timeout": "无应答"}
RULES = {
    "height": ("超高", "too high"),
    "low": ("过低", "too low"),
    "outside": ("飞出任务区", "outside the area"),
    "no_fly": ("进入禁飞区", "in a no-fly zone"),
}


Words = Mapping[str, tuple[str, str]]
"""What something is called in Chinese and English, by its id."""


def score(drill: Drill, world: World, log: Sequence[Entry], classes: Words = MappingProxyType({})) -> Score:
    """The score of what the log tells so far; `world` is the drill's with what an instructor added, `classes` what
    classes of sightings are called."""
    seen, flown = measure(drill, world, log), measure_flight(drill, world, log)
    facts = _Facts(drill, seen, flown, max((entry.at_s for entry in log), default=0.0), classes)
    lines = tuple(_line(objective, facts) for objective in drill.objectives)
    points, of = sum(line.points for line in lines), sum(line.of for line in lines)
    return Score(points=round(points, 1), of=round(of, 1), passed=points >= drill.limits.passes * of, lines=lines)


@dataclass(frozen=True, slots=True)
class _Facts:
    """`end_s` is when the log ends."""

    drill: Drill
    seen: Measures
    flown: FlightMeasures
    end_s: float
    classes: Words

    @property
    def found(self) -> Sequence[Found]:
        return tuple(self.seen.found.values())


def _line(objective: Objective, facts: _Facts) -> ScoreLine:
    kind = objective.kind
    value, reasons, detail = _VALUES[kind](facts)
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


def _find(facts: _Facts) -> _Value:
    found, missed = facts.found, facts.seen.missed
    reasons = [_missed_reason(one) for one in missed]
    waits = {one.thing: one.reported_s - one.appeared_s for one in found if one.reported_s is not None}
    for one in sorted((one for one in found if one.thing in waits), key=lambda one: -waits[one.thing]):
        after_s = waits[one.thing]
        zh, en = f"{one.zh}：出现 {after_s:.0f} 秒后上报", f"{one.en}: reported {after_s:.0f} s after it appeared"
        reasons.append(Reason(at_s=one.reported_s, zh=zh, en=en))
    share = 1.0 - len(missed) / len(found) if found else 1.0
    detail = {"there": float(len(found)), "missed": float(len(missed)), "p90_s": percentile([*waits.values()], P90)}
    return share, reasons, detail


def _missed_reason(one: Found) -> Reason:
    if one.seen_s is not None:
        zh, en = "相机看到过，未上报", "a camera saw it, nobody reported it"
    elif one.in_view_s is not None:
        zh, en = "进入过画面，未被识别", "it was in the picture and not noticed"
    else:
        zh, en = "未进入任何画面", "never in a picture"
    at_s = one.in_view_s if one.in_view_s is not None else one.appeared_s
    return Reason(at_s=at_s, zh=f"漏报：{one.zh}（{zh}）", en=f"missed: {one.en} ({en})")


def _times(start: str, end: str, zh: str, en: str) -> Callable[[_Facts], _Value]:
    """From one step to another. What has not come to the second counts with the time that it has waited."""

    def value(facts: _Facts) -> _Value:
        spans: list[tuple[float, bool, Found]] = []
        for one in facts.found:
            began, ended = getattr(one, start), getattr(one, end)
            if began is not None:
                spans.append((max(0.0, (facts.end_s if ended is None else ended) - began), ended is None, one))
        spans.sort(key=lambda span: -span[0])
        reasons = [_time_reason(one, getattr(one, end), span_s, (zh, en)) for span_s, _, one in spans]
        waits = [span_s for span_s, _, _ in spans]
        still = float(sum(is_open for _, is_open, _ in spans))
        detail = {"p50_s": percentile(waits, P50), "p90_s": percentile(waits, P90), "open": still}
        return detail["p90_s"] if facts.found else 0.0, reasons, detail

    return value


def _time_reason(one: Found, at_s: float | None, span_s: float, word: tuple[str, str]) -> Reason:
    zh, en = word
    if at_s is None:
        return Reason(
            zh=f"{one.zh}：等了 {span_s:.0f} 秒仍未{zh}", en=f"{one.en}: never {en}, it had waited for {span_s:.0f} s"
        )
    return Reason(at_s=at_s, zh=f"{one.zh}：{span_s:.0f} 秒后{zh}", en=f"{one.en}: {en} after {span_s:.0f} s")


def _places(facts: _Facts) -> _Value:
    places = sorted(facts.seen.places, key=lambda place: -place.metres)
    metres = [place.metres for place in places]
    reasons = [
        Reason(at_s=one.at_s, zh=f"{one.zh}：偏差 {one.metres:.1f} 米", en=f"{one.en}: off by {one.metres:.1f} m")
        for one in places
    ]
    detail = {"p50_m": percentile(metres, P50), "p90_m": percentile(metres, P90), "reports": float(len(places))}
    return detail["p90_m"] if facts.found else 0.0, reasons, detail


def _false(facts: _Facts) -> _Value:
    false = facts.seen.false
    sent = [one for one in false.values() if one.sent_out]
    reasons = []
    for one in sent:
        zh, en = (one.zh, one.en) if one.zh else facts.classes.get(one.klass, (one.klass, one.klass))
        reasons.append(Reason(at_s=one.at_s, zh=f"误报「{zh}」已派警", en=f"false “{en}”: somebody was sent out"))
    dismissed = float(sum(one.dismissed for one in false.values()))
    return float(len(sent)), reasons, {"raised": float(len(false)), "dismissed": dismissed}


def _notices(facts: _Facts) -> _Value:
    places = facts.drill.notices
    left = [place for place in places if place.id not in facts.seen.notices]
    reasons = [Reason(zh=f"未喊话：{place.zh}", en=f"no notice given: {place.en}") for place in left]
    share = 1.0 - len(left) / len(places) if places else 1.0
    return share, reasons, {"places": float(len(places))}


def _cover(facts: _Facts) -> _Value:
    covered = facts.flown.covered
    if covered is None or covered > WHOLE:
        return covered, [], {}
    left = 1.0 - covered
    return covered, [Reason(zh=f"任务区有 {left:.0%} 未飞到", en=f"{left:.0%} of the area was not flown over")], {}


def _separation(facts: _Facts) -> _Value:
    flown = facts.flown
    reasons = [
        Reason(
            at_s=near.at_s,
            zh=f"{near.one} 与 {near.other} 仅距 {near.metres:g} 米",
            en=f"{near.one} and {near.other} only {near.metres:g} m apart",
        )
        for near in flown.too_close
    ]
    return float(len(reasons)) if flown.lowest_pct else None, reasons, {"closest_m": flown.closest_m}


def _rules(facts: _Facts) -> _Value:
    reasons = []
    for one in facts.flown.breaches:
        zh, en = RULES[one.rule]
        reasons.append(Reason(at_s=one.at_s, zh=f"{one.vehicle} 号机{zh}", en=f"vehicle {one.vehicle} {en}"))
    return float(len(reasons)) if facts.flown.lowest_pct else None, reasons, {}


def _battery(facts: _Facts) -> _Value:
    lowest = sorted(facts.flown.lowest_pct.items(), key=lambda item: item[1])
    reasons = [Reason(zh=f"{v} 号机最低 {p:.0f}%", en=f"vehicle {v}: lowest {p:.0f} %") for v, p in lowest]
    return lowest[0][1] if lowest else None, reasons, {str(vehicle): pct for vehicle, pct in sorted(lowest)}


def _commands(facts: _Facts) -> _Value:
    seen = facts.seen
    reasons = [
        Reason(
            at_s=e.at_s,
            zh=f"{e.vehicle} {e.command}：{RESULTS.get(e.result, e.result)}",
            en=f"{e.vehicle} {e.command}: {e.result}",
        )
        for e in seen.commands
    ]
    return float(len(reasons)) if seen.commanded else None, reasons, {"given": float(seen.commanded)}


def _home(facts: _Facts) -> _Value:
    aloft = facts.flown.aloft
    if aloft is None:
        return None, [], {}
    stayed = sorted(aloft, key=lambda one: -one.seconds)
    reasons = []
    for one in stayed:
        kind = CATALOGUE[one.fault]
        zh = f"{one.vehicle} 号机出现「{kind.zh}」后仍在空中 {one.seconds:.0f} 秒"
        en = f"vehicle {one.vehicle}: {one.seconds:.0f} s in the air with “{kind.en}”"
        reasons.append(Reason(at_s=one.at_s, zh=zh, en=en))
    return stayed[0].seconds if stayed else 0.0, reasons, {}


_VALUES: Mapping[str, Callable[[_Facts], _Value]] = {
    "find": _find,
    "report_s": _times("seen_s", "reported_s", "上报", "reported"),
    "accept_s": _times("reported_s", "accepted_s", "接单", "accepted"),
    "arrive_s": _times("accepted_s", "arrived_s", "到场", "reached"),
    "place_m": _places,
    "false_alarms": _false,
    "cover": _cover,
    "separation": _separation,
    "rules": _rules,
    "commands": _commands,
    "battery": _battery,
    "notices": _notices,
    "home_s": _home,
}
