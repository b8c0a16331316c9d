"""A plan on one printed page that needs nothing: figures, a map of the whole, a map of each altitude layer, every
sortie and every zone."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape

from missions.formats.colours import colour_of
from missions.formats.drawing import Drawing
from missions.plan import Plan, Sortie

WIDTH_PX, SMALL_PX = 1000.0, 480.0
MOST_LAYERS, MOST_ROWS = 6, 60
HEAD = """<!DOCTYPE html>
<html lang="zh"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{title}</title>
<style>
body {{ font: 15px/1.4 system-ui, "Noto Sans CJK SC", sans-serif; max-width: 1040px; margin: 1rem auto; padding: 0 1rem;
  color: #1b2530; }}
h1 {{ font-size: 1.5em; margin: 0; overflow-wrap: anywhere; }}
h2 {{ font-size: 1em; margin: .8em 0 .3em; }}
svg {{ display: block; width: 100%; height: auto; border: 1px solid #ccd3da; background: #fafbfc; }}
svg text {{ font-size: 15px; fill: #1b2530; }}
.facts {{ display: flex; flex-wrap: wrap; gap: .2rem 1.6rem; margin: .4em 0 .6em; }}
.facts dt {{ font-size: .8em; color: #5a6876; }}
.facts dd {{ margin: 0; font-weight: 700; }}
.layers {{ display: grid; grid-template-columns: repeat({columns}, minmax(0, 1fr)); gap: .6rem; margin-top: .6rem; }}
figure {{ margin: 0; }}
figcaption {{ font-size: .85em; }}
table {{ border-collapse: collapse; font-variant-numeric: tabular-nums; }}
.tables {{ columns: {table_columns}; column-gap: 2rem; }}
.tables table {{ width: 100%; }}
tr {{ break-inside: avoid; }}
td, th {{ padding: .1em .5em; border-bottom: 1px solid #dde3e8; text-align: right; font-weight: 400; }}
th {{ color: #5a6876; font-size: .8em; }}
td.words {{ text-align: left; }}
.key {{ display: inline-block; width: 1.1em; height: .3em; vertical-align: middle; margin-right: .4em; }}
.area {{ fill: #e3f1e3; stroke: #3a7a3a; stroke-width: 1.5; fill-rule: evenodd; }}
.no_fly {{ fill: #f6c9c9; stroke: #b00020; stroke-width: 1.5; fill-rule: evenodd; }}
.lane {{ fill: none; stroke-width: 2; stroke-linejoin: round; }}
.way {{ fill: none; stroke-width: 1.2; stroke-dasharray: 5 4; opacity: .75; }}
.start {{ fill: #fff; stroke-width: 2.5; }}
.scale {{ fill: none; stroke: #1b2530; stroke-width: 1.5; }}
.north {{ fill: #1b2530; }}
svg .zone {{ text-anchor: middle; font-weight: 700; }}
.foot {{ color: #5a6876; font-size: .75em; overflow-wrap: anywhere; margin: .8em 0 0; }}
@page {{ size: A4; margin: 10mm; }}
@media print {{
  body {{ margin: 0; padding: 0; max-width: none; font-size: {print_px}px; print-color-adjust: exact; }}
  .whole svg {{ max-height: {whole_mm}mm; }}
  .layers svg {{ max-height: {layer_mm}mm; }}
}}
</style></head><body>
"""


def dumps(plan: Plan) -> str:
    """The whole plan as one page; every text from outside is escaped."""
    title = escape(f"{dict(plan.settings).get('name', 'plan')} · AeroPatrol 空中精密智控")
    layers = _layers(plan)
    rows = min(len(plan.sorties), MOST_ROWS)
    columns = min(3, max(2, len(layers)))
    head = HEAD.format(
        title=title,
        columns=columns,
        table_columns=3 if rows > 24 else 2 if rows > 8 else 1,
        print_px=8 if rows > 24 else 10,
        whole_mm=125 if len(layers) < 2 or rows <= 8 else 95 if rows <= 24 else 85,
        layer_mm=62 if len(layers) <= 3 else 42,
    )
    page = [f"<h1>{title}</h1>", _facts(plan), f'<div class="whole">{_map(plan, plan.sorties, WIDTH_PX)}</div>']
    if len(layers) > 1:
        page.append(f'<div class="layers">{"".join(_layer(plan, *layer) for layer in layers[:MOST_LAYERS])}</div>')
    page += [_sorties(plan), _zones(plan), f'<p class="foot">{escape(plan.hash)}</p>']
    return head + "".join(page) + "</body></html>\n"


def _map(plan: Plan, sorties: Sequence[Sortie], width: float) -> str:
    drawing = Drawing(plan, width)
    inside = drawing.ground(plan) + drawing.sorties(sorties) + drawing.legend()
    return f'<svg viewBox="0 0 {drawing.width:.0f} {drawing.height:.0f}" role="img">{inside}</svg>'


def _layers(plan: Plan) -> list[tuple[float, list[Sortie]]]:
    """(height over the start point, its sorties), the lowest first."""
    by_height: dict[float, list[Sortie]] = {}
    for sortie in plan.sorties:
        if sortie.path:
            by_height.setdefault(round(sortie.path[0].alt_rel_m, 1), []).append(sortie)
    return sorted(by_height.items())


def _layer(plan: Plan, height: float, sorties: list[Sortie]) -> str:
    drones = sorted({sortie.drone for sortie in sorties})
    keys = " ".join(f'<span><i class="key" style="background:{colour_of(d)}"></i>{d + 1}</span>' for d in drones)
    words = f"<b>{height:g} m</b> · 无人机 drones {keys}"
    return f"<figure>{_map(plan, sorties, SMALL_PX)}<figcaption>{words}</figcaption></figure>"


def _facts(plan: Plan) -> str:
    known = dict(plan.settings)
    total_m = sum(sortie.length_m for sortie in plan.sorties)
    facts = [
        ("无人机 drones", str(plan.drones)),
        ("架次 sorties", str(len(plan.sorties))),
        ("总时长 makespan", f"{plan.makespan_s / 60:.1f} min"),
        ("覆盖 covered", f"{plan.covered_fraction:.2%}"),
        ("航程 flown", f"{total_m / 1000:.1f} km"),
        ("转场 transit", _number(known.get("transit_share"), " %", 100.0)),
        ("幅宽 swath", _number(known.get("swath_m"), " m")),
        ("速度 speed", _number(known.get("speed_m_s"), " m/s")),
        ("面积 area", _number(known.get("area_m2"), " km²", 1e-6)),
        ("发现概率 odds of detection (IAMSAR)", _number(known.get("probability_of_detection"), " %", 100.0)),
    ]
    told = "".join(f"<div><dt>{name}</dt><dd>{value}</dd></div>" for name, value in facts if value)
    return f'<dl class="facts">{told}</dl>'


def _number(value: object, unit: str, factor: float = 1.0) -> str:
    """Settings come from files: what is no number is left out."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return ""
    return f"{value * factor:.3g}{unit}"


def _sorties(plan: Plan) -> str:
    head = (
        "<tr><th>无人机 drone</th><th>架次 sortie</th><th>起飞 start</th><th>时长 time</th><th>航程 m</th>"
        "<th>高度 height m</th></tr>"
    )
    shown = [sortie for sortie in plan.sorties if sortie.path][:MOST_ROWS]
    rows = "".join(
        f'<tr><td><i class="key" style="background:{colour_of(s.drone)}"></i>{s.drone + 1}</td><td>{s.sortie + 1}</td>'
        f"<td>T+{_clock(s.start_s)}</td><td>{_clock(s.duration_s)}</td><td>{s.length_m:.0f}</td><td>{_height(s)}</td></tr>"
        for s in shown
    )
    left = len(plan.sorties) - len(shown)
    more = f"<p>另有 {left} 架次未列出 · {left} more sorties are not listed</p>" if left > 0 else ""
    return f'<h2>架次 Sorties</h2><div class="tables"><table>{head}{rows}</table></div>{more}'


def _height(sortie: Sortie) -> str:
    heights = [waypoint.alt_rel_m for waypoint in sortie.path]
    low, high = min(heights), max(heights)
    return f"{low:.0f}" if high - low < 0.5 else f"{low:.0f}–{high:.0f}"


def _zones(plan: Plan) -> str:
    rows = []
    for number, zone in enumerate(plan.no_fly[:MOST_ROWS], start=1):
        english, chinese = zone.words()
        words = f"{chinese} · {english}" if english else "所有高度 · at all heights"
        rows.append(f'<tr><td>{number}</td><td class="words">{escape(words)}</td></tr>')
    return f"<h2>禁飞区 No-fly zones</h2><table>{''.join(rows)}</table>" if rows else ""


def _clock(seconds: float) -> str:
    whole = round(seconds)
    return f"{whole // 60}:{whole % 60:02d}"
