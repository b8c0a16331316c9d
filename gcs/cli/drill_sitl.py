"""`aeropatrol drill --sitl`: the real autopilots that a drill is flown by."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from gcs.cli.sitl import become_ready
from simulators.drill import Drill
from simulators.sitl import SitlError, SitlFleet
from simulators.sitl.binary import checkout_parameters, find_binary
from simulators.sitl.drill import SitlDrillFleet

WAIT_S: Final = 180.0
"""How long they may take to be ready for take-off; a real one takes some 45 s."""


@dataclass(frozen=True, slots=True)
class RealAutopilots:
    """ArduPilot's program and the TCP port of the first vehicle; each further one is 10 higher."""

    program: Path
    base_port: int

    def fleet(self, drill: Drill, folder: Path, say: Callable[[str], None]) -> SitlDrillFleet:
        """The vehicles of `drill`, not started yet; `folder` is where they keep their logs."""
        own = checkout_parameters(self.program)
        say(f"starting {drill.fleet.vehicles} ArduPilot vehicles; they are ready in about a minute ({self.program})")
        return SitlDrillFleet(
            drill,
            self.program,
            folder.resolve(),
            _ready,
            base_port=self.base_port,
            defaults=[own] if own else [],
            tell=say,
        )


def real_autopilots(binary: Path | None, base_port: int, speedup: float) -> RealAutopilots:
    """Raises SitlError when there is no such program, or when something is asked for that it cannot do."""
    if speedup != 1.0:
        raise SitlError(f"--speedup {speedup:g}: real autopilots (--sitl) fly a drill in real time; leave it out")
    return RealAutopilots(find_binary(binary, os.environ, Path.cwd()), base_port)


async def _ready(fleet: SitlFleet) -> None:
    await become_ready(fleet, WAIT_S)
