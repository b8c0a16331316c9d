"""A preview that needs nothing: one HTML file with the plan as a drawing and its figures as a table."""

from __future__ import annotations

import math
from html import escape

from missions.formats.colours import colour_of
from missions.plan import Plan, Ring, Sortie

WIDTH_PX = 1000.0
MARGIN = 0.04
HEAD = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{title}</title>
<style>
body {{ font: 15px/1.5 system-ui, "Noto Sans CJK SC", sans-serif; max-width: 1040px; margin: 1rem auto; }}
svg {{ width: 100%; height: auto; border: 1px solid #ccc; background: #fafafa; }}
table {{ border-collapse: collapse; margin: 1rem 0; }}
td, th {{ padding: .2rem .8rem; border-bottom: 1px solid #ddd; text-align: right; }}
.area {{ fill: #e3f1e3; stroke: #3a7a3a; stroke-width: 1.5; fill-rule: evenodd; }}
.no_fly {{ fill: #f6c9c9; stroke: #b00020; stroke-width: 1.5; fill-rule: evenodd; }}
.lane {{ fill: none; stroke-width: 1.6; stroke-linejoin: round; }}
.way {{ fill: none; stroke-width: 1; stroke-dasharray: 4 3; opacity: .7; }}
@page {{ size: A4; margin: 12mm; }}
@media print {{ body {{ margin: 0; font-size: 11px; }} svg {{ max-height: 60vh; }} }}
</style></head><body>
"""


class _Drawing:
    """Degrees to pixels, north up."""

    def __init__(self, plan: Plan) -> None:
        places = [point for rings in plan.area for ring in rings for point in ring]
        places += [(w.lon_deg, w.lat_deg) for sortie in plan.sorties for w in sortie.path]
        west, south = (min(p[i] for p in places) for i in (0, 1))
        east, north = (max(p[i] for p in places) for i in (0, 1))
        self.shrink = math.cos(math.radians((south + north) / 2.0))
        wide, high = max((east - west) * self.shrink, 1e-9), max(north - south, 1e-9)
        self.west, self.north = west, north
        self.scale = WIDTH_PX * (1.0 - 2.0 * MARGIN) / max(wide, high)
        self.pad = WIDTH_PX * MARGIN
        self.size = wide * self.scale + 2 * self.pad, high * self.scale + 2 * self.pad

    def at(self, lon: float, lat: float) -> str:
        x = self.pad + (lon - self.west) * self.shrink * self.scale
        return f"{x:.1f} {self.pad + (self.north - lat) * self.scale:.1f}"

    def shape(self, rings: tuple[Ring, ...], kind: str) -> str:
        path = " ".join("M " + " L ".join(self.at(*point) for point in ring) + " Z" for ring in rings)
        return f'<path class="{kind}" d="{path}"/>'

    def sortie(self, sortie: Sortie) -> str:
        lanes, ways = "", ""
        for a, b in zip(sortie.path, sortie.path[1:], strict=False):
            leg = f"M {self.at(a.lon_deg, a.lat_deg)} L {self.at(b.lon_deg, b.lat_deg)} "
            lanes, ways = (lanes + leg, ways) if b.survey else (lanes, ways + leg)
        colour = colour_of(sortie.drone)
        return f'<path class="lane" stroke="{colour}" d="{lanes}"/><path class="way" stroke="{colour}" d="{ways}"/>'


def dumps(plan: Plan) -> str:
    """The whole plan as one page; every text from outside is escaped."""
    drawing = _Drawing(plan)
    title = escape(f"{dict(plan.settings).get('name', 'plan')} · AeroPatrol")
    width, height = drawing.size
    shapes = [drawing.shape(rings, "area") for rings in plan.area]
    shapes += [drawing.shape(zone.rings, "no_fly") for zone in plan.no_fly]
    shapes += [drawing.sortie(sortie) for sortie in plan.sorties]
    summary = (
        f"<p>{len(plan.sorties)} sorties · 架次, {plan.drones} drones · 架, makespan · 总时长 "
        f"{plan.makespan_s / 60:.1f} min, covered · 覆盖 {plan.covered_fraction:.2%}</p>"
    )
    return (
        HEAD.format(title=title)
        + f"<h1>{title}</h1>{summary}"
        + f'<svg viewBox="0 0 {width:.0f} {height:.0f}" role="img">{"".join(shapes)}</svg>'
        + _table(plan)
        + f"<p><code>{escape(plan.hash)}</code></p></body></html>\n"
    )


def _table(plan: Plan) -> str:
    head = (
        "<tr><th>drone 架</th><th>sortie 架次</th><th>m</th><th>s</th><th>start 起飞 s</th><th>height 高度 m</th></tr>"
    )
    rows = "".join(
        f'<tr><td style="color:{colour_of(s.drone)}">{s.drone + 1}</td><td>{s.sortie + 1}</td><td>{s.length_m:.0f}</td>'
        f"<td>{s.duration_s:.0f}</td><td>{s.start_s:.0f}</td><td>{s.path[0].alt_rel_m:.0f}</td></tr>"
        for s in plan.sorties
        if s.path
    )
    return f"<table>{head}{rows}</table>"
