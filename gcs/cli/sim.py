"""`aeropatrol sim`: simulated vehicles that ground stations can dial."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Annotated

import typer
from rich.table import Table

from gcs.cli.console import ERR, fail, print_json
from gcs.cli.home_option import home_of
from gcs.cli.stopping import asked_to_stop
from simulators.battery import BatterySpec
from simulators.fleet import PORT_STEP, SERIAL_OFFSETS, FleetError, SimFleet, VehicleSpec

MOST_VEHICLES = 250
LAST_PORT = 65535


def sim(  # noqa: PLR0917  typer calls it by name
    vehicles: Annotated[int, typer.Option(help="How many vehicles.")] = 1,
    base_port: Annotated[
        int, typer.Option(help="TCP port of the first vehicle; each further one is 10 higher. 0 takes free ports.")
    ] = 5760,
    home: Annotated[
        str, typer.Option(help="lat,lon,alt,heading of the first one; the others stand 5 m east of each other.")
    ] = "29.9,121.84,10,90",
    speedup: Annotated[float, typer.Option(help="How fast simulated time passes, up to 100.")] = 1.0,
    udp: Annotated[str | None, typer.Option(help="host:port every vehicle calls by UDP instead of listening.")] = None,
    battery: Annotated[
        float, typer.Option(min=100.0, help="Capacity of a pack, mAh; 3300 (SITL's) lasts about seven minutes.")
    ] = 3300.0,
    swap: Annotated[
        float | None,
        typer.Option(min=0.0, help="Seconds on the ground after which a full pack is in [default: never]."),
    ] = None,
    warm: Annotated[bool, typer.Option(help="Start with a good position instead of after 42 s.")] = True,
    seed: Annotated[int, typer.Option(help="Of everything random.")] = 0,
    json_output: Annotated[bool, typer.Option("--json", help="The addresses as one JSON object.")] = False,
) -> None:
    """Fly simulated ArduCopters until interrupted.

    Each listens as ArduPilot's SITL does: a port for one client at a time, and two more (+2 and +3) for
    further ones. The addresses to dial are printed, then nothing.
    """
    if not 1 <= vehicles <= MOST_VEHICLES:
        raise typer.BadParameter(f"{vehicles}: must be 1 to {MOST_VEHICLES}", param_hint="--vehicles")
    if not 0.0 < speedup <= 100.0:
        raise typer.BadParameter(f"{speedup:g}: must be above 0 and at most 100", param_hint="--speedup")
    last_port = base_port + PORT_STEP * (vehicles - 1) + SERIAL_OFFSETS[-1]
    if base_port < 0 or (base_port and last_port > LAST_PORT):
        raise typer.BadParameter(f"{base_port}: the ports must lie in 1 to {LAST_PORT}", param_hint="--base-port")
    call = _address(udp) if udp is not None else None
    fleet = SimFleet(
        [
            replace(spec, battery=BatterySpec(capacity_mah=battery), swap_s=swap)
            for spec in _specs(vehicles, home, warm=warm)
        ],
        speedup=speedup,
        seed=seed,
        base_port=base_port,
        extra_ports=True,
        udp=call,
        listen=call is None,
    )
    try:
        asyncio.run(_fly(fleet, udp, as_json=json_output))
    except FleetError as error:
        fail(str(error))
    except OSError as error:
        fail(f"{udp or 'the vehicles'}: {error.strerror or error}")


def _specs(vehicles: int, home: str, *, warm: bool) -> list[VehicleSpec]:
    stand = home_of(home)
    return [
        VehicleSpec(sysid=index, lat_deg=lat, lon_deg=lon, alt_m=stand.alt_m, heading_deg=stand.heading_deg, warm=warm)
        for index, (lat, lon) in enumerate(stand.side_by_side(vehicles), start=1)
    ]


def _address(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    if not host or not port.isdecimal() or not 0 < int(port) <= LAST_PORT:
        raise typer.BadParameter(f"{text!r}: expected host:port", param_hint="--udp")
    return host, int(port)


async def _fly(fleet: SimFleet, udp: str | None, *, as_json: bool) -> None:
    stopped = asked_to_stop()
    async with fleet:
        _tell(fleet, udp, as_json=as_json)
        await stopped.wait()


def _tell(fleet: SimFleet, udp: str | None, *, as_json: bool) -> None:
    calls = f"udpout://{udp}" if udp else None
    rows = [
        (pilot.spec.sysid, fleet.all_urls[index] if udp is None else ()) for index, pilot in enumerate(fleet.vehicles)
    ]
    if as_json:
        vehicles = [{"sysid": sysid, "urls": list(urls), "calls": calls} for sysid, urls in rows]
        print_json({"vehicles": vehicles, "speedup": fleet.speedup})
        return
    table = Table(title=f"{len(rows)} simulated vehicles, {fleet.speedup:g} times real time; Ctrl-C ends them")
    table.add_column("sysid", justify="right")
    table.add_column("dial" if udp is None else "calls")
    for sysid, urls in rows:
        table.add_row(str(sysid), calls or "  ".join(urls))
    ERR.print(table)
