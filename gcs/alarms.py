"""What the operator must look at now, from the state of vehicles and operations. Pure.

An alarm lives as long as its condition, and `CLEAR_AFTER_S` longer, so that a flickering value does not
flicker on the screen. Its id is made of code and subject, so it is the same alarm in every browser and
after a restart. Acknowledging silences it and does not end it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from itertools import chain
from types import MappingProxyType

import msgspec
from msgspec.structs import replace

from gcs.fleet.health import airborne, ekf_ok
from gcs.fleet.state import VehicleState
from gcs.fleet.takeovers import Takeover
from gcs.operations.lifecycle import UNDER_WAY
from gcs.operations.model import Operation, SortieStatus
from gcs.parts import parts
from gcs.sightings.model import Level, Sighting
from telemetry.constants import GpsFix

CLEAR_AFTER_S = 3.0
BATTERY_LOW_PCT = 25
BATTERY_CRITICAL_PCT = 15
OFF_PLAN_M = 60.0
KEPT_AT_MOST = 1000
SUPERVISED_AT_MOST = 200
VEHICLES_AT_A_TIME = 250
SUPERVISED: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "not_accepted": ("警力未按时接单", "a unit did not answer in time"),
        "nobody_free": ("无可派警力", "nobody is free"),
        "not_assigned": ("尚未派单", "nobody was chosen"),
        "asked": ("督办", "under supervision"),
        "late": ("未按时到场", "the unit is late"),
        "unsettled": ("超时未处置", "open for too long"),
    }
)
UNHEARD = (SortieStatus.LAUNCHING, SortieStatus.FLYING, SortieStatus.RETURNING)


class Severity(StrEnum):
    INFO = "info"
    WARNING = "warning"
    CRITICAL = "critical"


class Alarm(msgspec.Struct, frozen=True, kw_only=True):
    """`text` is `{"zh", "en"}`; `vehicle` is None for alarms of an operation."""

    id: str
    code: str
    severity: Severity
    at: datetime
    vehicle: str | None = None
    operation: str | None = None
    sighting: str | None = None
    text: dict[str, str]
    acknowledged: bool = False


@dataclass(frozen=True, slots=True)
class Situation:
    """Everything alarms are made of. `off_plan_m` is the distance from its path by surveying vehicle;
    `own_troubles` is what ground control itself suffers from, `{code: (zh, en)}`; `classes` are the names of classes
    of sightings, likewise; `takeovers` are the other stations that ask for a vehicle, by vehicle."""

    vehicles: Mapping[str, VehicleState]
    operations: Mapping[str, Operation]
    off_plan_m: Mapping[str, float]
    now_s: float
    utc: datetime
    own_troubles: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    sightings: Mapping[str, Sighting] = field(default_factory=dict)
    classes: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    takeovers: Mapping[str, Takeover] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AlarmChanges:
    """What a look has changed: alarms new or worse or milder, and ids of those over."""

    raised: tuple[Alarm, ...] = ()
    cleared: tuple[str, ...] = ()


Rule = Callable[[Situation], Iterator[Alarm]]
VehicleRule = Callable[[VehicleState, Situation], Alarm | None]


class AlarmBoard:
    """The alarms that stand; `update` looks at the situation again."""

    def __init__(self, clear_after_s: float = CLEAR_AFTER_S) -> None:
        self._clear_after_s = clear_after_s
        self._alarms: dict[str, Alarm] = {}
        self._last_true_s: dict[str, float] = {}
        self.alarms: Mapping[str, Alarm] = MappingProxyType(self._alarms)

    def update(self, situation: Situation, alarms: Iterable[Alarm] | None = None) -> AlarmChanges:
        """Bring the board up to date with the `alarms` found in the situation, which are looked for unless given. An
        alarm that is not over keeps its time and acknowledgement."""
        raised = []
        for alarm in chain.from_iterable(found(situation)) if alarms is None else alarms:
            self._last_true_s[alarm.id] = situation.now_s
            before = self._alarms.get(alarm.id)
            new = before is None and len(self._alarms) < KEPT_AT_MOST
            if new or (before is not None and before.severity is not alarm.severity):
                self._alarms[alarm.id] = alarm
                raised.append(alarm)
        return AlarmChanges(tuple(raised), self._clear(situation.now_s))

    def acknowledge(self, alarm_id: str) -> Alarm | None:
        """The alarm, acknowledged; None when it does not stand (any more)."""
        alarm = self._alarms.get(alarm_id)
        if alarm is None:
            return None
        self._alarms[alarm_id] = replace(alarm, acknowledged=True)
        return self._alarms[alarm_id]

    def _clear(self, now_s: float) -> tuple[str, ...]:
        over = tuple(i for i in self._alarms if now_s - self._last_true_s[i] > self._clear_after_s)
        for alarm_id in over:
            del self._alarms[alarm_id]
        self._last_true_s = {i: at for i, at in self._last_true_s.items() if i in self._alarms}
        return over


def found(situation: Situation) -> Iterator[list[Alarm]]:
    """Every alarm whose condition is true right now, in parts: between two of them others may have their turn."""
    yield [alarm for rule in RULES for alarm in rule(situation)]
    for names in parts(situation.vehicles, VEHICLES_AT_A_TIME):
        states = map(situation.vehicles.get, names)
        yield [alarm for state in states if state is not None for alarm in _of_vehicle(state, situation)]


def _of_vehicle(state: VehicleState, situation: Situation) -> Iterable[Alarm]:
    if state.stale(situation.now_s):
        return (_link_lost(state, situation),)
    return [alarm for rule in VEHICLE_RULES if (alarm := rule(state, situation)) is not None]


def _alarm(
    code: str,
    severity: Severity,
    situation: Situation,
    text: tuple[str, str],
    vehicle: str | None,
    *,
    subject: str = "",
) -> Alarm:
    return Alarm(
        id=f"{code}:{subject or vehicle or 'ground-control'}",
        code=code,
        severity=severity,
        at=situation.utc,
        vehicle=vehicle,
        text={"zh": text[0], "en": text[1]},
    )


def _link_lost(state: VehicleState, situation: Situation) -> Alarm:
    critical = state.armed or airborne(state) is True
    severity = Severity.CRITICAL if critical else Severity.INFO
    zh, en = f"{state.id} 失去联系", f"{state.id}: link lost"
    return _alarm("link.lost", severity, situation, (zh, en), state.id)


def _two_vehicles(state: VehicleState, situation: Situation) -> Alarm | None:
    if not state.conflict:
        return None
    zh, en = f"{state.id} 有两架无人机使用同一编号", f"{state.id}: two vehicles answer to this id"
    return _alarm("vehicle.conflict", Severity.CRITICAL, situation, (zh, en), state.id)


def _not_believed(state: VehicleState, situation: Situation) -> Alarm | None:
    if state.doubted is None or state.conflict:
        return None
    where = f"{state.doubted.link}, {state.doubted.peer}"
    zh = f"另一地址以 {state.id} 的系统号发言，未予采信，可能有第二架无人机：{where}"
    en = f"{state.id}: another address speaks under its id and is not believed; a second vehicle? {where}"
    return _alarm("vehicle.stranger", Severity.WARNING, situation, (zh, en), state.id)


def _asked_for(situation: Situation) -> Iterator[Alarm]:
    for vehicle, asked in situation.takeovers.items():
        zh = f"地面站 {asked.station} 请求接管 {vehicle}：请在飞行员页面答复"
        en = f"{vehicle}: station {asked.station} asks to take over; answer on the pilot's page"
        yield _alarm("operator.asked", Severity.WARNING, situation, (zh, en), vehicle)


def _unheard_since_restart(situation: Situation) -> Iterator[Alarm]:
    for vehicle in _sorties_under_way(situation, *UNHEARD):
        if vehicle not in situation.vehicles:
            zh, en = f"{vehicle} 执行任务中，至今未收到信号", f"{vehicle} is on a sortie and has not been heard"
            yield _alarm("link.lost", Severity.CRITICAL, situation, (zh, en), vehicle)


def _battery(state: VehicleState, situation: Situation) -> Alarm | None:
    battery = state.battery
    if battery is None or not state.armed:
        return None
    percent, failing = battery.remaining_pct, battery.failing
    if not (failing or (percent is not None and percent < BATTERY_LOW_PCT)):
        return None
    critical = failing or (percent is not None and percent < BATTERY_CRITICAL_PCT)
    shown = "?" if percent is None else str(percent)
    severity = Severity.CRITICAL if critical else Severity.WARNING
    zh, en = f"{state.id} 电量低：{shown}%", f"{state.id}: battery low, {shown} %"
    return _alarm("battery.low", severity, situation, (zh, en), state.id)


def _ekf_bad(state: VehicleState, situation: Situation) -> Alarm | None:
    if not state.armed or ekf_ok(state.ekf_flags) is not False:
        return None
    zh, en = f"{state.id} 位置估计不可用", f"{state.id}: position estimate is bad"
    return _alarm("ekf.bad", Severity.CRITICAL, situation, (zh, en), state.id)


def _gps_lost(state: VehicleState, situation: Situation) -> Alarm | None:
    if not state.armed or state.gps is None or state.gps.fix >= GpsFix.FIX_3D:
        return None
    zh, en = f"{state.id} 失去卫星定位", f"{state.id}: GPS lost"
    return _alarm("gps.lost", Severity.CRITICAL, situation, (zh, en), state.id)


def _fence_breached(state: VehicleState, situation: Situation) -> Alarm | None:
    if not state.armed or not state.texts:
        return None
    told = [t.text.lower() for t in state.texts if "fence" in t.text.lower() and "breach" in t.text.lower()]
    if not told or "cleared" in told[-1] or "arm:" in told[-1]:
        return None
    zh, en = f"{state.id} 越出围栏", f"{state.id}: fence breached"
    return _alarm("fence.breached", Severity.CRITICAL, situation, (zh, en), state.id)


def _missions_unknown(situation: Situation) -> Iterator[Alarm]:
    for vehicle in _sorties_under_way(situation, SortieStatus.READY, SortieStatus.FLYING):
        state = situation.vehicles.get(vehicle)
        if state is not None and not state.mission_known and not state.stale(situation.now_s):
            zh, en = f"{state.id} 机上航线不明", f"{state.id}: the mission on board is unknown"
            yield _alarm("mission.unknown", Severity.WARNING, situation, (zh, en), state.id)


def _sortie_trouble(situation: Situation) -> Iterator[Alarm]:
    """Broken off is told as long as the operation is under way: somebody has to decide what to do."""
    for operation in _under_way(situation):
        for sortie in operation.sorties:
            named, subject = f"{sortie.vehicle} #{sortie.sortie + 1}", f"{operation.id}-{sortie.drone}-{sortie.sortie}"
            if sortie.status is SortieStatus.BROKEN_OFF:
                zh, en = f"{named} 中断：{sortie.reason}", f"{named} broken off: {sortie.reason}"
                yield _alarm(
                    "sortie.broken_off", Severity.WARNING, situation, (zh, en), sortie.vehicle, subject=subject
                )
            elif sortie.status is SortieStatus.HELD:
                zh, en = f"{named} 待处理：{sortie.reason}", f"{named} held: {sortie.reason}"
                yield _alarm("sortie.held", Severity.CRITICAL, situation, (zh, en), sortie.vehicle, subject=subject)


def _off_plan(situation: Situation) -> Iterator[Alarm]:
    for vehicle, away_m in situation.off_plan_m.items():
        if away_m > OFF_PLAN_M:
            zh, en = f"{vehicle} 偏离计划 {away_m:.0f} 米", f"{vehicle} is {away_m:.0f} m off its plan"
            yield _alarm("vehicle.off_plan", Severity.WARNING, situation, (zh, en), vehicle)


def _own_trouble(situation: Situation) -> Iterator[Alarm]:
    for code, text in situation.own_troubles.items():
        yield _alarm(code, Severity.CRITICAL, situation, text, None)


def _supervised(situation: Situation) -> Iterator[Alarm]:
    """A sighting that takes too long: amber warns, red is critical. The most urgent ones only: however many there
    are, they leave room for alarms of vehicles."""
    late = [(s.supervised.level is Level.AMBER, s.priority, s.supervised.since, s.id, s, s.supervised)
            for s in situation.sightings.values() if s.supervised is not None]  # fmt: skip
    for *_, sighting, standing in sorted(late)[:SUPERVISED_AT_MOST]:
        severity = Severity.CRITICAL if standing.level is Level.RED else Severity.WARNING
        zh, en = situation.classes.get(sighting.klass, (sighting.klass, sighting.klass))
        why_zh, why_en = SUPERVISED.get(standing.reason, (standing.reason, standing.reason))
        text = (f"{zh}：{why_zh}", f"{en}: {why_en}")
        alarm = _alarm("sighting.supervised", severity, situation, text, None, subject=sighting.id)
        yield replace(alarm, sighting=sighting.id, operation=sighting.operation)


def _under_way(situation: Situation) -> Iterator[Operation]:
    return (operation for operation in situation.operations.values() if operation.status in UNDER_WAY)


def _sorties_under_way(situation: Situation, *statuses: SortieStatus) -> Iterator[str]:
    """The vehicles of sorties in one of `statuses`."""
    return (s.vehicle for operation in _under_way(situation) for s in operation.sorties if s.status in statuses)


RULES: tuple[Rule, ...] = (
    _own_trouble,
    _asked_for,
    _unheard_since_restart,
    _missions_unknown,
    _sortie_trouble,
    _off_plan,
    _supervised,
)
VEHICLE_RULES: tuple[VehicleRule, ...] = (
    _two_vehicles,
    _not_believed,
    _battery,
    _ekf_bad,
    _gps_lost,
    _fence_breached,
)
"""Of a vehicle that is heard: what a silent one said last is no news; that it is silent is one alarm of its own."""
