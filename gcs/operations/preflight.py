"""What must be true before a vehicle of an operation may leave the ground.

Every check gives a finding, green ones too, so that whoever authorises sees what was looked at. Red
blocks; yellow asks for a note. What a vehicle never reported is not assumed to be well.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gcs.fleet.cells import working_cells
from gcs.fleet.health import ekf_ok
from gcs.fleet.state import Battery, Position, VehicleState
from gcs.operations.airspace import Outsider, meetings
from gcs.operations.check_texts import check_text
from gcs.operations.climb import Mate, over_the_climb
from gcs.operations.corridor import distance_m
from gcs.operations.model import Check, CheckLevel, Operation
from missions.plan import Plan, Sortie
from telemetry.constants import GpsFix

GREEN, YELLOW, RED = CheckLevel.GREEN, CheckLevel.YELLOW, CheckLevel.RED


@dataclass(frozen=True, slots=True)
class PreflightLimits:
    """Where green ends. `endurance_s` is used when the plan does not say how long a charge lasts;
    it is the flight time from a full battery to an empty one. `cell_*` are volts at rest; `cells_missing` is how many
    fewer cells may work than once did, or which share of them, where that is more: voltage tells no closer."""

    satellites_red: int = 6
    satellites_yellow: int = 8
    home_yellow_m: float = 30.0
    home_red_m: float = 200.0
    reserve_pct: float = 20.0
    near_pct: float = 10.0
    full_pct: float = 95.0
    endurance_s: float = 1500.0
    cell_red_v: float = 3.3
    cells_apart_yellow_v: float = 0.15
    cells_apart_red_v: float = 0.3
    cells_missing: float = 0.75
    cells_missing_share: float = 0.12


DEFAULT_LIMITS = PreflightLimits()


@dataclass(frozen=True, slots=True)
class VehicleContext:
    """What one vehicle is checked for: its next sortie, and the mission it must hold (None = any). `at_pad`: it starts
    from the swap pad where it landed; home is set there when it is armed. `outsiders`: who else is in the air;
    `mates`: who of its own operation is."""

    vehicle: str
    sortie: Sortie
    endurance_s: float | None = None
    mission_hash: str | None = None
    limits: PreflightLimits = DEFAULT_LIMITS
    at_pad: bool = False
    outsiders: tuple[Outsider, ...] = ()
    mates: tuple[Mate, ...] = ()


def operation_checks(
    operation: Operation,
    plan: Plan,
    vehicles: Mapping[str, VehicleState],
    now_s: float,
    *,
    taken: Mapping[str, str],
    plan_problems: Sequence[str] = (),
    limits: PreflightLimits = DEFAULT_LIMITS,
    outsiders: tuple[Outsider, ...] = (),
) -> tuple[Check, ...]:
    """All findings for the first sortie of every vehicle.

    `taken` names, for vehicles that another operation holds, that operation; `plan_problems` are the
    limits the plan breaks, in words; `outsiders` are the drones in the air that no operation has.
    """
    checks = [_plan_limits(plan_problems), _not_mixed(operation, vehicles)]
    endurance_s = plan_endurance_s(plan)
    for drone, vehicle in enumerate(operation.vehicles):
        checks.append(_free(vehicle, operation, taken))
        sorties = plan.sorties_of(drone)
        if sorties:
            context = VehicleContext(vehicle, sorties[0], endurance_s=endurance_s, limits=limits, outsiders=outsiders)
            checks.extend(vehicle_checks(vehicles.get(vehicle), context, now_s))
    return tuple(checks)


def vehicle_checks(state: VehicleState | None, context: VehicleContext, now_s: float) -> list[Check]:
    """The findings for one vehicle about to fly `context.sortie`; one red when it was never heard."""
    if state is None:
        return [_check("vehicle.heard", RED, context.vehicle)]
    checks = [
        _heard(state, now_s),
        _disarmed(state),
        _gps_fix(state),
        _satellites(state, context.limits),
        _ekf(state),
        _prearm(state),
        _battery(state, context),
        _cells(state.battery, state.id, context.limits),
        _pad(state, context) if context.at_pad else _home(state, context),
        *_air(state, context),
    ]
    if context.mission_hash is not None:
        checks.append(_mission(state, context.mission_hash))
    return checks


def blocking(checks: Iterable[Check]) -> tuple[Check, ...]:
    """The red findings."""
    return tuple(check for check in checks if check.level is RED)


def needs_note(checks: Iterable[Check]) -> bool:
    return any(check.level is YELLOW for check in checks)


def plan_endurance_s(plan: Plan) -> float | None:
    """How long a full battery lasts by the plan's own settings; None when they do not say."""
    value = dict(plan.settings).get("endurance_s")
    return float(value) if isinstance(value, int | float) and value > 0 else None


