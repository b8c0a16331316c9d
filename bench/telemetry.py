"""Decoding against pymavlink in the same run: CPU time, interleaved rounds, medians.

    python bench/telemetry.py [--rounds 7] [--recording FILE.tlog.gz]

Frames of a real ArduPilot recording in pieces of 1400 bytes; then the same with noise (5 % of the frames with a
flipped bit, random bytes before 10 %, false headers before 12 %); then the recording itself as a log.
"""

from __future__ import annotations

import argparse
import gzip
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # this file has the name of the package it measures

from pymavlink import mavutil
from pymavlink.dialects.v20 import ardupilotmega
from rich.console import Console
from rich.table import Table

from gcs.vehicles.station import SUBSCRIBED
from telemetry.dialect import ARDUPILOTMEGA
from telemetry.frames import Parser
from telemetry.logs import load_log
from telemetry.messages import decode_frame
from telemetry.tlog import read_tlog

RECORDING = Path(__file__).parents[1] / "tests/data/sitl/swarm4_head.tlog.gz"
PIECE = 1400
ALL = frozenset(ARDUPILOTMEGA.by_id)
STATION = frozenset(ARDUPILOTMEGA.by_name[name].TYPE.id for name in SUBSCRIBED)
FOUR = frozenset(
    ARDUPILOTMEGA.by_name[name].TYPE.id for name in ("HEARTBEAT", "ATTITUDE", "GLOBAL_POSITION_INT", "SYS_STATUS")
)
EVERY = "every message built"
FOUR_ONLY = "4 types built, others checked and left out"
COLUMNS = "columns, every checksum verified"
GOALS = {EVERY: 6.0, FOUR_ONLY: 10.0, COLUMNS: 22.0}


def pieces_of(stream: bytes) -> list[bytes]:
    return [stream[at : at + PIECE] for at in range(0, len(stream), PIECE)]


def noisy(frames: list[bytes], seed: int) -> tuple[bytes, list[bytes]]:
    """The stream with noise, and the frames in it that are intact."""
    draw = random.Random(seed)
    stream, intact = bytearray(), []
    for frame in frames:
        if draw.random() < 0.10:
            stream += draw.randbytes(draw.randint(1, 40))
        if draw.random() < 0.12:
            stream += b"\xfd" + bytes((draw.randint(0, 255), 0, 0)) + draw.randbytes(3) + draw.choice(frames)[7:10]
        if draw.random() < 0.05:
            damaged = bytearray(frame)
            damaged[draw.randrange(len(damaged))] ^= 1 << draw.randrange(8)
            stream += damaged
        else:
            stream += frame
            intact.append(frame)
    return bytes(stream), intact


def by_pymavlink(pieces: list[bytes], keep: Callable[[bytes], object] | None = None) -> None:
    """Decodes everything; `keep` gets the bytes of each message."""
    parser = ardupilotmega.MAVLink(None)
    parser.robust_parsing = True
    for piece in pieces:
        messages = parser.parse_buffer(piece)
        if keep is not None:
            for message in messages or ():
                if message.get_type() != "BAD_DATA":
                    keep(bytes(message.get_msgbuf()))


def by_us(decode: frozenset[int], *, skip_others: bool = False) -> Callable[..., None]:
    def run(pieces: list[bytes], keep: Callable[[bytes], object] | None = None) -> None:
        parser = Parser(decode=decode, skip_others=skip_others)
        for piece in pieces:
            frames = parser.feed(piece)
            if keep is not None:
                for frame in frames:
                    keep(frame.raw)

    return run


def log_by_mavutil(path: Path) -> int:
    log = mavutil.mavlink_connection(str(path))
    count = 0
    while log.recv_msg() is not None:
        count += 1
    log.close()
    return count


def log_by_us(path: Path) -> int:
    by_id, count = ARDUPILOTMEGA.by_id, 0
    for _, frame in read_tlog(path):
        kind = by_id.get(frame.msgid)
        if kind is not None:
            decode_frame(kind, frame)
        count += 1
    return count


def interleaved(jobs: dict[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """Median CPU seconds of each job."""
    spent: dict[str, list[float]] = {name: [] for name in jobs}
    for _ in range(rounds):
        for name, job in jobs.items():
            start = time.process_time()
            job()
            spent[name].append(time.process_time() - start)
    return {name: statistics.median(times) for name, times in spent.items()}


def show(title: str, seconds: dict[str, float], count: int, goals: dict[str, float]) -> None:
    peer = next(iter(seconds.values()))
    table = Table(title=title, title_justify="left")
    for column in ("", "us a message", "x pymavlink", "goal"):
        table.add_column(column, justify="left" if not column else "right")
    for name, spent in seconds.items():
        goal = goals.get(name)
        table.add_row(name, f"{spent / count * 1e6:.2f}", f"{peer / spent:.1f}", f">= {goal:g}" if goal else "")
    Console().print(table)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--rounds", type=int, default=7)
    arguments.add_argument("--recording", type=Path, default=RECORDING)
    given = arguments.parse_args()
    frames = [frame.raw for _, frame in read_tlog(given.recording) if frame.msgid in ARDUPILOTMEGA.by_id]

    clean = pieces_of(b"".join(frames))
    jobs = {
        "pymavlink parse_buffer": by_pymavlink,
        EVERY: by_us(ALL),
        f"the station's {len(STATION)} types built, every frame handed on": by_us(STATION),
        f"the station's {len(STATION)} types built, others checked and left out": by_us(STATION, skip_others=True),
        FOUR_ONLY: by_us(FOUR, skip_others=True),
    }
    seconds = interleaved({name: lambda job=job: job(clean) for name, job in jobs.items()}, given.rounds)
    title = f"real stream, {len(frames)} frames, {sum(map(len, frames)) / len(frames):.0f} bytes each"
    show(title, seconds, len(frames), GOALS)

    stream, intact = noisy(frames, seed=1)
    pieces = pieces_of(stream)
    two = {"pymavlink parse_buffer": by_pymavlink, EVERY: by_us(ALL)}
    seconds = interleaved({name: lambda job=job: job(pieces) for name, job in two.items()}, given.rounds)
    show("noisy stream", seconds, len(frames), {})
    for name, job in two.items():
        found: list[bytes] = []
        job(pieces, found.append)
        wanted = set(intact)
        good = len(wanted.intersection(found))
        false = sum(raw not in wanted for raw in found)
        print(f"{name}: {good / len(wanted):.2%} of the intact frames, {false} false ones")

    with tempfile.NamedTemporaryFile(suffix=".tlog") as file:
        file.write(gzip.decompress(given.recording.read_bytes()))
        file.flush()
        path = Path(file.name)
        logs = {
            "mavutil": lambda: log_by_mavutil(path),
            COLUMNS: lambda: load_log(path),
            "message by message": lambda: log_by_us(path),
        }
        show("log", interleaved(logs, max(3, given.rounds // 2)), log_by_us(path), GOALS)


if __name__ == "__main__":
    main()
