"""The planner's table over a folder of areas, judged by a scorer that knows nothing of the planner.

    python bench/coverage.py [AREAS_FOLDER --scorer SCORE.py] [--drones 1,5,10] [--endurance 1500]
    python bench/coverage.py AREAS_FOLDER --scorer SCORE.py --published | --unlike
    python bench/coverage.py --growth

The scorer is a Python file with `load_area(path)` and `score(area, plan, swath, endurance=...)`. Times are CPU
seconds: of the first plan and of all. The peers' recorded figures stand below the means. `--published`: lines 40 m
apart, footprint 60 m, one drone, on the areas named roi*, as the peers' spreadsheet has it. `--unlike`: the makespan
over the bound of fleets of unlike drones against that of like ones. `--growth`: areas drawn at random, 1 to 50 km2,
a drone a km2; needs neither folder nor scorer.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import math
import statistics
import time
from pathlib import Path

import numpy as np
import shapely
from rich.console import Console
from rich.table import Table

from missions.areas.area import Area, load_area
from missions.coverage.planner import plans
from missions.fleet import DroneSpec, FleetSpec
from missions.formats.geojson import to_geojson
from missions.geodesy import LocalFrame
from missions.plan import Plan

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
    "first s": lambda r: r["first_s"],
    "CPU s": lambda r: r["cpu_s"],
}
PUBLISHED = {
    "covered %": lambda r: 100 * r["cov"],
    "m/1000 m2, home legs in": lambda r: 1000 * r["len"] / r["area_m2"],
    "m/1000 m2, home legs apart": lambda r: 1000 * r["survey_ratio"] * r["LB_len"] / r["area_m2"],
    "turns/1000 m2": lambda r: 1000 * r["turns"] / r["area_m2"],
    "nfz m": lambda r: r["nfz_len"],
}
PEERS = """Peers, recorded on 28 areas without battery limit:
k=1  CTU EnergyAwareMCPP: covered 98.5 %, survey_ratio 1.108, survey_eff 0.890, 0.2 s (no plan for 2 areas)
k=5  CTU: covered 98.3 %, ms_ratio 2.00, balance 1.07, 24 s; QGroundControl split: 1.84 (crosses holes);
     STC: 1.77 at 91 %
