"""From the wire to the browsers, everything running: CPU, time to state, memory and losses of ground control.

    python bench/whole_path.py [--vehicles 100 1000 5000] [--rate 10] [--clients 10] [--seconds 5]

Vehicles send as ArduPilot does, each from a port of its own, 250 system ids to a link. One process receives as
`aeropatrol serve` does: checks, decodes, keeps the state, records every frame, stores the events and tells WebSocket
clients five times a second, as our pages want it (`?moved=rows`). Latency is from the sender's clock to the state, seen
in one message a second from each vehicle. The fleet is looked after as in `serve` (silence, ways, alarms), but nobody
is greeted or asked for anything: the vehicles here would not answer. The database is there already, as at every start
but the first. Another process reads all WebSockets. With `--stalled`, one of 50 clients never reads.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import resource
import socket
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import aiohttp
from aiohttp import web
from rich.console import Console
from rich.table import Table

from gcs.app import AppOptions, Parts
from gcs.cli.settled import settle
from gcs.config import load_config
from gcs.fleet.roster import Fleet
from gcs.parts import parts
from gcs.store.store import Store
from gcs.vehicles.station import LOOKS_A_CHOICE, TICK_S, VEHICLES_AT_A_TIME
from gcs.web.app import build_app
from telemetry.crc import x25_bytes
from telemetry.dialect import ARDUPILOTMEGA
from telemetry.frames import encode_frame
from telemetry.links.endpoint import Endpoint
from telemetry.messages import new

SYSTEMS = 250
SETTLE_S = 2.0
A_SECOND = (
    "HEARTBEAT", "GLOBAL_POSITION_INT", "ATTITUDE", "VFR_HUD", "SYS_STATUS", "GPS_RAW_INT", "GLOBAL_POSITION_INT",
    "ATTITUDE", "RAW_IMU", "SYSTEM_TIME",
)  # fmt: skip
FIELDS = {
    "HEARTBEAT": {"type": 2, "autopilot": 3, "base_mode": 89, "custom_mode": 3, "system_status": 4},
    "SYS_STATUS": {"voltage_battery": 12000, "battery_remaining": 80},
    "GPS_RAW_INT": {"fix_type": 3, "satellites_visible": 12, "eph": 80},
    "VFR_HUD": {"groundspeed": 8.0, "heading": 90},
    "RAW_IMU": {"zacc": -1000},
}
CLOCK = ARDUPILOTMEGA.by_name["SYSTEM_TIME"].TYPE.id


def message(name: str, boot_ms: int) -> object:
    fields = dict(FIELDS.get(name, {}))
    if name == "GLOBAL_POSITION_INT":
        fields = {"lat": 298_000_000 + boot_ms // 10, "lon": 1_218_000_000, "relative_alt": 50_000, "vx": 800, "hdg": 0}
    elif name == "ATTITUDE":
        fields = {"roll": boot_ms % 7 / 10}
    elif name == "SYSTEM_TIME":
        fields = {"time_unix_usec": time.time_ns() // 1000}
    if name in ("GLOBAL_POSITION_INT", "ATTITUDE", "SYSTEM_TIME"):
        fields["time_boot_ms"] = boot_ms
    return new(name, **fields)


def send(ports: list[int], vehicles: int, rate: int, seconds: float) -> None:
    """Every vehicle `rate` messages a second, the vehicles spread evenly over each turn."""
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    socks = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(vehicles)]
    extras = {cls.TYPE.id: bytes((int(f"{cls.TYPE.crc_extra:08b}"[::-1], 2),)) for cls in ARDUPILOTMEGA.by_id.values()}
    print("go", flush=True)
    start, turns = time.monotonic(), int(rate * seconds)
    for turn in range(turns):
        made = message(A_SECOND[turn % len(A_SECOND)], 60_000 + turn * 1000 // rate)
        plain = encode_frame(made, seq=turn, sysid=1, compid=1)
        head, tail, extra = plain[1:5], plain[6:-2], extras[made.TYPE.id]
        for vehicle, sock in enumerate(socks):
            due = start + (turn + vehicle / vehicles) / rate
            if vehicle % 16 == 0 and (ahead := due - time.monotonic()) > 0.001:
                time.sleep(ahead)
            if made.TYPE.id == CLOCK and vehicle % 16 == 0:
                plain = encode_frame(message("SYSTEM_TIME", 60_000 + turn * 1000 // rate), seq=turn, sysid=1, compid=1)
                head, tail = plain[1:5], plain[6:-2]
            body = head + bytes((1 + vehicle % SYSTEMS,)) + tail
            sock.sendto(b"\xfd" + body + x25_bytes(body, extra), ("127.0.0.1", ports[vehicle // SYSTEMS]))
    print(json.dumps({"late_s": time.monotonic() - start - seconds}), flush=True)


async def make_database(folder: str) -> None:
    await Store.open(Path(folder)).close()


async def look_after(fleet: Fleet, wire: Endpoint) -> None:
    """As the station does, without asking vehicles for anything."""
    for look in count():
        now_s, utc = time.monotonic(), datetime.now(UTC)
        for names in parts(fleet.vehicles, VEHICLES_AT_A_TIME):
            fleet.tick(now_s, utc, names)
            if look % LOOKS_A_CHOICE == 0:
                fleet.look_at_ways(now_s, utc, wire.loss, names)
            await asyncio.sleep(0)
        await asyncio.sleep(TICK_S)


async def serve(vehicles: int) -> None:
    """Ground control without greeting anybody: nobody would answer. Starts to count at the first line on stdin."""
    delays: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, __file__, "--role", "database", folder], check=True)  # noqa: ASYNC221
        config = load_config(None, {}, {"data": folder, "http": "127.0.0.1:0", "links": ()})
        store = Store.open(config.data_dir)
        control = Parts(config, AppOptions(), store)
        receive = control._receive  # noqa: SLF001  the way in, to look at the clock behind it

        def watched(received):
            receive(received)
            if received.message.TYPE.id == CLOCK:
                delays.append(time.time() - received.message.time_unix_usec / 1e6)

        endpoint = control._endpoint  # noqa: SLF001
        endpoint._on_message = watched  # noqa: SLF001
        recorder = control._recorder_of(config.network)  # noqa: SLF001
        links = [await endpoint.add("udpin://127.0.0.1:0", recorder) for _ in range(-(-vehicles // SYSTEMS))]
        for number, link in enumerate(links):
            control._fleet.assign_link(link.url, f"net{number}")  # noqa: SLF001
        started = (control._live, control._journal, control._watch)  # noqa: SLF001
        for part in started:
            await part.start()
        control._station.on_moved(control._moved)  # noqa: SLF001
        looking = asyncio.create_task(look_after(control._fleet, endpoint))  # noqa: SLF001
        runner = web.AppRunner(build_app(control.services(None)), access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        settle()
        print(json.dumps({"ports": [link.port for link in links], "http": runner.addresses[0][1]}), flush=True)
        lines = asyncio.StreamReader()
        await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
        await lines.readline()
        delays.clear()
        cpu, since, before = time.process_time(), time.monotonic(), sum(link.frames_in for link in links)
        await lines.readline()
        cpu, passed = time.process_time() - cpu, time.monotonic() - since
        frames = sum(link.frames_in for link in links)
        delays = sorted(delays) or [float("nan")]
        result = {
            "cpu": cpu / passed, "us": cpu / max(frames - before, 1) * 1e6, "frames": frames,
            "p50_ms": delays[len(delays) // 2] * 1e3, "p99_ms": delays[len(delays) * 99 // 100] * 1e3,
            "rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
            "vehicles": len(control._fleet.vehicles),  # noqa: SLF001
        }  # fmt: skip
        print(json.dumps(result), flush=True)
        looking.cancel()
        await endpoint.stop()
        await runner.cleanup()
        for part in reversed(started):
            await part.stop()
        await control._close_recorders()  # noqa: SLF001
        await store.close()


async def read(port: int, clients: int, seconds: float, *, stalled: bool) -> None:
    """Reads every WebSocket and says how old what it got was; the first one reads nothing when `stalled`."""
    ages: list[float] = []

    async def follow(session: aiohttp.ClientSession, number: int) -> None:
        async with session.ws_connect(f"http://127.0.0.1:{port}/api/v1/live?moved=rows", max_msg_size=0) as ws:
            if stalled and number == 0:
                await asyncio.sleep(seconds)
                return
            async for received in ws:
                data = received.data
                at = data.find('"at":"') + 6
                if data.startswith('{"type":"changes"'):
                    stamp = data[at : data.index('"', at)].replace("Z", "+00:00")
                    ages.append(time.time() - time_of(stamp))

    async with aiohttp.ClientSession() as session:
        tasks = [asyncio.create_task(follow(session, number)) for number in range(clients)]
        await asyncio.sleep(seconds)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    ages.sort()
    print(
        json.dumps({"messages": len(ages), "p99_ms": ages[len(ages) * 99 // 100] * 1e3 if ages else None}), flush=True
    )


def time_of(stamp: str) -> float:
    return datetime.fromisoformat(stamp).timestamp()


def role(*arguments: object, **options: object) -> subprocess.Popen[str]:
    command = [sys.executable, str(Path(__file__).resolve()), "--role", *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True, **options)


def measure(vehicles: int, given: argparse.Namespace, clients: int, *, stalled: bool = False) -> dict[str, float]:
    seconds = given.seconds + SETTLE_S
    with role("serve", vehicles) as server:
        said = json.loads(server.stdout.readline())
        readers = role("read", said["http"], clients, seconds + 3.0, int(stalled))
        sender = role("send", ",".join(map(str, said["ports"])), vehicles, given.rate, seconds)
        sender.stdout.readline()
        time.sleep(SETTLE_S)
        server.stdin.write("begin\n")
        server.stdin.flush()
        late = json.loads(sender.communicate()[0])["late_s"]
        server.stdin.write("end\n")
        server.stdin.flush()
        result = json.loads(server.stdout.readline())
        read_by = json.loads(readers.communicate()[0])
        server.communicate()
    sent = vehicles * int(given.rate * seconds)
    lost = 1 - result["frames"] / sent
    return result | {"lost": lost, "late_s": late, "ws_p99_ms": read_by["p99_ms"], "ws_messages": read_by["messages"]}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--vehicles", type=int, nargs="+", default=[100, 1000, 5000])
    parser.add_argument("--rate", type=int, default=10)
    parser.add_argument("--clients", type=int, default=10)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--stalled", action="store_true", help="also 50 clients, one of which never reads")
    parser.add_argument("--role", nargs="+", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.role:
        act(given.role)
        return
    table = Table(title=f"{given.rate} messages/s from each, {given.clients} browsers", title_justify="left")
    for column in ("vehicles", "CPU %", "us a message", "state p50 ms", "p99 ms", "browser p99 ms", "MB", "lost %"):
        table.add_column(column, justify="right")
    runs = [(vehicles, given.clients, False) for vehicles in given.vehicles]
    if given.stalled:
        runs += [(given.vehicles[0], 50, False), (given.vehicles[0], 50, True)]
    for vehicles, clients, stalled in runs:
        r = measure(vehicles, given, clients, stalled=stalled)
        name = f"{vehicles}, {clients} browsers{', 1 stalled' if stalled else ''}" if clients == 50 else str(vehicles)
        cells = [f"{100 * r['cpu']:.0f}", f"{r['us']:.1f}", f"{r['p50_ms']:.2f}", f"{r['p99_ms']:.2f}"]
        table.add_row(name, *cells, f"{r['ws_p99_ms'] or 0:.0f}", f"{r['rss_mb']:.0f}", f"{100 * r['lost']:.2f}")
        if r["late_s"] > 0.5:
            print(f"{name}: the sender itself was {r['late_s']:.1f} s late")
    Console().print(table)


def act(arguments: list[str]) -> None:
    what, rest = arguments[0], arguments[1:]
    if what == "send":
        send([int(port) for port in rest[0].split(",")], int(rest[1]), int(rest[2]), float(rest[3]))
    elif what == "database":
        asyncio.run(make_database(rest[0]))
    elif what == "serve":
        asyncio.run(serve(int(rest[0])))
    else:
        asyncio.run(read(int(rest[0]), int(rest[1]), float(rest[2]), stalled=rest[3] == "1"))


if __name__ == "__main__":
    main()
