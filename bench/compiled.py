"""What compiling the way in from the wire gains: the same source, pure and compiled by mypyc, side by side in one run.

    python bench/compiled.py [--rounds 7]

Builds `setup.py`'s modules into a throw-away folder (needs mypy and a C compiler), then lets a process with the pure
modules and one with the compiled ones take turns over the same recording.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).resolve().parents[1]
RECORDING = ROOT / "tests/data/sitl/swarm4_head.tlog.gz"
WAYS = {"datagrams, one frame each": True, "a stream, 1400 bytes at a time": False}


def measure(folder: str) -> None:
    """Microseconds of CPU time a frame, every message built, as JSON."""
    sys.path.insert(0, folder)
    module = importlib.import_module("telemetry.frames")
    dialect = importlib.import_module("telemetry.dialect").ARDUPILOTMEGA
    read_tlog = importlib.import_module("telemetry.tlog").read_tlog
    frames = [frame.raw for _, frame in read_tlog(RECORDING)][:20_000]
    stream = b"".join(frames)
    pieces = [stream[at : at + 1400] for at in range(0, len(stream), 1400)]
    us = {}
    for name, datagrams in WAYS.items():
        parser = module.Parser(decode=frozenset(dialect.by_id), datagrams=datagrams)
        began_s = time.process_time()
        for data in frames if datagrams else pieces:
            parser.feed(data)
        us[name] = (time.process_time() - began_s) / len(frames) * 1e6
    print(json.dumps({"file": module.__file__, "us": us}))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--measure", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.measure:
        measure(given.measure)
        return
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(ROOT / "telemetry", f"{folder}/telemetry")
        shutil.copy(ROOT / "setup.py", folder)
        build = [sys.executable, "setup.py", "-q", "build_ext", "--inplace"]
        subprocess.run(build, cwd=folder, env=os.environ | {"AEROPATROL_COMPILED": "1"}, check=True)
        taken: dict[str, list[dict[str, float]]] = {"pure": [], "compiled": []}
        for _ in range(given.rounds):
            for kind, place in (("pure", str(ROOT)), ("compiled", folder)):
                said = subprocess.run(
                    [sys.executable, __file__, "--measure", place], capture_output=True, text=True, check=True
                )
                result = json.loads(said.stdout)
                if (kind == "compiled") == result["file"].endswith(".py"):
                    raise SystemExit("nothing was compiled: are mypy and a C compiler there?")
                taken[kind].append(result["us"])
    table = Table(title="Parser.feed, every message built: CPU us a frame", title_justify="left")
    for column in ("", "pure", "compiled", "compiled / pure"):
        table.add_column(column, justify="left" if not column else "right")
    for name in WAYS:
        pure, compiled = (statistics.median(us[name] for us in taken[kind]) for kind in ("pure", "compiled"))
        table.add_row(name, f"{pure:.2f}", f"{compiled:.2f}", f"{compiled / pure:.2f}")
    Console().print(table)


if __name__ == "__main__":
    main()
