"""`aeropatrol decode`: a recording as JSON lines, one message each."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from gcs.cli.console import ERR, fail
from telemetry.as_json import json_line, name_of
from telemetry.dialect import ARDUPILOTMEGA
from telemetry.tlog import Recording, TlogError, TlogReader, open_tlog, position

BATCH = 2000
UNKNOWN = "UNKNOWN_"


def decode(
    file: Annotated[Path, typer.Argument(help="A .tlog recording, plain or gzipped.", show_default=False)],
    types: Annotated[
        str | None,
        typer.Option(help="Only these, with commas between: HEARTBEAT,ATTITUDE.", show_default=False),
    ] = None,
) -> None:
    """Write a recording as JSON lines, one message each, in the order of the file.

    {"t": unix seconds, "sysid": 1, "compid": 1, "seq": 0, "name": "HEARTBEAT", "fields": {...}}

    NaN and infinities are null. Ids that the dialect lacks appear as UNKNOWN_<id> with the payload in hex;
    their checksum cannot be verified. Damaged parts are skipped, and how much that was is said on stderr.
    """
    wanted = _names(types)
    try:
        with open_tlog(file) as opened:
            reader = TlogReader(opened)
            with _progress(file, opened) as tell:
                _write_all(_lines(reader, wanted, tell))
    except TlogError as error:
        fail(str(error))
    except BrokenPipeError:
        # Whoever read has seen enough. Python flushes stdout once more at its end: let that go nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return
    except OSError as error:
        fail(f"cannot write: {error.strerror}")
    if not reader.frames:
        fail(f"{file}: no MAVLink frame in it; a recording (.tlog) is expected")
    if reader.skipped_bytes or reader.damage:
        print(f"aeropatrol: {file}: {_loss(reader)}", file=sys.stderr)


def _names(types: str | None) -> frozenset[str] | None:
    if types is None:
        return None
    names = [name.strip().upper() for name in types.split(",") if name.strip()]
    for name in names:
        unknown = name.startswith(UNKNOWN) and name.removeprefix(UNKNOWN).isdigit()
        if name not in ARDUPILOTMEGA.by_name and not unknown:
            raise typer.BadParameter(f"{name!r} is no message of MAVLink", param_hint="--types")
    return frozenset(names)


def _lines(reader: TlogReader, wanted: frozenset[str] | None, tell: Callable[[], None]) -> Iterator[bytes]:
    for count, (unix_us, frame) in enumerate(reader):
        if count % BATCH == 0:
            tell()
        if wanted is None or name_of(frame) in wanted:
            yield json_line(unix_us, frame)


def _write_all(lines: Iterator[bytes]) -> None:
    while batch := b"".join(islice(lines, BATCH)):
        sys.stdout.buffer.write(batch)
    sys.stdout.buffer.flush()


@contextmanager
def _progress(file: Path, opened: Recording) -> Iterator[Callable[[], None]]:
    """Shows how far the file was read, when stderr is a terminal; the result is to be called now and then."""
    columns = TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn()
    with Progress(*columns, console=ERR, transient=True, disable=not ERR.is_terminal) as bar:
        task = bar.add_task(file.name, total=file.stat().st_size)
        yield lambda: bar.update(task, completed=position(opened))


def _loss(reader: TlogReader) -> str:
    ending = f", and the file ends early ({reader.damage})" if reader.damage else ""
    return f"{reader.skipped_bytes} bytes belong to no frame{ending}"
