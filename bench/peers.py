"""From the socket on, against other ground software in the same run: CPU a delivered frame, and what was dropped.

    python bench/peers.py [--venv FOLDER] [--rate 10000] [--systems 250] [--seconds 2] [--rounds 3]

The peers (libmav, MAVSDK, MAVProxy, fasttlogparser) come from the package index into a throw-away environment, or are
in FOLDER already; who cannot be had is left out with one line. All are measured from outside, by the CPU time of
their process and the drops of their socket. libmav calls Python for every message; MAVSDK and MAVProxy run as they
come, and nobody has subscribed to anything there. Then a recording is read by pymavlink, fasttlogparser and ours.
"""

from __future__ import annotations

import argparse
import gzip
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import venv
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from rich.console import Console
from rich.table import Table

from bench.receive import OURS, PYMAVLINK, RECORDING, ROOT, SENDER

PACKAGES = (("libmav",), ("mavsdk",), ("MAVProxy",), ("numpy", "scikit-build-core", "pybind11"), ("fasttlogparser",))
LIBMAV = """
import sys, time
from importlib.resources import files
import libmav
messages = libmav.MessageSet(str(files("pymavlink.dialects.v20") / "ardupilotmega.xml"))
server = libmav.UDPServer(PORT)
runtime = libmav.NetworkRuntime(libmav.Identifier(255, 190), messages, server)
kept = []
def met(connection):
    kept.append(connection)
    connection.add_message_callback(lambda message: message.to_dict())
runtime.on_connection(met)
time.sleep(60)
"""
MAVSDK = """
import time
from mavsdk import ComponentType, Configuration, Mavsdk
sdk = Mavsdk(Configuration.create_with_component_type(ComponentType.GROUND_STATION))
sdk.add_any_connection("udpin://127.0.0.1:PORT")
time.sleep(60)
"""
LOGS = {
    "pymavlink mavutil": """
from pymavlink import mavutil
log, count = mavutil.mavlink_connection(FILE), 0
while log.recv_msg() is not None:
    count += 1
""",
    "fasttlogparser": """
from fasttlogparser import parseTLog
parseTLog(FILE)
""",
    "ours, columns": """
from pathlib import Path
from telemetry.logs import load_log
load_log(Path(FILE))
""",
}
TIMED = "import time\n{setup}\nstart = time.process_time()\n{body}\nprint(time.process_time() - start)"
TICKS_PER_S = os.sysconf("SC_CLK_TCK")


def environment(folder: Path | None, scratch: Path) -> Path:
    """The folder of an environment with as many of the peers as can be had."""
    if folder is not None:
        return folder
    venv.create(scratch, with_pip=True)
    for names in PACKAGES:
        command = [scratch / "bin/pip", "install", "-q", "--no-build-isolation", *names]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            print(f"left out: {' '.join(names)} cannot be installed")
    return scratch


def has(python: Path, module: str) -> bool:
    return subprocess.run([python, "-c", f"import {module}"], capture_output=True, check=False).returncode == 0


def free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


