"""The mission protocol: what ArduCopter asks, refuses, repeats and gives up."""

import json
import struct
from pathlib import Path

import pytest

from simulators.stored_items import refusal, stored
from telemetry.services.mission_item import MissionItem

READBACK = json.loads((Path(__file__).parents[1] / "data/sitl/readback.json").read_text("utf-8"))
HOME, POINT = {"frame": 0, "z": 10.0}, {"x": 299003000, "y": 1218400000, "z": 20.0}
FIVE = [HOME, POINT, POINT, POINT, POINT]


def count_of(rig, mission_type=0):
    return rig.tell("MISSION_REQUEST_LIST", mission_type=mission_type)[0].as_dict()["count"]


def test_it_asks_with_the_old_request_and_keeps_what_it_is_given(rig):
    assert rig.upload(FIVE) == 0
    assert [m.seq for m in rig.sent("MISSION_REQUEST")] == [0, 1, 2, 3, 4]
    assert rig.sent("MISSION_REQUEST_INT") == []
    assert rig.texts() == ["Flight plan received"]
    assert count_of(rig) == 5


def test_item_zero_is_home_whatever_was_sent(rig):
    rig.upload([{"frame": 0, "x": 1, "y": 2, "z": 99.0}, POINT])
    home = rig.tell("MISSION_REQUEST_INT", seq=0)[0]
    assert (home.x, home.y, home.z, home.frame) == (299000000, 1218400000, 10.0, 0)


@pytest.mark.parametrize(
    ("bad", "result"),
    [
        ({"command": 31999}, 3),
        ({"frame": 99}, 2),
        ({"frame": 1}, 2),
        ({"x": 910000000}, 10),
        ({"y": 1810000000}, 11),
        ({"z": 100000.0}, 12),
        ({"z": float("nan")}, 12),
        ({"param1": float("nan")}, 6),
        ({"command": 177, "param1": 50.0}, 1),
    ],
)
def test_a_bad_item_ends_the_upload_and_leaves_what_was_written(rig, bad, result):
    rig.upload(FIVE)
    assert rig.upload([HOME, {**POINT, **bad}, POINT]) == result
    assert count_of(rig) == 3


@pytest.mark.parametrize("good", [{"param4": float("nan")}, {"param1": -5.0}, {"command": 21, "x": 0, "y": 0}])
def test_odd_items_that_are_taken(rig, good):
    assert rig.upload([HOME, {**POINT, **good}, POINT]) == 0


def test_a_wrong_sequence_is_refused_and_the_upload_goes_on(rig):
    rig.tell("MISSION_COUNT", count=3)
    wrong = rig.tell("MISSION_ITEM_INT", seq=2, command=16, frame=3)
    assert [(m.message_name, m.type) for m in wrong] == [("MISSION_ACK", 13)]
    right = rig.tell("MISSION_ITEM_INT", seq=0, command=16, frame=3)
    assert (right[0].message_name, right[0].seq) == ("MISSION_REQUEST", 1)


def test_an_unanswered_request_is_repeated_each_second_and_given_up_after_eight(rig):
    rig.tell("MISSION_COUNT", count=5)
    start = rig.vehicle.now_s
    rig.run(9.0)
    asked = [at - start for at, m, _ in rig.log if m.message_name == "MISSION_REQUEST" and at > start]
    assert asked == pytest.approx([1, 2, 3, 4, 5, 6, 7], abs=0.2)
    ended = [at - start for at, m, _ in rig.log if m.message_name == "MISSION_ACK"]
    assert ended == pytest.approx([8.0], abs=0.05)
    assert rig.sent("MISSION_ACK")[0].type == 15
    assert "Mission upload timeout" in rig.texts()


def test_speeding_up_the_simulation_does_not_speed_up_the_protocol(make_rig):
    rig = make_rig()
    rig.tell("MISSION_COUNT", count=5)
    for _ in range(200):
        rig.autopilot.step(0.4, 0.02)
        rig.take()
    assert rig.vehicle.now_s > 80
    assert len(rig.sent("MISSION_REQUEST")) in (4, 5)
    assert rig.sent("MISSION_ACK") == []


def test_during_an_upload_everybody_else_is_refused(rig):
    rig.autopilot.open("B")
    rig.tell("MISSION_COUNT", count=3)
    assert rig.tell("MISSION_REQUEST_LIST")[0].type == 14
    other = {"sender": (254, 190), "channel": "B"}
    assert [m.type for m in rig.tell("MISSION_COUNT", count=2, **other)] == [14]
    assert [m.type for m in rig.tell("MISSION_CLEAR_ALL", **other)] == [14, 1]
    fence = rig.tell("MISSION_COUNT", count=2, mission_type=1, **other)
    assert (fence[0].message_name, fence[0].mission_type) == ("MISSION_REQUEST", 1)


