"""The planner as a process of its own: a request on stdin, one answer on stdout.

A process can be killed when it takes too long, and what it used comes back whole. The first byte of the
input says what is asked: `P` plans a PlanRequest, `T` a PatternRequest, `R` reads a plan file, `S` plans a
PatrolRequest, `L` what a RestTask leaves. The answer is a plan file, for a patrol its schedule as JSON, or
`{"refused": CODE, "detail": TEXT, "reasons": {...}}` where the request is to blame.
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

import msgspec

from gcs.operations.plan_limits import plan_problems
from gcs.web.pattern_request import PatrolRequest, PatternRequest, patrol_of, pattern_of
from gcs.web.plan_request import PATROL, PATTERN, PLAN, READ, REST, FleetRequest, PlanRequest, Refusal, fleet_of
from gcs.web.rest_plan import rest_of
from gcs.web.rest_request import RestTask
from missions.areas.area import AreaError, load_area
from missions.camera import CameraError
from missions.coverage.planner import plan_coverage
from missions.fleet import PlanError
from missions.formats import geojson, patrol
from missions.ground.heights import heights_of, settled
from missions.ground.terrain import Ground, TerrainError
from missions.ground.terrain_files import read_ground
from missions.limits import violations
from missions.lines.pattern_plan import pattern_heights, plan_pattern
from missions.patrol.patrol_plan import plan_day
from missions.plan import Plan

LESS_URGENT = 5
MOST_REASONS = 20


def answer(asked: bytes, terrain: str = "") -> bytes:
    """The plan file for one request, or a Refusal as JSON. `terrain`: the site's heights, a file or a folder."""
    what, body = asked[:1], asked[1:]
    try:
        if what == PATROL:
            return _patrolled(body)
        plan = ON_GROUND[what](body, terrain) if what in ON_GROUND else MAKERS[what](body)
    except AreaError as error:
        return msgspec.json.encode(Refusal(refused="area.invalid", detail=str(error)))
    except (PlanError, CameraError, TerrainError) as error:
        return msgspec.json.encode(Refusal(refused="plan.impossible", detail=str(error)))
    except geojson.PlanFileError as error:
        return msgspec.json.encode(Refusal(refused="plan.not_a_plan", detail=str(error)))
    problems = [*plan_problems(plan), *(found.text_en for found in violations(plan))][:MOST_REASONS]
    if problems:
        reasons = {str(number): problem for number, problem in enumerate(problems, start=1)}
        refusal = Refusal(refused="plan.limits", detail=f"the plan may not be flown: {problems[0]}", reasons=reasons)
        return msgspec.json.encode(refusal)
    return geojson.dumps(plan).encode()


def _planned(body: bytes, terrain: str) -> Plan:
    request = msgspec.json.decode(body, type=PlanRequest)
    area = load_area(bytes(request.area), "area")
    ground = _ground(request, terrain)
    heights = heights_of(request.above, request.altitude_m, ground, request.starts_at, area)
    return settled(plan_coverage(heights.area(area), fleet_of(request, heights)), heights, ground)


def _ground(request: FleetRequest, terrain: str) -> Ground | None:
    return read_ground(Path(terrain)) if terrain and request.above != "take_off" else None


def _read(body: bytes) -> Plan:
    """A plan file from outside: its outlines and swaths must be as valid as any area's, its sorties numbered
    without gaps."""
    load_area(body, "plan file")
    plan = geojson.loads(body)
    counted = Counter(sortie.drone for sortie in plan.sorties)
    expected = {(drone, number) for drone, count in counted.items() for number in range(count)}
    if {(s.drone, s.sortie) for s in plan.sorties} != expected or set(counted) != set(range(len(counted))):
        raise geojson.PlanFileError("plan file: drones, and the sorties of each, must be numbered 0, 1, 2 without gaps")
    return plan


def _flown(body: bytes, terrain: str) -> Plan:
    request = msgspec.json.decode(body, type=PatternRequest)
    pattern, ground = pattern_of(request), _ground(request, terrain)
    heights = pattern_heights(
        request.pattern, pattern, request.above, request.altitude_m, ground=ground, starts=request.starts_at
    )
    fleet = request.flying(heights, pattern.spacing_m)
    pattern = replace(pattern, spacing_m=fleet.swath_m)
    return plan_pattern(request.pattern, pattern, fleet, heights, ground)


def _patrolled(body: bytes) -> bytes:
    return msgspec.json.encode(patrol.to_json(plan_day(*patrol_of(msgspec.json.decode(body, type=PatrolRequest)))))


def _left(body: bytes) -> Plan:
    return rest_of(msgspec.json.decode(body, type=RestTask))


ON_GROUND = {PLAN: _planned, PATTERN: _flown}
MAKERS = {READ: _read, REST: _left}


def main() -> None:
    """What libraries print goes to stderr, so that stdout holds the answer and nothing else."""
    os.nice(LESS_URGENT)
    with os.fdopen(os.dup(sys.stdout.fileno()), "wb") as out:
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
        out.write(answer(sys.stdin.buffer.read(), *sys.argv[1:2]))


if __name__ == "__main__":
    main()
