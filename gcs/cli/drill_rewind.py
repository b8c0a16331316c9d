"""What a rewound drill means for its ground control, which cannot go back: what came since is closed, by name.

Nothing is taken out of the record. A sighting that came or went on since the bookmark says that this was undone;
one that was open then is reported again, to be dealt with anew. An operation begun since is aborted.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

import aiohttp

from simulators.fleet import FleetMoment

UNDONE: Final = "演练回退，此后不作数 / undone: the drill went back to a bookmark"
OPEN: Final = frozenset({"new", "assigned", "accepted", "on_scene"})
MARKED_BY: Final[Mapping[str, str]] = {"resolved": "assess", "dismissed": "assess", "assessed": "analyse"}
"""The step that carries the words on a settled sighting; an archived one or a duplicate takes none."""
UNDER_WAY: Final = frozenset({"launching", "flying", "paused", "held", "returning"})
FINAL: Final = frozenset({"closed", "aborted"})


@dataclass(frozen=True, slots=True)
class SessionMoment:
    """What a session comes back to beside its engine: our time, the fleet, where people were, the wind told, what
    was known of ground control, and reports of vehicles that were not heard."""

    our_s: float
    fleet: FleetMoment
    people: Mapping[str, tuple[float, float]]
    blown: Mapping[int, tuple[float, float]]
    state: Mapping[str, Any]
    unheard: tuple[tuple[int, dict[str, Any]], ...] = ()


@dataclass(frozen=True, slots=True)
class Undoing:
    """What is to be asked of ground control: `(path, body)` each; `again` are reports by the sighting they repeat."""

    operations: tuple[tuple[str, dict[str, Any]], ...]
    sightings: tuple[tuple[str, dict[str, Any]], ...]
    again: Mapping[str, dict[str, Any]]


def undoing(before: Mapping[str, Any], now: Mapping[str, Any], run: str) -> Undoing:
    """From the state of ground control at the bookmark and now; `run` sets new reports apart from those before."""
    then = {sighting["id"]: sighting for sighting in before.get("sightings", ())}
    moved = [s for s in now["sightings"] if len(s["history"]) != len(then.get(s["id"], {"history": ()})["history"])]
    again = {
        s["id"]: report_again(then[s["id"]], run) for s in moved if s["id"] in then and then[s["id"]]["status"] in OPEN
    }
    return Undoing(tuple(_ended(before, now)), tuple(_marked(moved)), again)


def report_again(sighting: Mapping[str, Any], run: str) -> dict[str, Any]:
    """The report of a sighting, as if it had just come."""
    place = sighting["place"]
    return {
        "id": str(uuid.uuid5(uuid.NAMESPACE_OID, f"{run}/{sighting['id']}")),
        "klass": sighting["klass"],
        "lat": place["lat_deg"],
        "lon": place["lon_deg"],
        "ce90_m": place.get("ce90_m"),
        "note": sighting.get("note") or "",
        "source": {"kind": "person", "name": "演练回退 / rewound drill"},
        "simulated": True,
    }


def ended_since(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """Names of operations that were under way and are over: they cannot be taken up again."""
    over = {operation["id"]: operation for operation in now["operations"] if operation["status"] in FINAL}
    return [o["name"] for o in before.get("operations", ()) if o["status"] in UNDER_WAY and o["id"] in over]


async def ask(session: aiohttp.ClientSession, by: str, path: str, body: dict[str, Any]) -> bool:
    """Whether ground control took it; what it refuses stands in its own record."""
    try:
        async with session.post(f"api/v1/{path}", json=body, headers={"X-Seat": quote(by)}) as response:
            await response.read()
            return response.status < 300
    except (aiohttp.ClientError, TimeoutError):
        return False


def _ended(before: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    begun = {o["id"] for o in before.get("operations", ()) if o["status"] in UNDER_WAY}
    for operation in now["operations"]:
        if operation["status"] not in FINAL and operation["id"] not in begun:
            yield f"operations/{quote(operation['id'], safe='')}/abort", {"reason": UNDONE}


def _marked(moved: list[Mapping[str, Any]]) -> Iterator[tuple[str, dict[str, Any]]]:
    for sighting in moved:
        action = "dismiss" if sighting["status"] in OPEN else MARKED_BY.get(sighting["status"])
        if action is not None:
            yield f"sightings/{quote(sighting['id'], safe='')}/steps", {"action": action, "note": UNDONE}
