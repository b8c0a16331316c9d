"""The parts of one simulated autopilot, handed to what answers commands; and a command in one form."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from math import isfinite

from simulators.autopilot.boot import PrearmWatch
from simulators.autopilot.failsafes.fence import Fence
from simulators.autopilot.flight.auto import Auto
from simulators.autopilot.flight.mission import MissionRunner, NoExecutor
from simulators.autopilot.flight.repeats import Repeats
from simulators.autopilot.items.item_store import ItemStore
from simulators.autopilot.items.transfer import Peer
from simulators.autopilot.modes import Pilot
from simulators.autopilot.parameters.params import Parameters, ParameterService
from simulators.autopilot.state import Vehicle
from simulators.autopilot.telemetry.streams import Streams
from telemetry.dialect import Message

_LONG_FRAME = 3
_LARGEST = 2**31


@dataclass(slots=True)
class Parts:
    """One vehicle's parts; `pack_changed` says that the battery is another one, `reboot` asks for a restart."""

    vehicle: Vehicle
    pilot: Pilot
    runner: MissionRunner
    store: ItemStore
    streams: Streams
    values: Parameters
    parameters: ParameterService
    fence: Fence
    prearm: PrearmWatch
    repeats: Repeats
    pack_changed: Callable[[], None]
    reboot: Callable[[], None]

    @property
    def auto(self) -> Auto | None:
        """AUTO's controller while that is the mode."""
        controller = self.pilot.controller
        return controller if isinstance(controller, Auto) else None

    def set_current(self, seq: int, *, reset: bool = False) -> bool:
        """Make an item the current one; MISSION_CURRENT follows at once."""
        executor = self.auto or NoExecutor()
        if not self.runner.set_current(seq, executor):
            return False
        if reset:
            self.runner.restart(executor)
        return True


@dataclass(slots=True)
class Command:
    """COMMAND_LONG or COMMAND_INT: x and y in degrees x 1e7; `after` goes out behind the answer.

    `fields` are parameters 5 and 6 as they came, for commands that have no place there.
    """

    number: int
    params: tuple[float, float, float, float]
    x: int
    y: int
    z: float
    frame: int
    is_int: bool
    peer: Peer
    fields: tuple[int, int] = (0, 0)
    after: list[Message] = field(default_factory=list)

    @property
    def flags(self) -> int:
        """Parameter 5 of commands that have flags there, not a place."""
        return self.fields[0]


def command_of(message: Message, peer: Peer) -> Command:
    params = (message.param1, message.param2, message.param3, message.param4)
    if message.message_name == "COMMAND_INT":
        fields = (message.x, message.y)
        return Command(
            message.command, params, *fields, message.z, message.frame, is_int=True, peer=peer, fields=fields
        )  # fmt: skip
    x, y = _degrees_e7(message.param5), _degrees_e7(message.param6)
    fields = (_whole(message.param5), _whole(message.param6))
    return Command(
        message.command, params, x, y, message.param7, _LONG_FRAME, is_int=False, peer=peer, fields=fields
    )  # fmt: skip


def _whole(value: float) -> int:
    return int(value) if isfinite(value) and abs(value) < _LARGEST else 0


def _degrees_e7(value: float) -> int:
    if not -214.0 < value < 214.0:
        return 2_147_483_647
    return round(value * 1e7)
