"""`aeropatrol log`: what a recording says about the flights in it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer
from rich.table import Table

from gcs.cli.console import ERR, OUT, fail, print_json
from gcs.cli.log_page import log_page
from telemetry.flight_summary import NEEDED, FlightSummary, summaries_of
from telemetry.logs import Log, load_log
from telemetry.parquet import ParquetError, write_parquet
from telemetry.tlog import TlogError, TlogReader, open_tlog, plain_records
from telemetry.tracks import WRITERS, tracks_of

PAGE, COPY, TABLES = ".html", ".tlog", ".parquet"
COLUMNS: dict[str, Callable[[FlightSummary], float | None]] = {
    "vehicle": lambda summary: summary.sysid,
    "armed s": lambda summary: round(summary.armed_s),
    "flown m": lambda summary: round(summary.distance_m),
    "height m": lambda summary: summary.max_alt_rel_m,
    "batt %": lambda summary: summary.battery_end_pct,
    "lost": lambda summary: summary.lost_frames,
    "silent s": lambda summary: summary.longest_silence_s,
    "warnings": lambda summary: len(summary.warnings),
}


def log(
    file: Annotated[Path, typer.Argument(help="A .tlog recording, plain or gzipped.", show_default=False)],
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            help="Also write this: .html for a page with plots, .geojson, .kml, .gpx or .csv for the tracks, "
            ".tlog for a copy without signatures and keys, .parquet for a folder with every column (needs pyarrow).",
            show_default=False,
        ),
    ] = None,
    json_output: Annotated[bool, typer.Option("--json", help="Figures as one JSON object.")] = False,
) -> None:
    """Sum up a recording: each vehicle's flight, battery, vibration, losses of the link and warnings.

    Every checksum is verified; what is damaged is skipped.
    """
    suffix = output.suffix.lower() if output is not None else None
    if suffix not in (None, PAGE, COPY, TABLES, *WRITERS):
        known = ", ".join([PAGE, COPY, TABLES, *WRITERS])
        raise typer.BadParameter(f"{output} ends in {suffix or 'nothing'}: known are {known}", param_hint="--output")
    try:
        found = load_log(file, NEEDED)
    except TlogError as error:
        fail(str(error))
    if not found.frames:
        fail(f"{file}: no MAVLink frame in it; a recording (.tlog) is expected")
    summaries = summaries_of(found)
    if output is not None and suffix == TABLES:
        _write_tables(file, output)
    elif output is not None:
        _write(output, _content(file, suffix or "", found, summaries))
    if json_output:
        print_json(_figures(found, summaries))
    else:
        OUT.print(_table(file, found, summaries))
        if output is not None:
            ERR.print(f"written: {output}", markup=False, soft_wrap=True)


def _content(file: Path, suffix: str, found: Log, summaries: list[FlightSummary]) -> bytes:
    if suffix == COPY:
        with open_tlog(file) as opened:
            return b"".join(plain_records(TlogReader(opened)))
    if suffix == PAGE:
        return log_page(file.name, summaries).encode("utf-8")
    return WRITERS[suffix](tracks_of(found)).encode("utf-8")


def _write_tables(file: Path, folder: Path) -> None:
    try:
        write_parquet(load_log(file), folder)
    except ParquetError as error:
        fail(str(error))
    except OSError as error:
        fail(f"{folder}: cannot be written: {error.strerror}")


def _write(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
    except OSError as error:
        fail(f"{path}: cannot be written: {error.strerror}")


def _figures(found: Log, summaries: list[FlightSummary]) -> dict[str, Any]:
    fields = [name for name in FlightSummary.__slots__ if name != "series"]
    vehicles = [{name: getattr(summary, name) for name in fields} for summary in summaries]
    return {
        "frames": found.frames,
        "unknown": found.unknown,
        "skipped_bytes": found.skipped_bytes,
        "vehicles": msgspec.to_builtins(vehicles),
    }


def _table(file: Path, found: Log, summaries: list[FlightSummary]) -> Table:
    damage = f", {found.skipped_bytes} bytes damaged" if found.skipped_bytes else ""
    table = Table(title=f"{file.name}: {found.frames} frames{damage}", title_justify="left")
    for column in COLUMNS:
        table.add_column(column, justify="right")
    for summary in summaries:
        table.add_row(*(_shown(value(summary)) for value in COLUMNS.values()))
    return table


def _shown(value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:.1f}" if isinstance(value, float) else str(value)
