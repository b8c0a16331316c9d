"""Where a frame has to go, by MAVLink's routing rules."""

import pytest

from telemetry.frames import Parser, encode_frame
from telemetry.messages import new
from telemetry.routing import leads_to, target_of


def frame(name, version=2, **fields):
    return Parser().feed(encode_frame(new(name, **fields), seq=0, sysid=255, compid=190, version=version))[0]


@pytest.mark.parametrize("version", [1, 2])
@pytest.mark.parametrize(
    ("name", "fields", "target"),
    [
        ("HEARTBEAT", {}, (0, 0)),
        ("COMMAND_LONG", {"target_system": 7, "target_component": 1, "command": 400}, (7, 1)),
        ("COMMAND_LONG", {"target_system": 7, "command": 400}, (7, 0)),
        ("MISSION_COUNT", {"target_system": 3, "target_component": 9, "count": 4}, (3, 9)),
        ("SET_MODE", {"target_system": 5, "custom_mode": 4}, (5, 0)),
        ("PARAM_VALUE", {"param_id": "X"}, (0, 0)),
    ],
)
def test_the_target_is_read_from_the_payload(name, fields, target, version):
    assert target_of(frame(name, version, **fields)) == target


def test_a_target_cut_away_with_the_zeros_is_everybody():
    assert target_of(frame("COMMAND_ACK", command=400)) == (0, 0)


HEARD = {(7, 0), (7, 1), (7, 154)}


@pytest.mark.parametrize("target", [(0, 0), (0, 1), (7, 0), (7, 1), (7, 154)])
def test_a_frame_goes_where_its_target_was_heard(target):
    assert leads_to(target, HEARD)


@pytest.mark.parametrize("target", [(7, 100), (8, 0), (8, 1)])
def test_a_frame_does_not_go_where_its_target_was_never_heard(target):
    assert not leads_to(target, HEARD)