def cpu_s(pid: int) -> float:
    """Of the process, its threads and its children."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()
    spent = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return sum(map(int, spent[11:13])) / TICKS_PER_S + sum(cpu_s(int(child)) for child in children)


def drops(port: int) -> int | None:
    """Datagrams that the kernel dropped at that port; None while nobody listens there."""
    for line in Path("/proc/net/udp").read_text("ascii").splitlines()[1:]:
        columns = line.split()
        if int(columns[1].rpartition(":")[2], 16) == port:
            return int(columns[12])
    return None


def measure(command: list[str], port: int, given: argparse.Namespace) -> tuple[float, float]:
    """CPU microseconds a delivered frame, and the share that was lost."""
    sent = int(given.rate * given.seconds)
    with tempfile.TemporaryDirectory() as folder:
        quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        with subprocess.Popen(command, cwd=folder, env=os.environ | {"PYTHONPATH": str(ROOT)}, **quiet) as receiver:
            try:
                deadline = time.monotonic() + 20
                while drops(port) is None:
                    if time.monotonic() > deadline or receiver.poll() is not None:
                        raise RuntimeError(command[1])
                    time.sleep(0.1)
                time.sleep(0.5)
                before, start = drops(port) or 0, cpu_s(receiver.pid)
                arguments = [str(port), str(given.rate), str(given.systems), str(given.seconds), str(RECORDING)]
                subprocess.run([sys.executable, "-c", SENDER, *arguments], check=True, cwd=ROOT)
                lost = (drops(port) or 0) - before
                spent = cpu_s(receiver.pid) - start
            finally:
                receiver.kill()
    return spent / max(sent - lost, 1) * 1e6, lost / sent


def receivers(room: Path) -> dict[str, list[str]]:
    """How each is started; PORT stands for the port."""
    python, found = room / "bin/python", {}
    if has(python, "libmav"):
        found["libmav, Python called with a dict"] = [str(python), "-c", LIBMAV]
    if has(python, "mavsdk"):
        found["MAVSDK, nothing subscribed"] = [str(python), "-c", MAVSDK]
    if has(python, "MAVProxy"):
        proxy = ["--master=udpin:127.0.0.1:PORT", "--daemon", "--non-interactive", "--state-basedir=."]
        found["MAVProxy, default modules"] = [str(python), str(room / "bin/mavproxy.py"), *proxy]
    return found


def report_links(room: Path, given: argparse.Namespace) -> None:
    ours = [sys.executable, "-c", OURS.replace("127.0.0.1:0", "127.0.0.1:PORT"), "state"]
    theirs = [sys.executable, "-c", PYMAVLINK.replace("127.0.0.1:0", "127.0.0.1:PORT")]
    jobs = {"ours, to the state": ours, "pymavlink, read and decoded": theirs} | receivers(room)
    results: dict[str, list[tuple[float, float]]] = {name: [] for name in jobs}
    for _ in range(given.rounds):
        for name, command in jobs.items():
            port = free_port()
            try:
                results[name].append(measure([part.replace("PORT", str(port)) for part in command], port, given))
            except RuntimeError:
                print(f"left out: {name} did not listen")
    table = Table(title=f"{given.rate} frames/s of {given.systems} systems on one UDP port", title_justify="left")
    for column in ("", "CPU us a delivered frame", "ours is", "lost %", "goal"):
        table.add_column(column, justify="left" if not column else "right")
    goals = {"pymavlink": "<= 0.35", "libmav": "<= 0.55", "MAVSDK": "<= 0.05", "MAVProxy": "<= 0.02"}
    own = statistics.median(cost for cost, _ in results["ours, to the state"])
    for name, rounds in results.items():
        if rounds:
            cost, lost = (statistics.median(values) for values in zip(*rounds, strict=True))
            goal = goals.get(name.partition(",")[0], "0 lost")
            table.add_row(name, f"{cost:.1f}", f"{own / cost:.3f}", f"{100 * lost:.1f}", goal)
    Console().print(table)


def report_logs(room: Path, given: argparse.Namespace) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "flight.tlog"
        path.write_bytes(gzip.decompress(RECORDING.read_bytes()) * 4)
        spent: dict[str, list[float]] = {}
        for _ in range(given.rounds):
            for name, body in LOGS.items():
                python = room / "bin/python" if name == "fasttlogparser" else Path(sys.executable)
                if name == "fasttlogparser" and not has(python, name):
                    continue
                setup, _, job = body.strip().partition("\n")
                program = TIMED.format(setup=setup, body=job)
                if name.startswith("ours"):
                    first, _, job = job.partition("\n")
                    program = TIMED.format(setup=f"{setup}\n{first}", body=job)
                done = [str(python), "-c", program.replace("FILE", repr(str(path)))]
                said = subprocess.run(done, capture_output=True, text=True, check=True, cwd=ROOT).stdout
                spent.setdefault(name, []).append(float(said.split()[-1]))
    table = Table(title="a recording read, four times 20 000 frames", title_justify="left")
    for column in ("", "CPU s", "ours is faster"):
        table.add_column(column, justify="left" if not column else "right")
    own = statistics.median(spent["ours, columns"])
    for name, times in spent.items():
        table.add_row(name, f"{statistics.median(times):.3f}", f"{statistics.median(times) / own:.2f} x")
    Console().print(table)
    print("goals: 22 times mavutil, at most 1.3 times the time of fasttlogparser (0.77 x)")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--venv", type=Path, help="an environment that has the peers already")
    parser.add_argument("--rate", type=int, default=10_000)
    parser.add_argument("--systems", type=int, default=250)
    parser.add_argument("--seconds", type=float, default=2.0)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    if not Path("/proc/net/udp").exists():
        print("left out: needs Linux, which counts what a socket dropped")
        return
    with tempfile.TemporaryDirectory(prefix="peers-") as scratch:
        room = environment(given.venv, Path(scratch))
        report_links(room, given)
        report_logs(room, given)


if __name__ == "__main__":
    main()
