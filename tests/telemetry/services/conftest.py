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
