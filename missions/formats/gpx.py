"""GPX 1.1 for hand-held receivers and map programs: one route a sortie.

GPX knows only heights above sea level, which a plan does not: the height above take-off stands in the comment.
"""

from __future__ import annotations

from xml.sax.saxutils import escape

from missions.plan import Plan, Sortie, Waypoint

NAMESPACE = "http://www.topografix.com/GPX/1/1"


def dumps(plan: Plan) -> str:
    """The whole plan as GPX."""
    name = escape(str(dict(plan.settings).get("name", "plan")))
    parts = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<gpx xmlns="{NAMESPACE}" version="1.1" creator="AeroPatrol"><metadata><name>{name}</name></metadata>',
        *(_route(sortie) for sortie in plan.sorties),
        "</gpx>",
    ]
    return "\n".join(parts) + "\n"


def _stay(waypoint: Waypoint) -> str:
    return f", stay {waypoint.stay_s:g} s" if waypoint.stay_s else ""


def _route(sortie: Sortie) -> str:
    points = "".join(
        f'<rtept lat="{w.lat_deg:.7f}" lon="{w.lon_deg:.7f}"><name>{number}</name>'
        f"<cmt>{w.alt_rel_m:g} m above take-off{_stay(w)}</cmt></rtept>"
        for number, w in enumerate(sortie.path)
    )
    return (
        f"<rte><name>drone {sortie.drone + 1} sortie {sortie.sortie + 1}</name>"
        f"<number>{sortie.sortie + 1}</number>{points}</rte>"
    )
