"""The after-action report of an operation: one HTML page that needs nothing else, in Chinese and English.

It makes no request and runs no script; its Content-Security-Policy allows nothing but its own style sheet.
The languages are switched by two radio buttons.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Literal

from gcs.dispatch.model import Unit
from gcs.events import Event
from gcs.operations.model import Operation
from gcs.operations.tracks import TrackPoint
from gcs.sightings.model import Sighting
from maps.report_backdrop import land_around
from maps.report_flight import answered_for, checks, coverage, figures, legend, sorties
from maps.report_html import Html, badge, both, el, html, language_radios, page_header, section, together
from maps.report_map import report_map
from maps.report_record import ClassNames, commands_section, concerning, happened_section, sightings_section
from maps.report_style import POLICY, STYLE
from maps.report_texts import full_moment, tone, word
from missions.plan import Plan, Ring

Language = Literal["zh", "en"]
NO_NAMES: ClassNames = MappingProxyType({})


def report_html(  # noqa: PLR0917  the six are what a report is made of
    operation: Operation,
    plan: Plan,
    tracks: Mapping[str, Sequence[TrackPoint]],
    sightings: Iterable[Sighting],
    units: Iterable[Unit],
    events: Iterable[Event],
    *,
    written_at: datetime,
    names: ClassNames = NO_NAMES,
    language: Language = "zh",
    land: Sequence[Ring] | None = None,
) -> str:
    """The page.

    `tracks` by vehicle id; of `sightings` and `events` those that concern the operation are shown, so all of
    them may be given. `names` are the classes of sightings in words, `language` the one shown first, `land`
    the coast as rings for the backdrop (None = the one that ships with the program).
    """
    land = land_around(plan) if land is None else land
    mine = sorted((s for s in sightings if s.operation == operation.id), key=lambda s: (s.seen_at, s.id))
    told = concerning(operation, mine, events)
    flown = {vehicle: tracks.get(vehicle, ()) for vehicle in operation.vehicles}
    known = {unit.id: unit for unit in units}
    drawing = el("div", report_map(plan, operation.vehicles, flown, mine, land), class_="backdrop" if land else "bare")
    main = el(
        "main",
        _header(operation),
        el("h1", operation.name, " ", badge(word(operation.status), tone(operation.status))),
        el("p", operation.purpose, class_="dim"),
        figures(operation, mine, flown),
        section(both("计划与实飞", "Planned and flown"), drawing, legend(operation)),
        coverage(operation, plan, flown),
        answered_for(operation, told),
        checks(operation),
        sorties(operation, plan),
        sightings_section(mine, known, names),
        commands_section(told),
        happened_section(told),
        _footer(operation, plan, written_at, backdrop=bool(land)),
    )
    return _page(operation, main, language)


def _page(operation: Operation, main: Html, language: Language) -> str:
    chosen = {"zh": "zh-CN", "en": "en"}[language]
    body = el("body", language_radios(language), main, class_="drill" if operation.simulated else "real")
    title = html(f"{operation.name} · AeroPatrol 空中精密智控")
    return (
        f'<!DOCTYPE html>\n<html lang="{chosen}"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{html(POLICY)}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="referrer" content="no-referrer">'
        f"<title>{title}</title><style>{STYLE}</style></head>\n{body}</html>\n"
    )


def _header(operation: Operation) -> Html:
    head = page_header(both("空中精密智控 · 行动报告", "AeroPatrol · after-action report"))
    if not operation.simulated:
        return head
    mark = el(
        "b", "EXERCISE 演习 · ", both("全部为模拟机，没有真实飞行", "simulated vehicles only, nothing really flew")
    )
    return together((head, el("div", mark, class_="exercise")))


def _footer(operation: Operation, plan: Plan, written_at: datetime, *, backdrop: bool) -> Html:
    facts = both("时间均为协调世界时 UTC，位置为 WGS-84。", "All times are UTC, positions WGS-84.")
    drawn = (
        both("底图为示意图，非导航用。", "The backdrop is schematic and not for navigation.") if backdrop else Html("")
    )
    written = both(f"报告写于 {full_moment(written_at)}。", f"Written {full_moment(written_at)}.")
    ids = together((both("行动", "operation"), " ", el("code", operation.id)))
    plan_id = together((both("计划", "plan"), " ", el("code", plan.hash)))
    return el(
        "footer", el("p", facts, " ", drawn if backdrop else Html(""), " ", written), el("p", ids, " · ", plan_id)
    )
