"""The mission protocol: what ArduCopter asks, refuses, repeats and gives up."""

import json
import math
import struct
from pathlib import Path

import pytest

from simulators.autopilot.items.stored_items import refusal, stored
from telemetry.services.mission_item import MissionItem

READBACK = json.loads((Path(__file__).parents[3] / "data/sitl/readback.json").read_text("utf-8"))
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


def test_whoever_uploads_may_begin_anew_on_another_link(rig):
    rig.autopilot.open("B")
    rig.tell("MISSION_COUNT", count=3)
    again = rig.tell("MISSION_COUNT", count=2, channel="B")
    assert [(m.message_name, m.seq) for m in again] == [("MISSION_REQUEST", 0)]


def test_a_count_that_is_too_large_ends_the_upload_it_came_in(rig):
    rig.tell("MISSION_COUNT", count=3)
    assert rig.tell("MISSION_COUNT", count=651)[0].type == 4
    assert rig.tell("MISSION_ITEM_INT", seq=0, command=16, frame=3)[0].type == 1


def test_a_strangers_item_is_judged_by_its_number_first(rig):
    rig.autopilot.open("B")
    rig.tell("MISSION_COUNT", count=3)
    other = {"sender": (254, 190), "channel": "B", "command": 16, "frame": 3}
    assert [(m.type, m.target_system) for m in rig.tell("MISSION_ITEM_INT", seq=2, **other)] == [(13, 254)]
    assert [(m.type, m.target_system) for m in rig.tell("MISSION_ITEM_INT", seq=0, **other)] == [(14, 254)]


def test_the_old_request_reads_during_an_upload_and_says_no_count(rig):
    rig.upload(FIVE)
    rig.tell("MISSION_COUNT", count=5)
    assert rig.tell("MISSION_REQUEST", seq=1)[0].message_name == "MISSION_ITEM"
    assert [m.message_name for m in rig.tell("MISSION_REQUEST", seq=9)] == ["MISSION_ACK"]


def test_part_of_a_fence_can_be_written(rig):
    corners = [{"command": 5001, "param1": 3.0, "x": 299000000 + n, "y": 1218400000 - n * n} for n in range(3)]
    assert rig.upload(corners, mission_type=1) == 0
    asked = rig.tell("MISSION_WRITE_PARTIAL_LIST", start_index=1, end_index=1, mission_type=1)
    assert [(m.message_name, m.seq) for m in asked] == [("MISSION_REQUEST", 1)]
    moved = {"command": 5001, "param1": 3.0, "frame": 3, "mission_type": 1, "x": 299000777, "y": 1218400000}
    assert rig.tell("MISSION_ITEM_INT", seq=1, **moved)[0].type == 0
    kept = [rig.tell("MISSION_REQUEST_INT", seq=n, mission_type=1)[0].x for n in range(3)]
    assert kept == [299000000, 299000777, 299000002]


def test_an_old_item_with_an_impossible_place_is_refused_and_asked_for_again(rig):
    rig.tell("MISSION_COUNT", count=2)
    assert rig.tell("MISSION_ITEM", seq=0, command=16, frame=3, x=91.0, y=0.0)[0].type == 10
    assert rig.tell("MISSION_ITEM", seq=0, command=16, frame=3, x=29.9, y=121.84)[0].seq == 1


@pytest.mark.parametrize(
    ("bad", "result"),
    [
        ({"param2": float("nan")}, 7),
        ({"param3": float("inf")}, 8),
        ({"param4": float("inf")}, 9),
        ({"command": 1}, 5),
        ({"x": 910000000, "frame": 1}, 10),
    ],
)
def test_what_is_looked_at_first_is_what_is_told(rig, bad, result):
    assert rig.upload([HOME, {**POINT, **bad}]) == result


def test_frames_and_places_count_only_where_an_item_has_a_place(rig):
    assert rig.upload([HOME, {"command": 178, "frame": 99, "x": 2_000_000_000, "param2": 5.0}]) == 0


@pytest.mark.parametrize(("command", "height", "result"), [(5001, 0.0, 3), (5100, 40_000.0, 12), (5100, -40.7, 0)])
def test_rally_points_have_whole_heights_of_16_bits(rig, command, height, result):
    assert rig.upload([{"command": command, "x": 299000000, "y": 1218400000, "z": height}], mission_type=2) == result


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
        (
            [{"command": 5001, "param1": 3.0}, {"command": 5002, "param1": 3.0}],
            "Received incorrect vertex type (want=98 got=97)",
        ),
        ([{"command": 5001, "param1": 3.0}, {"command": 5001, "param1": 4.0}], "Unexpected vertex count want=3 got=4"),
        (
            [{"command": 5001, "param1": 3.0}, {"command": 5003, "param1": 9.0}],
            "Received incorrect type (want=98 got=92)",
        ),
        ([{"command": 5000}, {"command": 5000}], "Multiple return points"),
        ([{"command": 5003, "param1": 9.0, "x": 910000000}], "Bad lat or lon"),
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
        (18, (2.0, 0.0, -10.0, 0.0), (2.0, 0.0, -10.0, 0.0)),  # turns against the clock
        (18, (0.5, 0.0, 1234.0, 2.0), (0.5, 0.0, 1230.0, 1.0)),  # half a turn of a radius beyond eight bits
        (18, (1000.0, 0.0, 9999.0, 0.0), (255.0, 0.0, 2550.0, 0.0)),
        (19, (5.0, 0.0, -3.0, 0.0), (5.0, 0.0, -1.0, 0.0)),
        (21, (0.0, 0.0, 0.0, -2.0), (0.0, 0.0, 0.0, -1.0)),
        (21, (0.0, 0.0, 0.0, math.nan), (0.0, 0.0, 0.0, 1.0)),
        (31, (0.0, -40.0, 0.0, 0.0), (0.0, -40.0, 0.0, 0.0)),
        (183, (261.0, 1900.0, 0.0, 0.0), (5.0, 1900.0, 0.0, 0.0)),  # eight bits of a channel
        (1000, (-45.0, -90.0, -2.0, 300.0), (-45.0, -90.0, -2.0, 44.0)),
    ],
)
def test_what_may_be_negative_stays_negative(command, given, kept):
    item = stored(MissionItem(1, command, 3, *given, 299003000, 1218400000, 20.0, 1), 0)
    assert (item.param1, item.param2, item.param3, item.param4) == kept
