"""Asks a running ground control for a vehicle's parameters."""

from __future__ import annotations

from urllib.parse import quote

from gcs.cli.vehicle_client import VehicleClient
from telemetry.services.parameter import Parameter


class ParamsClient(VehicleClient):
    """One vehicle's parameters. Every method raises RefusedError."""

    async def read(self, *, kept: bool = False) -> dict[str, Parameter]:
        """All of them by name: from the vehicle, or as they were read last."""
        answer = await self.ask("GET", "/params", query={"kept": "1"} if kept else None)
        return {p["name"]: Parameter(p["name"], p["value"], p["type"]) for p in answer["params"]}

    async def set(self, name: str, value: float) -> Parameter:
        """What the vehicle holds now."""
        answer = await self.ask("PUT", f"/params/{quote(name, safe='')}", {"value": value, "confirm": self.vehicle})
        return Parameter(answer["name"], answer["value"], answer["type"])
