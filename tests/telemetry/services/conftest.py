"""Lets the tests of this folder import `scripted_ardupilot` and `virtual_link`; messages from the vehicle."""

import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parent))

OWN, TARGET = (255, 190), (1, 1)


@pytest.fixture
def heard():
    """A message as it comes from the vehicle, meant for us unless told otherwise."""
    from telemetry.messages import new
    from telemetry.received import Origin, Received

    def make(name, *, sysid=1, compid=1, to=OWN, **fields):
        message = new(name, **fields)
        if to is not None and "target_system" in message.as_dict():
            message = message.replace(target_system=to[0], target_component=to[1])
        return Received(message, sysid, compid, 0, Origin("test://", "vehicle"), 0.0)

    return make


@pytest.fixture
def patrol():
    """A mission of n items as the planner makes them: whole 1e-7 degrees and centimetres."""
    from telemetry.services.mission_item import MissionItem

    def items(n, shift=0):
        home = MissionItem(0, 16, 0, x=299000000, y=1218400000)
        way = (
            MissionItem(seq, 16, x=299000000 + shift + seq * 37, y=1218400000 + seq * 91, z=(3000 + 37 * seq) / 100)
            for seq in range(1, n - 1)
        )
        return (home, *way, MissionItem(n - 1, 20))

    return items