k=10 CTU: ms_ratio 2.05, 125 to 253 s; STC: 1.89 at 90 %"""
PUBLISHED_PEERS = """Goals: 99.9 %, 27.5 m, 0.11 turns. Peers on 19 areas: ETHZ 99.86 %, 33.8 m, 0.21 turns (published,
no home known); CTU 99.85 %, 27.85 m, 0.128 turns (rerun, its ways from and to home counted, 706 m in no-fly zones);
optimised STC 96.0 %, 23.8 m (published, a ring without a home). The bound of 40 m lines is 25 m."""
GROWTH_KM2, GROWTH_SWATH_M = (1, 3, 10, 25, 50), 40.0


def load_scorer(path: Path):
    spec = importlib.util.spec_from_file_location("scorer", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def timed(area: Area, fleet: FleetSpec) -> tuple[Plan, float, float]:
    """(the best plan, CPU seconds to the first, CPU seconds to the end)."""
    begin, first_s, best = time.process_time(), 0.0, None
    for plan in plans(area, fleet):
        first_s = first_s or time.process_time() - begin
        best = plan
    return best, first_s, time.process_time() - begin


def measure(path: Path, fleet: FleetSpec, scorer, footprint_m: float | None = None) -> dict:
    plan, first_s, cpu_s = timed(load_area(path.read_bytes(), path.name), fleet)
    geometry, properties = scorer.load_area(str(path))
    document = json.loads(json.dumps(to_geojson(plan)))
    if footprint_m is not None:
        for feature in document["features"]:
            feature["properties"].pop("swath_m", None)
    given = footprint_m or properties.get("swath_m")
    result = scorer.score(geometry, document, given, endurance=fleet.endurance_s)
    transit_share = dict(plan.settings)["transit_share"]
    return {**result, "first_s": first_s, "cpu_s": cpu_s, "transit_share": transit_share}


def table_of(title: str, columns: dict, results: list[tuple[str, dict]]) -> Table:
    """One row an area, and their means."""
    table = Table("area", *columns, title=title)
    rows = [[value(result) for value in columns.values()] for _, result in results]
    for (name, _), row in zip(results, rows, strict=True):
        table.add_row(name, *(f"{cell:.3f}" for cell in row))
    table.add_section()
    table.add_row("mean", *(f"{statistics.mean(column):.3f}" for column in zip(*rows, strict=True)))
    return table


def published(paths: list[Path], scorer, console: Console) -> None:
    fleet = FleetSpec(swath_m=40.0, endurance_s=1e9)
    results = [(path.stem, measure(path, fleet, scorer, 60.0)) for path in paths if path.stem.startswith("roi")]
    console.print(table_of("one drone, lines 40 m apart, footprint 60 m", PUBLISHED, results))
    console.print(PUBLISHED_PEERS)


def unlike(paths: list[Path], scorer, console: Console) -> None:
    table = Table("area", "like", *FLEETS, title="makespan over bound; bound of each fleet its own, climbs left out")
    columns = []
    for path in paths:
        swath = scorer.load_area(str(path))[1]["swath_m"]
        fleets = {"like": like(swath), **{name: make(swath) for name, make in FLEETS.items()}}
        columns.append([over_bound(path, fleet) for fleet in fleets.values()])
        like_ratio = columns[-1][0]
        table.add_row(path.stem, *(f"{ratio:.3f} ({ratio / like_ratio - 1:+.1%})" for ratio in columns[-1]))
    means = [statistics.mean(each[i] / each[0] - 1 for each in columns) for i in range(len(columns[0]))]
    table.add_section()
    table.add_row("mean", *(f"{mean:+.1%}" for mean in means))
    console.print(table)


def like(swath: float) -> tuple[DroneSpec, ...]:
    return (DroneSpec(endurance_s=1e9, swath_m=swath),) * 4


FLEETS = {
    "two speeds": lambda w: tuple(DroneSpec(speed_m_s=v, endurance_s=1e9, swath_m=w) for v in (8.0, 12.0, 8.0, 12.0)),
    "two swaths": lambda w: tuple(DroneSpec(swath_m=w * s, endurance_s=1e9) for s in (0.8, 1.2, 0.8, 1.2)),
    "both": lambda w: tuple(
        DroneSpec(speed_m_s=v, swath_m=w * s, endurance_s=1e9) for v, s in ((8.0, 0.8), (12.0, 1.2)) * 2
    ),
}


def over_bound(path: Path, drones: tuple[DroneSpec, ...]) -> float:
    """Time in the air without climbs of whoever flies longest, over what the fleet would need if it looked all the
    time and never turned."""
    area = load_area(path.read_bytes(), path.name)
    fleet = FleetSpec(unlike=drones)
    plan, _, _ = timed(area, fleet)
    bound_s = dict(plan.settings)["area_m2"] / sum(drone.speed_m_s * drone.swath_m for drone in drones)
    return max(sortie.duration_s - fleet.vertical_s(sortie.path[1].alt_rel_m) for sortie in plan.sorties) / bound_s


def growth(console: Console) -> None:
    table = Table("km2", "drones", "first s", "CPU s", "first us / (n log n)", "covered %", "ms_ratio", "transit %")
    for km2 in GROWTH_KM2:
        area = drawn(km2, seed=km2)
        plan, first_s, cpu_s = timed(area, FleetSpec(drones=km2, swath_m=GROWTH_SWATH_M, endurance_s=1e9))
        settings = dict(plan.settings)
        bound_s = settings["area_m2"] / GROWTH_SWATH_M / 10.0 / km2
        lanes = km2 * 1e6 / GROWTH_SWATH_M / 1000.0
        each = f"{1e6 * first_s / (lanes * math.log(lanes)):.0f}"
        shares = f"{100 * plan.covered_fraction:.2f}", f"{plan.makespan_s / bound_s:.2f}"
        transit = f"{100 * settings['transit_share']:.1f}"
        table.add_row(str(km2), str(km2), f"{first_s:.2f}", f"{cpu_s:.2f}", each, *shares, transit)
    console.print(table)
    console.print("n: lanes of 1 km. Goal: 50 km2 and 50 drones in 30 s.")


def drawn(km2: float, seed: int) -> Area:
    """A star of 40 corners with eight no-fly holes."""
    random = np.random.default_rng(seed)
    angle, radius = np.sort(random.uniform(0.0, 2.0 * math.pi, 40)), random.uniform(0.55, 1.0, 40)
    outline = np.column_stack([np.cos(angle), np.sin(angle)]) * radius[:, None]
    size = math.sqrt(km2 * 1e6 / shapely.Polygon(outline).area)
    star, holes = shapely.Polygon(outline * size), []
    while len(holes) < 8:
        place = shapely.Point(random.uniform(-0.7 * size, 0.7 * size, 2))
        hole = place.buffer(random.uniform(0.02, 0.06) * size, quad_segs=2)
        if star.buffer(-0.02 * size).covers(hole) and all(hole.distance(other) > 0.02 * size for other in holes):
            holes.append(hole)
    frame = LocalFrame(121.84, 29.90)
    rings = [frame.to_lon_lat(np.array(ring.exterior.coords)).tolist() for ring in (star, *holes)]
    feature = {"type": "Feature", "properties": {}, "geometry": {"type": "Polygon", "coordinates": rings}}
    return load_area(json.dumps(feature).encode(), f"{km2} km2")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("areas", type=Path, nargs="?")
    parser.add_argument("--scorer", type=Path)
    parser.add_argument("--drones", default="1,5,10")
    parser.add_argument("--endurance", type=float, default=1500.0)
    for name in ("published", "unlike", "growth"):
        parser.add_argument(f"--{name}", action="store_true")
    arguments = parser.parse_args()
    console = Console(width=190)
    if arguments.growth:
        growth(console)
        return
    if arguments.areas is None or arguments.scorer is None:
        console.print("LEFT OUT: the coverage table; it needs a folder of areas and a scorer, see its head.")
        return
    scorer, paths = load_scorer(arguments.scorer), sorted(arguments.areas.glob("*.geojson"))
    if arguments.published or arguments.unlike:
        (published if arguments.published else unlike)(paths, scorer, console)
        return
    for drones in map(int, arguments.drones.split(",")):
        fleet = FleetSpec(drones=drones, endurance_s=arguments.endurance)
        results = [(path.stem, measure(path, fleet, scorer)) for path in paths]
        console.print(table_of(f"{drones} drones, endurance {arguments.endurance:g} s", COLUMNS, results))
    console.print(PEERS)


if __name__ == "__main__":
    main()