def battery_needed_pct(sortie: Sortie, endurance_s: float | None, limits: PreflightLimits) -> float:
    """The charge the sortie asks for, reserve included: linear in its duration, at most a full battery."""
    return min(limits.full_pct, limits.reserve_pct + 100.0 * sortie.duration_s / (endurance_s or limits.endurance_s))


def _check(code: str, level: CheckLevel, vehicle: str | None = None, **data: Any) -> Check:
    return Check(code=code, level=level, vehicle=vehicle, data={**data, "text": check_text(code, level, data)})


def _plan_limits(problems: Sequence[str]) -> Check:
    return _check("plan.limits", RED if problems else GREEN, problems=list(problems), count=len(problems))


def _not_mixed(operation: Operation, vehicles: Mapping[str, VehicleState]) -> Check:
    kinds = {state.simulated is True for state in map(vehicles.get, operation.vehicles) if state is not None}
    return _check("fleet.not_mixed", RED if len(kinds) > 1 else GREEN)


def _free(vehicle: str, operation: Operation, taken: Mapping[str, str]) -> Check:
    if operation.vehicles.count(vehicle) > 1:
        return _check("vehicle.free", RED, vehicle, other=operation.id)
    other = taken.get(vehicle)
    return _check("vehicle.free", RED if other else GREEN, vehicle, other=other)


def _heard(state: VehicleState, now_s: float) -> Check:
    silence_s = round(state.silence_s(now_s), 1)
    return _check("vehicle.heard", RED if state.stale(now_s) else GREEN, state.id, silence_s=silence_s)


def _disarmed(state: VehicleState) -> Check:
    return _check("vehicle.disarmed", RED if state.armed else GREEN, state.id, mode=state.mode)


def _gps_fix(state: VehicleState) -> Check:
    fix = state.gps.fix if state.gps else None
    return _check("gps.fix", GREEN if fix is not None and fix >= GpsFix.FIX_3D else RED, state.id, fix=fix)


def _satellites(state: VehicleState, limits: PreflightLimits) -> Check:
    satellites = state.gps.satellites if state.gps else None
    if satellites is None:
        return _check("gps.satellites", YELLOW, state.id, satellites=None)
    level = RED if satellites < limits.satellites_red else YELLOW if satellites < limits.satellites_yellow else GREEN
    return _check("gps.satellites", level, state.id, satellites=satellites)


def _ekf(state: VehicleState) -> Check:
    return _check("ekf.position", GREEN if ekf_ok(state.ekf_flags) else RED, state.id, flags=state.ekf_flags)


def _prearm(state: VehicleState) -> Check:
    said = [text.text for text in state.texts if text.text.startswith("PreArm:")]
    if state.prearm_ok is None:
        return _check("vehicle.prearm", YELLOW, state.id, said="")
    last = said[-1] if said and not state.prearm_ok else ""
    return _check("vehicle.prearm", GREEN if state.prearm_ok else RED, state.id, said=last)


