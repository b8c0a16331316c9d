"""The planner's table over a folder of areas, judged by a scorer that knows nothing of the planner.

    python bench/coverage.py [AREAS_FOLDER --scorer SCORE.py] [--drones 1,5,10] [--endurance 1500]

The scorer is a Python file with `load_area(path)` and `score(area, plan, swath, endurance=...)`. Times are CPU
seconds of one plan. The peers' recorded figures stand below the means.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import statistics
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

from missions.area import load_area
from missions.fleet import FleetSpec
from missions.formats.geojson import to_geojson
from missions.planner import plan_coverage

COLUMNS = {
    "cov %": lambda r: 100 * r["cov"],
    "flat %": lambda r: 100 * r["cov_flat"],
    "survey_ratio": lambda r: r["survey_ratio"],
    "survey_eff": lambda r: r["survey_eff"],
    "makespan s": lambda r: r["makespan"],
    "ms_ratio": lambda r: r["ms_ratio"],
    "balance": lambda r: r["balance"],
    "transit %": lambda r: 100 * r["transit_share"],
    "turns": lambda r: r["turns"],
    "out m": lambda r: r["out_len"],
    "nfz m": lambda r: r["nfz_len"],
    "batt": lambda r: r["batt_bad"],
    "conf s": lambda r: r.get("sep_conf_s") or 0,
    "CPU s": lambda r: r["cpu_s"],
}
PEERS = """Peers, recorded on 28 areas without battery limit:
k=1  CTU EnergyAwareMCPP: covered 98.5 %, survey_ratio 1.108, survey_eff 0.890, 0.2 s (no plan for 2 areas)
k=5  CTU: covered 98.3 %, ms_ratio 2.00, balance 1.07, 24 s; QGroundControl split: 1.84 (crosses holes);
     STC: 1.77 at 91 %
k=10 CTU: ms_ratio 2.05, 125 to 253 s; STC: 1.89 at 90 %"""


def load_scorer(path: Path):
    spec = importlib.util.spec_from_file_location("scorer", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def measure(path: Path, drones: int, endurance: float, scorer) -> dict:
    area = load_area(path.read_bytes(), path.name)
    begin = time.process_time()
    plan = plan_coverage(area, FleetSpec(drones=drones, endurance_s=endurance))
    cpu_s = time.process_time() - begin
    geometry, properties = scorer.load_area(str(path))
    document = json.loads(json.dumps(to_geojson(plan)))
    result = scorer.score(geometry, document, properties.get("swath_m"), endurance=endurance)
    return {**result, "cpu_s": cpu_s, "transit_share": dict(plan.settings)["transit_share"]}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("areas", type=Path, nargs="?")
    parser.add_argument("--scorer", type=Path)
    parser.add_argument("--drones", default="1,5,10")
    parser.add_argument("--endurance", type=float, default=1500.0)
    arguments = parser.parse_args()
    console = Console(width=170)
    if arguments.areas is None or arguments.scorer is None:
        console.print("LEFT OUT: the coverage table; it needs a folder of areas and a scorer, see its head.")
        return
    scorer = load_scorer(arguments.scorer)
    for drones in map(int, arguments.drones.split(",")):
        table = Table("area", *COLUMNS, title=f"{drones} drones, endurance {arguments.endurance:g} s")
        rows = []
        for path in sorted(arguments.areas.glob("*.geojson")):
            result = measure(path, drones, arguments.endurance, scorer)
            rows.append([value(result) for value in COLUMNS.values()])
            table.add_row(path.stem, *(f"{cell:.3f}" for cell in rows[-1]))
        table.add_section()
        table.add_row("mean", *(f"{statistics.mean(column):.3f}" for column in zip(*rows, strict=True)))
        console.print(table)
    console.print(PEERS)


if __name__ == "__main__":
    main()
