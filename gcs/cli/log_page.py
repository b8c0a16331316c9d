"""A recording as one page: figures and plots of each vehicle, without scripts or requests."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from math import ceil, floor

import numpy as np

from maps import escape
from telemetry.flight_summary import FlightSummary, Series

WIDTH, HEIGHT = 860, 150
LEFT, RIGHT, TOP, BOTTOM = 52, 8, 8, 20
MOST_POINTS = 800
FAR_FROM_ZERO = frozenset({"voltage"})
TITLES = {
    "height": "高度 Height above home",
    "speed": "地速 Ground speed",
    "battery": "电量 Battery",
    "voltage": "电压 Voltage",
    "vibration": "振动 Vibration",
    "loss": "链路丢帧 Frames lost on the link",
    "silence": "链路中断 Silence of the link",
}
FIGURES = {
    "armed_s": "解锁时间 armed, s",
    "distance_m": "航程 distance, m",
    "max_alt_rel_m": "最大高度 greatest height, m",
    "max_ground_m_s": "最大地速 greatest speed, m/s",
    "battery_start_pct": "起始电量 battery at start, %",
    "battery_end_pct": "结束电量 battery at end, %",
    "min_voltage_v": "最低电压 lowest voltage, V",
    "max_vibration_m_s2": "最大振动 greatest vibration, m/s²",
    "frames": "帧数 frames",
    "lost_frames": "丢帧 lost frames",
    "longest_silence_s": "最长中断 longest silence, s",
}
STYLE = """body{font:14px/1.5 system-ui,sans-serif;margin:2em auto;max-width:900px;padding:0 1em;color:#1b2733}
h1{font-size:1.3em}h2{font-size:1.1em;margin-top:2em;border-top:1px solid #ccd5de;padding-top:1em}
h3{font-size:1em;font-weight:600;margin:1em 0 .2em}table{border-collapse:collapse}td,th{padding:.15em 1em .15em 0;
text-align:left;font-weight:400}td{font-variant-numeric:tabular-nums;font-weight:600}svg{width:100%;height:auto}
text{font-size:11px;fill:#5a6b7b}polyline{fill:none;stroke:#0b6bcb;stroke-width:1.3}line{stroke:#dde4ea}"""


def log_page(name: str, summaries: Sequence[FlightSummary]) -> str:
    """Self-contained HTML; texts from the recording are escaped."""
    body = "\n".join(_vehicle(summary) for summary in summaries) or "<p>没有无人机 No vehicle in this recording.</p>"
    title = escape.text(name)
    return (
        f'<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>{title}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{STYLE}</style></head>'
        f"<body><h1>{title}</h1>\n{body}\n</body></html>\n"
    )


def _vehicle(summary: FlightSummary) -> str:
    rows = "".join(
        f"<tr><th>{label}</th><td>{escape.text(_shown(getattr(summary, field)))}</td></tr>"
        for field, label in FIGURES.items()
    )
    span = f"{_clock(summary.start_us)} – {_clock(summary.end_us)} UTC"
    plots = "".join(_plot(series, summary) for series in summary.series if len(series.values) > 1)
    return (
        f"<section><h2>无人机 Vehicle {summary.sysid}</h2><p>{span}</p><table>{rows}</table>{plots}"
        f"{_warnings(summary.warnings)}</section>"
    )


def _shown(value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:.1f}" if isinstance(value, float) else str(value)


def _clock(unix_us: float) -> str:
    return f"{datetime.fromtimestamp(unix_us / 1e6, UTC):%Y-%m-%d %H:%M:%S}"


def _warnings(warnings: Iterable[tuple[int, str]]) -> str:
    rows = "".join(f"<tr><th>{_clock(at_us)[11:]}</th><td>{escape.text(text)}</td></tr>" for at_us, text in warnings)
    return f"<h3>警告 Warnings</h3><table>{rows}</table>" if rows else ""


def _plot(series: Series, summary: FlightSummary) -> str:
    at, values = _thinned(series)
    low, high = _scale(series.name, values)
    span = max(summary.end_us - summary.start_us, 1)
    x = LEFT + (at - summary.start_us) / span * (WIDTH - LEFT - RIGHT)
    y = TOP + (high - values) / (high - low) * (HEIGHT - TOP - BOTTOM)
    points = " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(x.tolist(), y.tolist(), strict=True))
    base = HEIGHT - BOTTOM
    return (
        f"<h3>{TITLES[series.name]}, {series.unit}</h3>"
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{TITLES[series.name]}">'
        f'<line x1="{LEFT}" y1="{TOP}" x2="{WIDTH - RIGHT}" y2="{TOP}"/>'
        f'<line x1="{LEFT}" y1="{base}" x2="{WIDTH - RIGHT}" y2="{base}"/>'
        f'<text x="2" y="{TOP + 8}">{_tick(high)}</text><text x="2" y="{base}">{_tick(low)}</text>'
        f'<text x="{LEFT}" y="{HEIGHT - 5}">{_clock(summary.start_us)[11:]}</text>'
        f'<text x="{WIDTH - RIGHT}" y="{HEIGHT - 5}" text-anchor="end">{_clock(summary.end_us)[11:]}</text>'
        f'<polyline points="{points}"/></svg>'
    )


def _scale(name: str, values: np.ndarray) -> tuple[float, float]:
    """From 0, or below it, to the top; of what is never near 0 only the part where it is."""
    low, high = float(values.min()), float(values.max())
    if name in FAR_FROM_ZERO:
        return floor(low - 0.1), ceil(high + 0.1)
    low = min(0.0, low)
    return low, high if high > low else low + 1.0


def _tick(value: float) -> str:
    return f"{round(value, 1) + 0.0:g}"


def _thinned(series: Series) -> tuple[np.ndarray, np.ndarray]:
    """At most `MOST_POINTS`: of each stretch its lowest and its highest value, in the order of time."""
    order = np.argsort(series.unix_us, kind="stable")
    at, values = series.unix_us[order], series.values[order]
    if len(values) <= MOST_POINTS:
        return at, values
    edges = np.linspace(0, len(values), MOST_POINTS // 2 + 1).astype(int)
    picked: list[int] = []
    for start, end in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True):
        piece = values[start:end]
        picked += sorted((start + int(piece.argmin()), start + int(piece.argmax())))
    return at[picked], values[picked]
