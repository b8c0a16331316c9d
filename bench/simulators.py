"""What simulated vehicles cost: how many one core carries at real time, start-up, memory, virtual-time speed.

    python bench/simulators.py [--vehicles 200] [--seconds 6]

Each vehicle flies a mission and sends ten messages a second over UDP to a socket that counts them in another
process; CPU time is this process's own. Peer: a real ArduPilot SITL takes 5.5 % of a core a vehicle
(recorded), so a core carries 18. Goals: 300 vehicles a core, 1 MB each, 100 started within 2 s, ten vehicles
in virtual time at 50 times real time, cost linear in vehicles.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import resource
import socket
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # this file has the name of the package it measures

from simulators.autopilot import Autopilot, VehicleSpec
from simulators.fleet import SimFleet
from telemetry.messages import new

RATES = {33: 4, 30: 4, 74: 2}  # GLOBAL_POSITION_INT, ATTITUDE, VFR_HUD: ten a second
ARDUPILOT_CORE_SHARE = 0.055
GOAL_VEHICLES, GOAL_MB, GOAL_START_S, GOAL_VIRTUAL = 300, 1.0, 2.0, 50.0
LAT, LON = 299000000, 1218400000


def count_datagrams(ready, stop, counted) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as ear:
        ear.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
        ear.bind(("127.0.0.1", 0))
        ear.settimeout(0.2)
        ready.put(ear.getsockname()[1])
        while not stop.is_set():
            try:
                ear.recv(2048)
            except TimeoutError:
                continue
            counted.value += 1


def specs(count: int) -> list[VehicleSpec]:
    return [VehicleSpec(sysid=1 + n % 250, lat_deg=29.9 + n * 1e-4) for n in range(count)]


def say(pilot: Autopilot, name: str, **fields) -> None:
    pilot.receive(new(name, target_system=pilot.spec.sysid, **fields), 255, 190, "udp")
    pilot.drain()


def send_off(pilot: Autopilot) -> None:
    """Rates, a mission of long legs, and off."""
    for message_id, hz in RATES.items():
        say(pilot, "COMMAND_LONG", command=511, param1=float(message_id), param2=1e6 / hz)
    lat = round(pilot.spec.lat_deg * 1e7)
    items = [(16, lat, 10.0), (22, lat, 30.0), *((16, lat + 20000 * (n % 2), 30.0) for n in range(40))]
    say(pilot, "MISSION_COUNT", count=len(items))
    for seq, (command, x, z) in enumerate(items):
        say(pilot, "MISSION_ITEM_INT", seq=seq, command=command, frame=3, x=x, y=LON, z=z)
    for command, p1, p2 in ((176, 1, 4), (400, 1, 0), (300, 0, 0)):
        say(pilot, "COMMAND_LONG", command=command, param1=float(p1), param2=float(p2))


async def core_share(count: int, seconds: float, port: int, counted) -> tuple[float, float]:
    """CPU share of one core for `count` flying vehicles, and messages a second and vehicle."""
    fleets = [
        SimFleet(specs(min(250, count - start)), udp=("127.0.0.1", port), listen=False)
        for start in range(0, count, 250)
    ]
    try:
        for fleet in fleets:
            await fleet.start()
            for pilot in fleet.vehicles:
                send_off(pilot)
        await asyncio.sleep(2.0)
        cpu, wall, messages = time.process_time(), time.monotonic(), counted.value
        await asyncio.sleep(seconds)
        passed = time.monotonic() - wall
        return (time.process_time() - cpu) / passed, (counted.value - messages) / passed / count
    finally:
        for fleet in fleets:
            await fleet.stop()


def start_up(count: int) -> float:
    async def start() -> float:
        begun = time.perf_counter()
        async with SimFleet(specs(count)):
            return time.perf_counter() - begun

    return asyncio.run(start())


def memory_mb(count: int) -> float:
    before = resident_mb()
    pilots = [Autopilot(spec) for spec in specs(count)]
    for pilot in pilots:
        pilot.open("udp")
        send_off(pilot)
    return (resident_mb() - before) / count


def resident_mb() -> float:
    with open("/proc/self/statm") as file:  # noqa: PTH123 - a kernel file
        return int(file.read().split()[1]) * resource.getpagesize() / 1e6


def virtual_ratio(count: int, seconds: float) -> float:
    pilots = [Autopilot(spec) for spec in specs(count)]
    for pilot in pilots:
        pilot.open("udp")
        send_off(pilot)
    begun = time.process_time()
    for _ in range(round(seconds / 0.1)):
        for pilot in pilots:
            pilot.step(0.1)
            pilot.drain()
    return seconds / (time.process_time() - begun)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--vehicles", type=int, default=200)
    options.add_argument("--seconds", type=float, default=6.0)
    chosen = options.parse_args()
    mb, start_s, ratio = memory_mb(200), start_up(100), virtual_ratio(10, 120.0)
    context = multiprocessing.get_context("spawn")
    ready, stop, counted = context.Queue(), context.Event(), context.Value("q", 0)
    ear = context.Process(target=count_datagrams, args=(ready, stop, counted))
    ear.start()
    try:
        port = ready.get(timeout=20)
        rows = [
            (n, *asyncio.run(core_share(n, chosen.seconds, port, counted)))
            for n in (chosen.vehicles // 2, chosen.vehicles)
        ]
    finally:
        stop.set()
        ear.join(5)
    for count, share, messages in rows:
        print(f"{count:4d} flying vehicles: {share:6.1%} of a core, {messages:.1f} messages/s each")
    per_core = rows[-1][0] / rows[-1][1]
    growth = (rows[-1][1] / rows[-1][0]) / (rows[0][1] / rows[0][0])
    peer = 1 / ARDUPILOT_CORE_SHARE
    print(f"vehicles a core:     {per_core:6.0f}      goal {GOAL_VEHICLES}")
    print(f"against ArduPilot:   {per_core / peer:6.1f} x    (SITL: {peer:.0f} a core)")
    print(f"cost per vehicle, {rows[-1][0]} against {rows[0][0]}: {growth:.2f} (1 = linear)")
    print(f"memory a vehicle:    {mb:6.2f} MB   goal {GOAL_MB}")
    print(f"start of 100:        {start_s:6.2f} s    goal {GOAL_START_S}")
    print(f"virtual time, 10:    {ratio:6.0f} x    goal {GOAL_VIRTUAL}")


if __name__ == "__main__":
    main()
