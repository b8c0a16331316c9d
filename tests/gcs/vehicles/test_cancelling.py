"""A command that a person gives up: ended on a vehicle that takes that, waited for no longer with ArduPilot."""

import asyncio

import pytest

from telemetry.constants import MavCmd, MavResult
from telemetry.services import commands

TARGET = (1, 1)
CALIBRATE = commands.command_long(TARGET, MavCmd.PREFLIGHT_CALIBRATION, 1)
PX4, ARDUPILOT = 12, 3


def calibrating(post, autopilot):
    """The vehicle takes long to calibrate, and knows COMMAND_CANCEL. What it was sent of that."""
    cancels, say = [], post.autopilot.say

    def told(name, **fields):
        say(name, **(fields | {"autopilot": autopilot} if name == "HEARTBEAT" else fields))

    def acknowledge(result):
        say("COMMAND_ACK", command=CALIBRATE.command, result=result, target_system=255, target_component=190)

    def cancel(message):
        cancels.append(message)
        if len(cancels) > 1:  # the first one is lost
            acknowledge(MavResult.CANCELLED)

    post.autopilot.say = told
    post.autopilot.results = {CALIBRATE.command: MavResult.IN_PROGRESS}
    post.autopilot._command_cancel = cancel
    return cancels


@pytest.mark.parametrize(
    ("autopilot", "cancels", "result", "kind"),
    [(PX4, 2, MavResult.CANCELLED, "command.refused"), (ARDUPILOT, 0, None, "command.timeout")],
    ids=["PX4", "ArduPilot"],
)
def test_it_ends_as_its_autopilot_can(post, autopilot, cancels, result, kind):
    taken = calibrating(post, autopilot)

    async def story():
        asked = asyncio.create_task(post.station.command("main-1", CALIBRATE, "chen"))
        await asyncio.sleep(1.0)
        (transfer,) = post.station.transfers("main-1")
        post.station.give_up("main-1", transfer, "li")
        return await asked

    outcome = post.run(story)
    assert [(m.command, m.target_system, m.target_component) for m in taken] == [(CALIBRATE.command, 1, 1)] * cancels
    assert (outcome.result, outcome.ok, outcome.timed_out) == (result, False, result is None)
    assert outcome.detail == "cancelled by li"
    assert post.kinds("transfer.cancelled", "command.")[-2:] == ["transfer.cancelled", kind]
    assert len([m for m in post.autopilot.commands if m.command == CALIBRATE.command]) == 1
