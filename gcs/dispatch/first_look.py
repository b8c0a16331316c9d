"""Which drone is there first: the fleet as it is now, ranked by when each could look at a place. Pure.

Nothing is sent by asking. A drone is ranked when everything that it takes is known of it: where it is and its home,
its charge, its estimate of position, and that nobody else needs it. What a vehicle never says, its speed and how long
a full battery lasts, is taken from the operation's plan that has it, else from `Habits`, and told with the answer.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from gcs.dispatch.assign import ground_distance_m
from gcs.fleet.health import airborne, ekf_ok, returning
from gcs.fleet.state import VehicleState
from gcs.operations.model import Operation, OperationStatus
from gcs.operations.preflight import plan_endurance_s
from missions.areas.zones import Zone
from missions.fleet import PlanError
from missions.look import Look, LookOut, NoLook, ReadyDrone
from missions.plan import LonLat, Plan
from missions.vertical import climb_s, landing_s
from missions.wind import Wind
from telemetry.constants import MavState

ENDED = frozenset({OperationStatus.CLOSED, OperationStatus.ABORTED})
ZONES_WITHIN_M = 100_000.0
LOOK_S = 60.0
LOOK_FROM_M = 50.0
"""How high somebody who takes off for it climbs."""
Words = tuple[str, str]
WHY_NOT: Mapping[str, Words] = MappingProxyType(
    {
        "conflict": ("两架无人机使用同一编号", "two vehicles answer to its system id"),
        "silent": ("{silence_s:.0f} 秒没有信号", "silent for {silence_s:.0f} s"),
        "no_place": ("位置不明", "its place is unknown"),
        "failsafe": ("处于故障保护", "it is in a failsafe"),
        "returning": ("正在返航或降落（{mode}）", "it flies home or lands ({mode})"),
        "no_estimate": ("定位不可用或未知", "its position estimate is bad or unknown"),
        "unknown": ("是否在飞不明", "nobody knows whether it flies"),
        "not_ready": ("飞控自检未通过或未知", "its own checks fail or are unknown"),
        "home": ("返航点不明", "its home is unknown"),
        "battery_unknown": ("电量不明", "its charge is unknown"),
        "battery_failing": ("电池告警", "its battery fails"),
        "battery": ("电量不够去并返航，差 {short_s:.0f} 秒", "{short_s:.0f} s of flight short of there and home"),
        "wind": ("风太大，飞不回来", "the wind is too strong to come back against"),
        "no_way": ("禁飞区挡住，没有航路", "no-fly zones leave no way"),
        "operation": ("正在执行任务 {operation}", "flies operation {operation}"),
        "place_closed": ("该点在禁飞区内", "the place lies in a no-fly zone"),
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Habits:
    """What is supposed of a drone that no plan tells about. `reserve_pct` of a full battery is never counted on."""

    speed_m_s: float = 10.0
    endurance_s: float = 1500.0
    reserve_pct: float = 20.0


@dataclass(frozen=True, slots=True)
class Answer:
    """One drone. `look` None: it cannot, or must not be sent, and `reason` says why by a word of `WHY_NOT`."""

    state: VehicleState
    habits: Habits
    look: Look | None = None
    from_ground: bool = False
    reason: str = ""
    figures: Mapping[str, Any] = field(default_factory=dict)

    def words(self) -> Words:
        """Why not, in Chinese and English; empty for one that can."""
        chinese, english = WHY_NOT[self.reason] if self.reason else ("", "")
        return chinese.format_map(self.figures), english.format_map(self.figures)


class FirstLook:
    """Ranks fleets; the ways round zones are kept from one question to the next as long as the zones are the same."""

    def __init__(self) -> None:
        self._known: tuple[object, LookOut] | None = None

    def ask(
        self,
        place: LonLat,
        states: Iterable[VehicleState],
        now_s: float,
        *,
        zones: Sequence[Zone] = (),
        wind: Wind | None = None,
        look_s: float = LOOK_S,
        habits: Callable[[str], Habits] = lambda _vehicle: Habits(),
        engaged: Callable[[str], str | None] = lambda _vehicle: None,
    ) -> list[Answer]:
        """Every drone, those that can look first and the soonest of them first. `engaged` names the operation that
        has a vehicle, which is then not taken from it."""
        found: list[Answer] = []
        ready: dict[str, tuple[VehicleState, ReadyDrone]] = {}
        for state in states:
            own, why = habits(state.id), _why_not(state, now_s)
            drone = _ready(state, own)
            if why is not None or drone is None:
                found.append(Answer(state, own, reason=why or "no_place", figures=_figures(state, now_s)))
            else:
                ready[state.id] = state, drone
        looks, cannot = self._ranked(place, [drone for _, drone in ready.values()], zones, wind, look_s)
        able: list[Answer] = []
        for look in looks:
            state, operation = ready[look.drone][0], engaged(look.drone)
            answer = Answer(state, habits(state.id), look, from_ground=airborne(state) is False)
            able.append(answer) if operation is None else found.append(_engaged(answer, operation))
        for none in cannot:
            state = ready[none.drone][0]
            figures = {"short_s": none.short_s}
            found.append(Answer(state, habits(state.id), reason=none.reason, figures=figures))
        return [*able, *sorted(found, key=_order)]

    def _ranked(
        self, place: LonLat, drones: Sequence[ReadyDrone], zones: Sequence[Zone], wind: Wind | None, look_s: float
    ) -> tuple[list[Look], list[NoLook]]:
        try:
            return self._ways(place, zones, wind).ranked(place, drones, look_s)
        except PlanError:
            return [], [NoLook(drone.id, "place_closed") for drone in drones]

    def _ways(self, place: LonLat, zones: Sequence[Zone], wind: Wind | None) -> LookOut:
        """The centre moves with the place by steps, so that most questions find what is there."""
        near = round(place[0], 1), round(place[1], 1)
        key = near, tuple(zones), wind
        if self._known is None or self._known[0] != key:
            around = [zone.rings for zone in zones if _is_near(zone, near)]
            self._known = key, LookOut(near, around, wind)
        return self._known[1]


def zones_in_force(operations: Iterable[Operation], plans: Mapping[str, Plan]) -> tuple[Zone, ...]:
    """The zones of all operations that have not ended, each once. How high somebody who looks flies is not known
    beforehand: bands of heights close it at all of them."""
    open_ = [plans[each.plan_hash] for each in operations if each.status not in ENDED and each.plan_hash in plans]
    return tuple(dict.fromkeys(replace(zone, floor_m=None, ceiling_m=None) for plan in open_ for zone in plan.no_fly))


def wind_told(states: Iterable[VehicleState], now_s: float) -> Wind | None:
    """What drones in the air say of the wind, their mean; None where nobody does."""
    told = [
        Wind(state.wind.from_deg, state.wind.speed_m_s).vector
        for state in states
        if state.wind is not None and airborne(state) and not state.stale(now_s)
    ]
    if not told:
        return None
    east, north = (sum(part) / len(told) for part in zip(*told, strict=True))
    return Wind(round(math.degrees(math.atan2(-east, -north))) % 360, round(math.hypot(east, north), 1))


def habits_of(operation: Operation | None, plan: Plan | None, vehicle: str, usual: Habits) -> Habits:
    """As the plan of its operation has it, where it has one."""
    if operation is None or plan is None or vehicle not in operation.vehicles:
        return usual
    speeds = [sortie.speed_m_s for sortie in plan.sorties_of(operation.vehicles.index(vehicle))]
    endurance_s = plan_endurance_s(plan)
    return replace(
        usual,
        speed_m_s=max(speeds, default=usual.speed_m_s),
        endurance_s=usual.endurance_s if endurance_s is None else endurance_s,
    )


def _why_not(state: VehicleState, now_s: float) -> str | None:
    """The first thing that keeps a drone from being sent anywhere; None when nothing does."""
    flies, battery = airborne(state), state.battery
    wrong = {
        "conflict": state.conflict,
        "silent": state.stale(now_s),
        "no_place": state.position is None,
        "failsafe": state.system_status >= MavState.CRITICAL,
        "returning": returning(state),
        "unknown": flies is None,
        "no_estimate": ekf_ok(state.ekf_flags) is not True,
        "not_ready": flies is False and state.prearm_ok is not True,
        "home": state.home is None,
        "battery_unknown": battery is None or battery.remaining_pct is None,
        "battery_failing": battery is not None and battery.failing,
    }
    return next((reason for reason, is_so in wrong.items() if is_so), None)


def _figures(state: VehicleState, now_s: float) -> Mapping[str, Any]:
    return {"silence_s": state.silence_s(now_s), "mode": state.mode}


def _ready(state: VehicleState, habits: Habits) -> ReadyDrone | None:
    """None where place, home or charge are not known."""
    position, home, percent = state.position, state.home, state.battery.remaining_pct if state.battery else None
    if position is None or home is None or percent is None:
        return None
    up_s = climb_s(LOOK_FROM_M) if airborne(state) is False else 0.0
    height_m = max(LOOK_FROM_M, position.alt_rel_m or 0.0)
    return ReadyDrone(
        state.id,
        (position.lon_deg, position.lat_deg),
        (percent - habits.reserve_pct) / 100.0 * habits.endurance_s - up_s - landing_s(height_m),
        habits.speed_m_s,
        ready_s=up_s,
        home=(home.lon_deg, home.lat_deg),
    )


def _engaged(answer: Answer, operation: str) -> Answer:
    return replace(answer, reason="operation", figures={"operation": operation})


def _order(answer: Answer) -> tuple[bool, float, str]:
    """Those that an operation has before those that cannot, by how soon they would be there."""
    return answer.look is None, answer.look.arrival_s if answer.look else 0.0, answer.state.id


def _is_near(zone: Zone, place: LonLat) -> bool:
    return any(ground_distance_m(place[1], place[0], lat, lon) < ZONES_WITHIN_M for lon, lat in zone.rings[0])