def _battery(state: VehicleState, context: VehicleContext) -> Check:
    limits = context.limits
    needed = round(battery_needed_pct(context.sortie, context.endurance_s, limits), 1)
    remaining = state.battery.remaining_pct if state.battery else None
    failing = state.battery is not None and state.battery.failing
    if remaining is None or failing or remaining < needed:
        level = RED
    elif remaining < min(limits.full_pct, needed + limits.near_pct):
        level = YELLOW
    else:
        level = GREEN
    return _check("battery.enough", level, state.id, remaining_pct=remaining, needed_pct=needed)


def _cells(battery: Battery | None, vehicle: str, limits: PreflightLimits) -> Check:
    """Whether every cell works, though the charge reads well: as told, or as the voltage of all shows it."""
    level, found = _cells_found(battery, limits) if battery else (YELLOW, None)
    return _check("battery.cells", level, vehicle, found=found)


def _cells_found(battery: Battery, limits: PreflightLimits) -> tuple[CheckLevel, str | None]:
    lowest_v, highest_v, most = battery.lowest_cell_v, battery.highest_cell_v, battery.cells
    if battery.faults:
        return RED, f"MAV_BATTERY_FAULT {battery.faults:#x}"
    if lowest_v is not None and highest_v is not None:
        apart_v = highest_v - lowest_v
        red = lowest_v < limits.cell_red_v or apart_v > limits.cells_apart_red_v
        level = RED if red else YELLOW if apart_v > limits.cells_apart_yellow_v else GREEN
        return level, f"{lowest_v:.2f}–{highest_v:.2f} V"
    working = working_cells(battery.voltage_v, battery.remaining_pct)
    if working is None or most is None:
        return YELLOW, None
    red = most - working > max(limits.cells_missing, limits.cells_missing_share * most)
    return RED if red else GREEN, f"{battery.voltage_v:.1f} V ({working:.1f} / {most:.1f} S)"


def _home(state: VehicleState, context: VehicleContext) -> Check:
    if state.home is None:
        return _check("home.near_start", RED, state.id, distance_m=None)
    away_m = round(from_start_m(context.sortie, state.home), 1)
    limits = context.limits
    level = RED if away_m > limits.home_red_m else YELLOW if away_m > limits.home_yellow_m else GREEN
    return _check("home.near_start", level, state.id, distance_m=away_m)


def _pad(state: VehicleState, context: VehicleContext) -> Check:
    """It stands where the sortie starts: the launch makes sure that its home is there, too, once it is armed."""
    if state.position is None:
        return _check("pad.near_start", RED, state.id, distance_m=None)
    away_m = round(from_start_m(context.sortie, state.position), 1)
    level = RED if away_m > context.limits.home_yellow_m else GREEN
    return _check("pad.near_start", level, state.id, distance_m=away_m)


def _air(state: VehicleState, context: VehicleContext) -> tuple[Check, Check]:
    """Whether a drone that was sent to look, is there otherwise, or flies over the climb is in the way; and whether
    somebody may be."""
    home = state.position if context.at_pad else state.home
    home_amsl_m = home.alt_amsl_m if home else None
    met = meetings(context.sortie, home_amsl_m, context.outsiders)
    crossing = (*met.crossing, *over_the_climb(context.sortie, home_amsl_m, context.mates))
    return (
        _check("air.clear", RED if crossing else GREEN, state.id, others=", ".join(crossing)),
        _check("air.known", YELLOW if met.unknown else GREEN, state.id, others=", ".join(met.unknown)),
    )


def from_start_m(sortie: Sortie, place: Position) -> float:
    """Metres between a place and where the sortie starts."""
    start = sortie.path[0]
    return distance_m(place.lon_deg, place.lat_deg, start.lon_deg, start.lat_deg)


def _mission(state: VehicleState, mission_hash: str) -> Check:
    holds = state.mission_known and state.mission_hash == mission_hash
    return _check("mission.verified", GREEN if holds else RED, state.id, known=state.mission_known)
