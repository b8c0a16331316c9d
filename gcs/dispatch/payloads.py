"""What a vehicle carries and can switch: loudspeakers, spotlights, on relays and servo outputs. Pure."""

from __future__ import annotations

import msgspec

from telemetry.constants import MavCmd
from telemetry.dialect import Message
from telemetry.services.commands import command_long

MOST_RELAYS, MOST_SERVOS = 16, 32
PULSE_US = range(800, 2201)


class PayloadSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`relay` is the number of a relay (0 is the first), or `servo` that of an output (1 is the first) with the pulses,
    in microseconds, that mean `on_us` and `off_us`. `speaks`: what is said has to be given, and is written down."""

    name: str
    zh: str
    en: str
    relay: int | None = None
    servo: int | None = None
    on_us: int = 1900
    off_us: int = 1100
    speaks: bool = False

    def problems(self) -> list[str]:
        """What cannot be right about it, one line each."""
        found = [] if self.name.strip() else ["name is empty"]
        if (self.relay is None) == (self.servo is None):
            found.append("needs either relay or servo")
        if self.relay is not None and not 0 <= self.relay < MOST_RELAYS:
            found.append(f"relay must be 0 to {MOST_RELAYS - 1}")
        if self.servo is not None and not 1 <= self.servo <= MOST_SERVOS:
            found.append(f"servo must be 1 to {MOST_SERVOS}")
        if self.on_us not in PULSE_US or self.off_us not in PULSE_US:
            found.append(f"pulses must be {PULSE_US.start} to {PULSE_US.stop - 1} microseconds")
        return found


def payload_problems(payloads: tuple[PayloadSettings, ...]) -> list[str]:
    """What is wrong with them one by one and together."""
    found = [f"{payload.name!r}: {problem}" for payload in payloads for problem in payload.problems()]
    names = [payload.name for payload in payloads]
    return found + [f"two are named {name!r}" for name in sorted({n for n in names if names.count(n) > 1})]


def switch(settings: PayloadSettings, target: tuple[int, int], *, on: bool) -> Message:
    """The command that switches it."""
    if settings.relay is not None:
        return command_long(target, MavCmd.DO_SET_RELAY, settings.relay, 1.0 if on else 0.0)
    return command_long(target, MavCmd.DO_SET_SERVO, settings.servo or 0, settings.on_us if on else settings.off_us)
