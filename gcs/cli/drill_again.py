"""The inputs of a drill's run, kept beside its log, and the log made again from them."""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path

import msgspec

from gcs.cli.drill_session import DrillSession
from gcs.training.records import LOG, UNDONE_LOG
from simulators.drill import Drill
from simulators.drill.engine import json_lines
from simulators.drill.inputs import InputError, again

DRILL, INPUTS = "drill.json", "inputs.jsonl.gz"


class AgainError(ValueError):
    """A run whose log cannot be made again, or comes out otherwise; one line that names the file."""


def keep_inputs(session: DrillSession, folder: Path) -> None:
    """Write what `log_again` needs. Raises OSError."""
    (folder / DRILL).write_bytes(msgspec.json.encode(session.drill))
    (folder / INPUTS).write_bytes(gzip.compress(session.engine.inputs(), mtime=0))


def log_again(folder: Path) -> int:
    """Make the log of the run in `folder` again, and what rewinds took out of it; how many lines are the same, byte for
    byte. Raises AgainError."""
    try:
        drill = msgspec.json.decode((folder / DRILL).read_bytes(), type=Drill)
        lines = gzip.decompress((folder / INPUTS).read_bytes()).splitlines()
        engine = again(drill, folder.resolve().name, lines)
        made = {LOG: engine.log_bytes()}
        made |= {UNDONE_LOG.format(n): json_lines(entries) for n, entries in enumerate(engine.undone, 1)}
        for name, data in made.items():
            if (folder / name).read_bytes() != data:
                raise AgainError(f"{folder / name}: is not what comes of the same drill and the same inputs")
    except OSError as error:
        raise AgainError(f"{error.filename or folder / INPUTS}: {error.strerror or error}") from error
    except (msgspec.MsgspecError, InputError, EOFError, zlib.error) as error:
        raise AgainError(f"{folder / INPUTS}: {error}") from error
    return sum(data.count(b"\n") for data in made.values())
