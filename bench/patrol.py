"""Persistent patrol against the recorded baselines, judged by a scorer that knows nothing of the planner.

    python bench/patrol.py INSTANCES_FOLDER --scorer PATROL_SCORE.py

An instance is JSON with sites (id, xy, deadline_s), base_xy, v, dwell_s, endurance_s, reserve, swap_s. The
scorer is a Python file with `score(instance, schedule)`. Sites beyond the reach of a battery are left out
where batteries count, and how many is told. Without the folder or the scorer it says that it is left out.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import math
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

from missions.patrol.revisit import PatrolFleet, PatrolSite, plan_patrol

PEERS = {("eil51_4km", False): 6, ("eil51_4km", True): 11, ("ch130_6km", False): 8, ("ch130_6km", True): 30}
GOALS = {("eil51_4km", False): 5, ("eil51_4km", True): 9, ("ch130_6km", False): 7, ("ch130_6km", True): 24}
HORIZON_CYCLES = 4.0


def load_scorer(path: Path):
    spec = importlib.util.spec_from_file_location("patrol_scorer", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def measure(instance: dict, scorer, *, battery: bool) -> dict:
    sites = [PatrolSite(s["id"], *s["xy"], s["deadline_s"], instance["dwell_s"]) for s in instance["sites"]]
    usable = instance["endurance_s"] * (1 - instance["reserve"]) if battery else None
    if usable is not None:
        sites = [site for site in sites if within_reach(site, instance, usable)]
    fleet = PatrolFleet(tuple(instance["base_xy"]), instance["v"], usable, instance["swap_s"])
    begin = time.process_time()
    patrol = plan_patrol(sites, fleet)
    cpu_s = time.process_time() - begin
    horizon = HORIZON_CYCLES * max(site.deadline_s for site in sites)
    drones = []
    for day in patrol.schedule(horizon):
        drones.append({"visits": [list(visit) for visit in day.visits]})
        if day.bases is not None:
            drones[-1]["base"] = [list(stay) for stay in day.bases]
    ids = {site.id for site in sites}
    given = {**instance, "sites": [s for s in instance["sites"] if s["id"] in ids]}
    if not battery:
        given["endurance_s"] = 1e9
    result = scorer.score(given, {"horizon_s": horizon, "drones": drones})
    return {**result, "cpu_s": cpu_s, "left_out": len(instance["sites"]) - len(ids)}


def within_reach(site: PatrolSite, instance: dict, usable_s: float) -> bool:
    """No drone whatever can visit a site that is farther than its battery reaches there and back."""
    way_m = math.dist((site.x_m, site.y_m), instance["base_xy"])
    return 2.0 * way_m / instance["v"] + site.dwell_s <= usable_s


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("instances", type=Path, nargs="?")
    parser.add_argument("--scorer", type=Path)
    arguments = parser.parse_args()
    console = Console(width=140)
    if arguments.instances is None or arguments.scorer is None:
        console.print("LEFT OUT: the patrol table; it needs a folder of instances and a scorer, see its head.")
        return
    scorer = load_scorer(arguments.scorer)
    table = Table(
        "instance",
        "swaps",
        "drones",
        "goal",
        "peer",
        "bound",
        "left out",
        "met %",
        "worst",
        "errors",
        "CPU s",
    )
    for path in sorted(arguments.instances.glob("*.json")):
        instance = json.loads(path.read_text())
        for battery in (False, True):
            r = measure(instance, scorer, battery=battery)
            key = path.stem, battery
            known = GOALS.get(key, "-"), PEERS.get(key, "-"), r["LB"], r["left_out"]
            kept = f"{100 * r['met']:.1f}", f"{r['max_ratio']:.3f}", r["errors"], f"{r['cpu_s']:.2f}"
            table.add_row(*map(str, (path.stem, "yes" if battery else "no", r["drones"], *known, *kept)))
    console.print(table)


if __name__ == "__main__":
    main()
