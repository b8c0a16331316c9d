"""What a recording says about each vehicle in it: figures for a table and series for plots.

A vehicle is a system that sent a heartbeat of an autopilot. Heights are above home, distances over ground.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from telemetry.constants import MavAutopilot, MavModeFlag, MavSeverity
from telemetry.logs import Columns, Heads, Log
from telemetry.sequence import LARGEST_GAP
from telemetry.tracks import Fix, tracks_of

NEEDED = (
    "HEARTBEAT", "GLOBAL_POSITION_INT", "SYS_STATUS", "VFR_HUD", "VIBRATION", "STATUSTEXT",
)  # fmt: skip
EARTH_RADIUS_M = 6_371_008.8
UNKNOWN_VOLTAGE_MV = 65535
SILENCE_S = 1.0
LOSS_WINDOW_US = 5_000_000

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """Values over unix microseconds, for one plot."""

    name: str
    unit: str
    unix_us: NDArray[np.int64]
    values: Floats


@dataclass(frozen=True, slots=True, eq=False)
class FlightSummary:
    """One vehicle. None where the recording does not say."""

    sysid: int
    start_us: int
    end_us: int
    armed_s: float
    distance_m: float
    max_alt_rel_m: float | None
    max_ground_m_s: float | None
    battery_start_pct: int | None
    battery_end_pct: int | None
    min_voltage_v: float | None
    max_vibration_m_s2: float | None
    frames: int
    lost_frames: int
    longest_silence_s: float
    warnings: tuple[tuple[int, str], ...]
    series: tuple[Series, ...] = field(repr=False)


def summaries_of(log: Log) -> list[FlightSummary]:
    """Of each vehicle, by system id. `log` has at least the types in `NEEDED` that the file has."""
    if "HEARTBEAT" not in log:
        return []
    beats = log["HEARTBEAT"]
    vehicles = np.unique(beats.sysid[beats.fields["autopilot"] != MavAutopilot.INVALID]).tolist()
    tracks = tracks_of(log)
    return [_summary(log, sysid, tracks.get(sysid, [])) for sysid in vehicles]


def _summary(log: Log, sysid: int, track: list[Fix]) -> FlightSummary:
    mine = {name: log[name].of(sysid) for name in NEEDED if name in log}
    series = tuple(entry for entry in _series(mine, log.heads, sysid) if len(entry.values))
    by_name = {entry.name: entry.values for entry in series}
    times = log.heads.unix_us[log.heads.sysid == sysid]
    _, lost = _losses(log.heads, sysid)
    battery = by_name.get("battery")
    silence = by_name.get("silence")
    return FlightSummary(
        sysid=sysid,
        start_us=int(times.min()),
        end_us=int(times.max()),
        armed_s=_armed_s(mine["HEARTBEAT"]),
        distance_m=_distance_m(track),
        max_alt_rel_m=_top(by_name.get("height")),
        max_ground_m_s=_top(by_name.get("speed")),
        battery_start_pct=int(battery[0]) if battery is not None else None,
        battery_end_pct=int(battery[-1]) if battery is not None else None,
        min_voltage_v=float(by_name["voltage"].min()) if "voltage" in by_name else None,
        max_vibration_m_s2=_top(by_name.get("vibration")),
        frames=len(times),
        lost_frames=int(lost.sum()),
        longest_silence_s=_top(silence) or 0.0,
        warnings=_warnings(mine.get("STATUSTEXT")),
        series=series,
    )


def _series(mine: dict[str, Columns], heads: Heads, sysid: int) -> list[Series]:
    found = []
    if "GLOBAL_POSITION_INT" in mine:
        found.append(_one("height", "m", mine["GLOBAL_POSITION_INT"], "relative_alt", 1e-3))
    if "VFR_HUD" in mine:
        found.append(_one("speed", "m/s", mine["VFR_HUD"], "groundspeed"))
    if "SYS_STATUS" in mine:
        status = mine["SYS_STATUS"]
        found.append(_one("battery", "%", status, "battery_remaining", known=status.fields["battery_remaining"] >= 0))
        known = (status.fields["voltage_battery"] > 0) & (status.fields["voltage_battery"] < UNKNOWN_VOLTAGE_MV)
        found.append(_one("voltage", "V", status, "voltage_battery", 1e-3, known=known))
    if "VIBRATION" in mine:
        shaken = mine["VIBRATION"]
        worst = np.max([shaken.fields[f"vibration_{axis}"] for axis in "xyz"], axis=0).astype(np.float64)
        found.append(Series("vibration", "m/s²", shaken.unix_us, worst))
    times = np.sort(heads.unix_us[heads.sysid == sysid])
    pauses = np.diff(times) / 1e6
    silence = Series("silence", "s", times[1:], np.where(pauses >= SILENCE_S, pauses, 0.0))
    return [*found, _loss(heads, sysid, times), silence]


def _loss(heads: Heads, sysid: int, times: NDArray[np.int64]) -> Series:
    """Of the frames sent in each stretch of `LOSS_WINDOW_US` in which any came, how many did not come."""
    stretches, first, heard = np.unique(times // LOSS_WINDOW_US, return_index=True, return_counts=True)
    late_us, lost = _losses(heads, sysid)
    place = np.searchsorted(stretches, late_us // LOSS_WINDOW_US)
    missed = np.bincount(place, weights=lost, minlength=len(stretches))
    share = 100.0 * missed / (missed + heard)
    return Series("loss", "%", times[first], share)


def _one(
    name: str, unit: str, columns: Columns, column: str, scale: float = 1.0, *, known: NDArray[np.bool_] | None = None
) -> Series:
    values = columns.fields[column].astype(np.float64) * scale
    keep = np.isfinite(values) if known is None else known
    return Series(name, unit, columns.unix_us[keep], values[keep])


def _top(values: Floats | None) -> float | None:
    return float(values.max()) if values is not None and len(values) else None


def _armed_s(beats: Columns) -> float:
    """Time between heartbeats of which both say armed."""
    armed = (beats.fields["base_mode"] & MavModeFlag.SAFETY_ARMED) != 0
    both = armed[1:] & armed[:-1]
    return float(np.clip(np.diff(beats.unix_us), 0, None)[both].sum() / 1e6)


def _distance_m(track: list[Fix]) -> float:
    if len(track) < 2:
        return 0.0
    lat, lon = np.radians([[fix.lat_deg for fix in track], [fix.lon_deg for fix in track]])
    # Equirectangular between neighbours: they are metres apart.
    east = np.diff(lon) * np.cos((lat[1:] + lat[:-1]) / 2)
    return float(np.hypot(np.diff(lat), east).sum() * EARTH_RADIUS_M)


def _losses(heads: Heads, sysid: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """When a frame came before which others were missing, and how many, by gaps in the sequence numbers as
    `telemetry.sequence` counts them."""
    at_us, lost = [], []
    for compid in np.unique(heads.compid[heads.sysid == sysid]).tolist():
        mine = (heads.sysid == sysid) & (heads.compid == compid)
        gaps = (np.diff(heads.seq[mine].astype(np.int64)) - 1) & 0xFF
        counted = (gaps > 0) & (gaps <= LARGEST_GAP)
        at_us.append(heads.unix_us[mine][1:][counted])
        lost.append(gaps[counted])
    return np.concatenate(at_us), np.concatenate(lost)


def _warnings(texts: Columns | None) -> tuple[tuple[int, str], ...]:
    """Unix microseconds and text of every status text that is a warning or worse."""
    if texts is None:
        return ()
    severe = texts.fields["severity"] <= MavSeverity.WARNING
    pairs = zip(texts.unix_us.tolist(), texts.texts("text"), severe.tolist(), strict=True)
    return tuple((at_us, text) for at_us, text, bad in pairs if bad)
