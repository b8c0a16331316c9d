"""The `.waypoints` text of Mission Planner and MAVProxy ("QGC WPL 110"): the mission of one sortie.

After the first line one item a line, tab-separated: seq, current, frame, command, param1..4, latitude,
longitude, altitude, autocontinue. Item 0 is home.
"""

from __future__ import annotations

from missions.plan import Plan, Sortie
from missions.to_mavlink import mission_items

HEADER = "QGC WPL 110"


def dumps(plan: Plan, drone: int = 0, sortie: int = 0) -> str:
    """One sortie of `plan` as text. KeyError when there is no such sortie."""
    for candidate in plan.sorties:
        if (candidate.drone, candidate.sortie) == (drone, sortie):
            return dumps_sortie(candidate)
    raise KeyError((drone, sortie))


def dumps_sortie(sortie: Sortie) -> str:
    lines = [HEADER]
    for item in mission_items(sortie):
        figures = [f"{value:.8f}" for value in (item.param1, item.param2, item.param3, item.param4)]
        place = [f"{item.x / 1e7:.7f}", f"{item.y / 1e7:.7f}", f"{item.z:.6f}"]
        head = [str(item.seq), "1" if item.seq == 0 else "0", str(item.frame), str(item.command)]
        lines.append("\t".join([*head, *figures, *place, str(item.autocontinue)]))
    return "\n".join(lines) + "\n"
