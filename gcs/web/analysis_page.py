"""What the sightings of some days say together, as one page in Chinese and English that prints on A4. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, tzinfo

from gcs.sightings.analysis import Cell, ClassFigures, SiteFigures, Spread, by_class, by_site, heat
from gcs.sightings.model import Sighting
from maps.report_html import Html, both, el, html, language_radios, page_header, table, together
from maps.report_style import STYLE

MOST_CELLS = 20
BUSIEST_HOURS = 3
Names = Mapping[str, tuple[str, str]]


def analysis_page(
    sightings: Sequence[Sighting],
    since: datetime,
    until: datetime,
    local: tzinfo,
    *,
    names: Names,
    places: Names,
    language: str = "zh",
) -> str:
    """The page, `language` first. `names` are the classes and `places` the sites in words; hours and days are local."""
    figures, cells = by_class(sightings, local), heat(sightings, until, local)
    span = f"{since.astimezone(local):%Y-%m-%d} – {until.astimezone(local):%Y-%m-%d}"
    title = both("线索分析", "Sightings together")
    main = el(
        "main",
        page_header(both("空中精密智控 · 研判分析", "AeroPatrol · analysis")),
        el("h1", title),
        el("p", f"{span} · {len(sightings)}"),
        el("h2", both("按类别", "By class")),
        table(_CLASS_HEADS, [_class_row(figure, names) for figure in figures]),
        el("h2", both("按时段", "By hour")),
        table([str(hour) for hour in range(24)], [_hours(figures)]),
        el("h2", both("按地点", "By site")),
        table(_SITE_HEADS, _sites(sightings, by_site(sightings, places, until, local), names, places)),
        el("h2", both("下一步巡逻", "Where to look next")),
        table(_CELL_HEADS, [_cell_row(cell, names) for cell in cells[:MOST_CELLS]]),
    )
    head = el("head", el("meta", charset="utf-8"), el("title", "AeroPatrol"), el("style", Html(STYLE)))
    return f"<!DOCTYPE html>{el('html', head, el('body', language_radios(language), main), lang=language)}"


_CLASS_HEADS = [
    both("类别", "class"),
    both("件数", "count"),
    both("办结", "resolved"),
    both("排除", "dismissed"),
    both("接单，中位 / 九成内，分钟", "accepted, median / 9 in 10, min"),
    both("到场", "arrived"),
    both("办结用时", "settled"),
]
_SITE_HEADS = [
    both("地点", "site"),
    both("件数", "count"),
    both("主要类别", "mostly"),
    both("天数", "days"),
    both("权重", "weight"),
    both("高发时段", "busiest hours"),
]
_CELL_HEADS = [
    both("位置", "place"),
    both("主要类别", "mostly"),
    both("件数", "count"),
    both("天数", "days"),
    both("权重", "weight"),
]


def _class_row(figure: ClassFigures, names: Names) -> list[Html]:
    numbers = (figure.count, figure.resolved, figure.dismissed)
    spreads = (figure.accept, figure.arrive, figure.resolve)
    return [_name(figure.klass, names), *map(html, numbers), *(html(_minutes(spread)) for spread in spreads)]


def _minutes(spread: Spread | None) -> str | None:
    return None if spread is None else f"{spread.median_s / 60:.1f} / {spread.p90_s / 60:.1f}"


def _hours(figures: Sequence[ClassFigures]) -> list[Html]:
    return [html(sum(figure.by_hour[hour] for figure in figures)) for hour in range(24)]


def _sites(
    sightings: Sequence[Sighting], figures: Sequence[SiteFigures], names: Names, places: Names
) -> list[list[Html]]:
    """Sites at which something was seen, and how much was seen elsewhere."""
    rows = [_site_row(figure, names, places) for figure in figures if figure.count]
    elsewhere = sum(sighting.site not in places for sighting in sightings)
    return [*rows, [both("其他地点", "elsewhere"), html(elsewhere), *(html(None) for _ in _SITE_HEADS[2:])]]


def _site_row(figure: SiteFigures, names: Names, places: Names) -> list[Html]:
    numbers = (figure.days, f"{figure.weight:.1f}", _busiest(figure.by_hour))
    return [
        _name(figure.site, places),
        html(figure.count),
        _name(figure.klass or "", names),
        *(html(number) for number in numbers),
    ]


def _busiest(by_hour: Sequence[float]) -> str:
    """The three hours that weigh most, in the order of the day."""
    ranked = sorted(range(len(by_hour)), key=lambda hour: (-by_hour[hour], hour))[:BUSIEST_HOURS]
    return ", ".join(f"{hour}:00–{hour + 1}:00" for hour in sorted(ranked) if by_hour[hour] > 0)


def _cell_row(cell: Cell, names: Names) -> list[Html]:
    middle = f"{(cell.south_deg + cell.north_deg) / 2:.5f}, {(cell.west_deg + cell.east_deg) / 2:.5f}"
    return [html(middle), _name(cell.klass, names), html(cell.count), html(cell.days), html(f"{cell.weight:.1f}")]


def _name(key: str, names: Names) -> Html:
    return together((both(*names.get(key, (key, key))),))
