"""The command line, the ports and the parameter file of one ArduPilot SITL process. Pure.

`--serial0 tcp:0` lets the vehicle boot without waiting for a caller; `--instance` stands before
`--base-port`, so that the port given is the port used, in every version.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Final

PORT_STEP: Final = 10
SERIAL_OFFSETS: Final = (0, 2, 3)
"""TCP ports of SERIAL0, 1 and 2 above the instance's base."""
RC_IN_OFFSET: Final = 1
LAST_SYSID: Final = 250
COPTER: Mapping[str, float] = MappingProxyType(
    {
        "FRAME_CLASS": 1,
        "FRAME_TYPE": 0,
        "FS_THR_ENABLE": 1,
        "BATT_MONITOR": 4,
        "MOT_BAT_VOLT_MIN": 9.6,
        "MOT_BAT_VOLT_MAX": 12.8,
        **{f"RC{n}_{end}": us for n in range(1, 9) for end, us in (("MIN", 1000), ("MAX", 2000), ("TRIM", 1500))},
        **{f"COMPASS_OFS{n}_{axis}": mg for n in ("", "2", "3") for axis, mg in (("X", 5), ("Y", 13), ("Z", -18))},
        **{f"INS_ACC{n}OFFS_{axis}": 0.001 for n in ("", "2") for axis in "XYZ"},
        **{f"INS_ACC{n}SCAL_{axis}": 1.001 for n in ("", "2") for axis in "XYZ"},
    }
)
"""What a simulated quadcopter needs to be armable: a frame, and sensors that count as calibrated."""


@dataclass(frozen=True, slots=True)
class SitlSpec:
    """One vehicle: the `index`-th of its fleet, degrees and metres above sea level.

    `base_port` is the fleet's; `params` are changes to the defaults, by name.
    """

    index: int
    sysid: int
    lat_deg: float
    lon_deg: float
    alt_m: float = 10.0
    heading_deg: float = 0.0
    base_port: int = 5760
    speedup: float = 1.0
    model: str = "quad"
    params: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not 1 <= self.sysid <= LAST_SYSID:
            raise ValueError(f"sysid {self.sysid} is not 1 to {LAST_SYSID}")

    @property
    def ports(self) -> tuple[int, ...]:
        """TCP ports, one client each."""
        return tuple(self._first_port + offset for offset in SERIAL_OFFSETS)

    @property
    def urls(self) -> tuple[str, ...]:
        """What ground stations dial."""
        return tuple(f"tcpout://127.0.0.1:{port}" for port in self.ports)

    @property
    def _first_port(self) -> int:
        return self.base_port + PORT_STEP * self.index

    def arguments(self, defaults: Sequence[Path]) -> tuple[str, ...]:
        """What stands behind the binary's name; of `defaults` (parameter files) the later wins."""
        home = f"{self.lat_deg:.7f},{self.lon_deg:.7f},{self.alt_m:.2f},{self.heading_deg:.1f}"
        return (
            "--model", self.model,
            "--home", home,
            "--speedup", f"{self.speedup:g}",
            "--sysid", str(self.sysid),
            "--instance", str(self.index),
            "--base-port", str(self._first_port),
            "--rc-in-port", str(self._first_port + RC_IN_OFFSET),
            "--serial0", "tcp:0",
            "--defaults", ",".join(map(str, defaults)),
        )  # fmt: skip

    def parameter_file(self) -> str:
        """Lines of `NAME VALUE`. Both names of the system id: 4.7 has another than those before it."""
        own = {"SYSID_THISMAV": self.sysid, "MAV_SYSID": self.sysid, **self.params}
        return parameter_text(own)


def parameter_text(params: Mapping[str, float]) -> str:
    """A file for `--defaults`; names that a firmware does not know are ignored by it."""
    return "".join(f"{name} {value:.9g}\n" for name, value in params.items())
