"""Everything that can go wrong in an exercise, by name: vehicles, their lines, their cameras. Pure.

A fault is one of `CATALOGUE`, on one vehicle or all, from a moment to another, with parameters. What it
does: `settings` are SITL's own parameters of the vehicle (the simulated autopilot and a real SITL know
them), `rules` spoil the talk on its line (modes of QGroundControl's MockLink keep their names), and
`noise` spoils every frame on the line.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from types import MappingProxyType

from simulators.line.mocklink_modes import MODES, NEED
from simulators.line.rules import Rule, Way
from simulators.network import Faults as Noise

DROPPED = 0.2


class FaultError(ValueError):
    """A fault that there is not, or a parameter that it cannot have; `key` names which part is wrong."""

    def __init__(self, text: str, key: str) -> None:
        super().__init__(text)
        self.key = key


class Where(StrEnum):
    VEHICLE = "vehicle"
    LINE = "line"
    CAMERA = "camera"


@dataclass(frozen=True, slots=True)
class Number:
    """A parameter of a fault: what it is unless told, and what it may be."""

    usual: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class FaultKind:
    """`settings` gives for each parameter of the vehicle its value while the fault lasts, as a number or the
    name of the fault's own parameter, and its value afterwards."""

    where: Where
    zh: str
    en: str
    numbers: Mapping[str, Number] = field(default_factory=dict)
    settings: Mapping[str, tuple[float | str, float]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Fault:
    """`vehicle` 0 is every vehicle; `until_s` None lasts to the end."""

    name: str
    at_s: float = 0.0
    until_s: float | None = None
    vehicle: int = 0
    numbers: Mapping[str, float] = field(default_factory=dict)

    def concerns(self, sysid: int) -> bool:
        return self.vehicle in (0, sysid)

    def active(self, now_s: float) -> bool:
        return self.at_s <= now_s and (self.until_s is None or now_s < self.until_s)

    def number(self, name: str) -> float:
        return self.numbers.get(name, CATALOGUE[self.name].numbers[name].usual)


def _share(usual: float) -> Number:
    return Number(usual, 0.0, 1.0)


_VEHICLE: Mapping[str, FaultKind] = {
    "GpsLoss": FaultKind(Where.VEHICLE, "卫星定位丢失", "GPS lost", settings={"SIM_GPS1_ENABLE": (0, 1)}),
    "GpsGlitch": FaultKind(
        Where.VEHICLE, "卫星定位跳变", "GPS glitch", {"degrees": Number(0.001, -0.1, 0.1)},
        {"SIM_GPS1_GLTCH_X": ("degrees", 0)},
    ),
    "CompassFailure": FaultKind(
        Where.VEHICLE, "罗盘故障", "compass failed", settings={"SIM_MAG1_FAIL": (1, 0)}
    ),
    "MotorFailure": FaultKind(Where.VEHICLE, "电机故障", "motor failed", settings={"SIM_ENGINE_FAIL": (1, 0)}),
    "RcLoss": FaultKind(Where.VEHICLE, "遥控信号丢失", "radio control lost", settings={"SIM_RC_FAIL": (1, 0)}),
    "BatterySag": FaultKind(
        Where.VEHICLE, "电池电压骤降", "battery voltage sags", {"volts": Number(10.3, 5.0, 60.0)},
        {"SIM_BATT_VOLTAGE": ("volts", 12.6)},
    ),
    "CellFailure": FaultKind(
        Where.VEHICLE, "单节电芯失效", "a battery cell failed", settings={"SIM_BATT_VOLTAGE": (8.4, 12.6)}
    ),
    "WindBeyondLimits": FaultKind(
        Where.VEHICLE, "风超限", "wind beyond limits",
        {"speed_m_s": Number(16.0, 0.0, 60.0), "from_deg": Number(0.0, 0.0, 360.0)},
        {"SIM_WIND_SPD": ("speed_m_s", 0), "SIM_WIND_DIR": ("from_deg", 180)},
    ),
    "FenceBreach": FaultKind(
        Where.VEHICLE, "越出电子围栏", "fence breached", {"radius_m": Number(30.0, 30.0, 10_000.0)},
        {"FENCE_TYPE": (2, 7), "FENCE_RADIUS": ("radius_m", 300), "FENCE_ACTION": (1, 1), "FENCE_ENABLE": (1, 0)},
    ),
}  # fmt: skip
_NOISE: Mapping[str, FaultKind] = {
    "LinkLost": FaultKind(Where.LINE, "链路中断", "link lost both ways"),
    "setCommLost": FaultKind(Where.LINE, "下行中断", "vehicle is not heard, but hears"),
    "UplinkLost": FaultKind(Where.LINE, "上行中断", "vehicle is heard, but does not hear"),
    "simulateConnectionRemoved": FaultKind(Where.LINE, "连接被拔除", "connection removed"),
    "PacketLoss": FaultKind(Where.LINE, "丢包", "frames lost", {"share": _share(0.3)}),
    "Duplication": FaultKind(Where.LINE, "重复", "frames doubled", {"share": _share(0.3)}),
    "Reordering": FaultKind(Where.LINE, "乱序", "frames reordered", {"share": _share(0.3)}),
    "Corruption": FaultKind(Where.LINE, "误码", "frames damaged", {"per_byte": Number(0.001, 0.0, 0.1)}),
    "Delay": FaultKind(
        Where.LINE, "时延", "frames late", {"delay_s": Number(0.8, 0.0, 30.0), "jitter_s": Number(0.0, 0.0, 30.0)}
    ),
    "BandwidthCap": FaultKind(Where.LINE, "带宽受限", "narrow link", {"bytes_per_s": Number(1200.0, 50.0, 1e9)}),
    "HighLatencyLink": FaultKind(Where.LINE, "高时延链路", "high-latency link"),
    "enableRandomDrops": FaultKind(Where.LINE, "随机丢弃", "one frame in five lost"),
}
_CAMERA: Mapping[str, FaultKind] = {
    "CameraFailure": FaultKind(Where.CAMERA, "相机故障", "camera failed"),
}
_RULED: Mapping[str, FaultKind] = {
    name: FaultKind(
        Where.LINE, f"协议故障 {name}", name,
        {NEED[name][0]: Number(*NEED[name][1:])} if name in NEED else {},
    )
    for name in MODES
}  # fmt: skip
CATALOGUE: Mapping[str, FaultKind] = MappingProxyType({**_VEHICLE, **_CAMERA, **_NOISE, **_RULED})
LIVE: tuple[str, ...] = (*_VEHICLE, *_CAMERA, *_NOISE)
"""Those an instructor is offered first: what happens to a vehicle, not to a protocol."""


def checked(fault: Fault, vehicles: int) -> Fault:
    """`fault` itself. Raises FaultError for a name, a vehicle, a time or a parameter that cannot be."""
    kind = CATALOGUE.get(fault.name)
    if kind is None:
        raise FaultError(f"there is no fault {fault.name!r}", "name")
    if not 0 <= fault.vehicle <= vehicles:
        raise FaultError(f"vehicle {fault.vehicle} is not 0 (all) to {vehicles}", "vehicle")
    if fault.at_s < 0:
        raise FaultError(f"at_s {fault.at_s:g} lies before the start", "at_s")
    if fault.until_s is not None and fault.until_s <= fault.at_s:
        raise FaultError(f"until_s {fault.until_s:g} is not after at_s {fault.at_s:g}", "until_s")
    for name, value in fault.numbers.items():
        number = kind.numbers.get(name)
        if number is None:
            raise FaultError(f"{fault.name} has no parameter {name!r}", f"numbers.{name}")
        if not number.low <= value <= number.high:
            raise FaultError(f"{name} {value:g} is not {number.low:g} to {number.high:g}", f"numbers.{name}")
    return fault


def settings(fault: Fault, *, on: bool) -> Mapping[str, float]:
    """Parameters of the vehicle to set when the fault begins, or when it ends."""
    chosen = {}
    for name, (value, after) in CATALOGUE[fault.name].settings.items():
        chosen[name] = (fault.number(value) if isinstance(value, str) else value) if on else after
    return chosen


def rules(faults: Sequence[Fault]) -> tuple[Rule, ...]:
    """What the faults do to messages on one vehicle's line."""
    return tuple(rule for fault in faults if fault.name in MODES for rule in MODES[fault.name](_all_numbers(fault)))


def _all_numbers(fault: Fault) -> Mapping[str, float]:
    return {name: fault.number(name) for name in CATALOGUE[fault.name].numbers}


def noise(faults: Sequence[Fault], usual: Noise) -> Mapping[Way, Noise]:
    """What the faults do to every frame on one vehicle's line, on top of how the line usually is."""
    up = down = usual
    for fault in faults:
        spoil = _SPOIL.get(fault.name)
        if spoil is not None:
            up = up if fault.name in _ONLY_DOWN else spoil(up, fault)
            down = down if fault.name in _ONLY_UP else spoil(down, fault)
    return {Way.UP: up, Way.DOWN: down}


_ONLY_DOWN, _ONLY_UP = frozenset({"setCommLost"}), frozenset({"UplinkLost"})


def _cut(line: Noise, _fault: Fault) -> Noise:
    return replace(line, loss=1.0)


_SPOIL: Mapping[str, Callable[[Noise, Fault], Noise]] = {
    "LinkLost": _cut,
    "setCommLost": _cut,
    "UplinkLost": _cut,
    "PacketLoss": lambda line, fault: replace(line, loss=max(line.loss, fault.number("share"))),
    "enableRandomDrops": lambda line, _fault: replace(line, loss=max(line.loss, DROPPED)),
    "Duplication": lambda line, fault: replace(line, duplicate=fault.number("share")),
    "Reordering": lambda line, fault: replace(line, reorder=fault.number("share")),
    "Corruption": lambda line, fault: replace(line, corrupt=fault.number("per_byte")),
    "Delay": lambda line, fault: replace(line, delay_s=fault.number("delay_s"), jitter_s=fault.number("jitter_s")),
    "BandwidthCap": lambda line, fault: replace(line, bytes_per_s=fault.number("bytes_per_s")),
    "HighLatencyLink": lambda line, _fault: replace(line, delay_s=2.5, bytes_per_s=1200.0),
}