def test_more_than_it_can_store_is_refused(rig):
    assert rig.tell("MISSION_COUNT", count=651)[0].type == 4
    assert rig.texts() == ["Only 650 items are supported"]
    assert rig.tell("MISSION_COUNT", count=47, mission_type=2)[0].type == 4


def test_unknown_types_are_refused_with_their_own_type(rig):
    for mission_type in (5, 255):
        ack = rig.tell("MISSION_COUNT", count=1, mission_type=mission_type)[0]
        assert (ack.type, ack.mission_type) == (3, mission_type)


def test_parts_can_be_written_but_not_beyond_the_end(rig):
    rig.upload(FIVE)
    assert rig.tell("MISSION_WRITE_PARTIAL_LIST", start_index=2, end_index=3)[0].seq == 2
    rig.tell("MISSION_ITEM_INT", seq=2, command=16, frame=3, z=44.0)
    rig.tell("MISSION_ITEM_INT", seq=3, command=16, frame=3, z=45.0)
    assert [rig.tell("MISSION_REQUEST_INT", seq=n)[0].z for n in (1, 2, 3, 4)] == [20.0, 44.0, 45.0, 20.0]
    assert rig.tell("MISSION_WRITE_PARTIAL_LIST", start_index=4, end_index=2)[0].type == 1
    assert rig.tell("MISSION_WRITE_PARTIAL_LIST", start_index=2, end_index=30)[0].type == 1


def test_reading_beyond_the_end_says_how_many_there_are(rig):
    rig.upload(FIVE)
    beyond = rig.tell("MISSION_REQUEST_INT", seq=99)
    assert [m.message_name for m in beyond] == ["MISSION_COUNT", "MISSION_ACK"]
    assert beyond[1].type == 13


@pytest.mark.parametrize(
    ("items", "text"),
    [
        ([{"command": 5001, "param1": 2.0}] * 2, "Invalid vertex count (2)"),
        ([{"command": 5001, "param1": 4.0}] * 3, "Incorrect item count"),
        ([{"command": 5003, "param1": 0.0}], "Non-positive circle radius"),
    ],
)
def test_a_bad_fence_is_refused_once_it_is_whole(rig, items, text):
    assert rig.upload(items, mission_type=1) == 1
    assert rig.texts() == [text, "Fence validation failed"]
    assert count_of(rig, 1) == 0


@pytest.mark.parametrize("row", READBACK, ids=lambda row: row["label"])
def test_a_recorded_item_is_taken_and_read_back_as_recorded(row):
    item, mission_type = item_of(row["sent"]), row["sent"]["mission_type"]
    assert refusal(item, mission_type) == row["ack"]
    if "got" in row:
        assert stored(item, mission_type) == item_of(row["got"])


def item_of(row):
    """The item as the wire carries it: parameters and heights are 32-bit floats."""
    floats = {name: float32(float(row[name])) for name in ("param1", "param2", "param3", "param4", "z")}
    whole = {name: row[name] for name in ("seq", "command", "frame", "x", "y", "autocontinue")}
    return MissionItem(**whole, **floats)


def float32(value):
    return struct.unpack("<f", struct.pack("<f", value))[0]


@pytest.mark.parametrize(
    ("command", "given", "kept"),
    [
        (177, (1.0, -1.0, 0.0, 0.0), (1.0, -1.0, 0.0, 0.0)),  # a jump for ever
        (115, (90.0, 20.0, -1.0, 1.0), (90.0, 20.0, -1.0, 1.0)),  # a turn to the left
        (93, (-1.0, 12.0, -1.0, -1.0), (-1.0, 12.0, -1.0, -1.0)),  # a delay until an hour, any minute
        (18, (2.0, 0.0, -10.0, 0.0), (2.0, 0.0, -10.0, 1.0)),  # turns against the clock
        (19, (5.0, 0.0, -3.0, 0.0), (5.0, 0.0, -1.0, 1.0)),
    ],
)
def test_what_may_be_negative_stays_negative(command, given, kept):
    item = stored(MissionItem(1, command, 3, *given, 299003000, 1218400000, 20.0, 1), 0)
    assert (item.param1, item.param2, item.param3, item.param4) == kept
