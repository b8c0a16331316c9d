"""What ArduPilot makes of items, held against 184 that a real one was given and gave back."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from telemetry.messages import decode_payload, encode_payload
from telemetry.services.mission_item import MissionItem, from_message, mission_hash, to_message
from telemetry.services.mission_rounding import as_kept, difference, normal, on_wire

FENCE, RALLY = 1, 2
READBACK = Path(__file__).parents[2] / "data" / "sitl" / "readback.json"
WAYPOINT = MissionItem(3, 16, x=299000000, y=1218400000, z=50.25)


def _item(fields):
    return MissionItem(**{name: fields[name] for name in MissionItem.__slots__})


def _recorded():
    rows = [row for row in json.loads(READBACK.read_text("utf-8")) if row["ack"] == 0 and row.get("got")]
    return [pytest.param(_item(row["sent"]), _item(row["got"]), id=row["label"]) for row in rows]


def _through_the_wire(item, mission_type=0):
    message = to_message(item, (1, 1), mission_type)
    return decode_payload(type(message), encode_payload(message))


@pytest.mark.parametrize(("sent", "got"), _recorded())
def test_what_a_real_vehicle_gave_back_is_what_is_expected(sent, got):
    """Heights were sent with more than centimetres, which the vehicle cut: they are sent whole from here."""
    whole = sent if got.z == _float32(sent.z) else replace(sent, z=int(sent.z * 100) / 100)
    assert difference(whole, got) is None
    assert mission_hash((whole,)) == mission_hash((got,))


def test_there_are_many_of_them():
    assert len(_recorded()) > 120


def test_no_whole_centimetre_is_lost_on_the_way():
    """ArduPilot multiplies by 100 and cuts; both in single precision and in double it must get the same."""
    for centimetres in (*range(-3000, 60000, 61), 53, 131070, -131070, 1_000_001):
        item = replace(WAYPOINT, z=centimetres / 100)
        z = _through_the_wire(item).z
        single = int(_float32(_float32(z) * 100))
        assert (single, int(z * 100)) == (centimetres, centimetres)
        held = replace(item, z=_float32(single * _float32(0.01)))
        assert difference(item, held) is None
        assert mission_hash((item,)) == mission_hash((held,))


def _float32(value):
    return float(np.float32(value))


@pytest.mark.parametrize(
    "change",
    [
        {"x": 299000001},
        {"y": 1218399999},
        {"z": 50.26},
        {"z": 50.24},
        {"frame": 0},
        {"command": 82},
        {"seq": 4},
        {"param1": 1.0},
        {"autocontinue": 0},
    ],
)
def test_a_real_difference_never_passes(change):
    sent = replace(WAYPOINT, autocontinue=1)
    assert difference(sent, as_kept(sent)) is None
    assert difference(sent, replace(as_kept(sent), **change)) is not None
    if "autocontinue" not in change:
        assert mission_hash((sent,)) != mission_hash((replace(sent, **change),))


def test_the_difference_is_told():
    assert difference(WAYPOINT, replace(as_kept(WAYPOINT), z=20.0)) == "item 3: z is 20, not 50.25"


def test_a_vehicle_that_keeps_everything_exactly_is_as_good():
    sent = replace(WAYPOINT, param1=2.5, param2=3.0, param4=90.0)
    assert difference(sent, from_message(_through_the_wire(sent))) is None


def test_normal_is_normal_again():
    for item in (WAYPOINT, MissionItem(1, 115, param1=1.6, param3=-1.0), MissionItem(2, 42702, param3=3.4, x=70000)):
        assert normal(normal(item)) == normal(item)
        assert normal(as_kept(item)) == normal(item)
        assert normal(on_wire(item)) == normal(item)


def test_numbers_that_count_down_stay_below_zero():
    assert as_kept(MissionItem(1, 177, param1=2, param2=-1)).param2 == -1
    assert as_kept(MissionItem(1, 93, param1=5, param2=-1, param3=-1, param4=-1)).param4 == -1


def test_home_does_not_count():
    home = MissionItem(0, 16, 0, x=1, y=2, z=3.0)
    assert mission_hash((home, WAYPOINT)) == mission_hash((replace(home, x=9), WAYPOINT))
    assert mission_hash((home,)) == mission_hash(())


def test_what_is_not_a_number_breaks_nothing():
    nan, inf = float("nan"), float("inf")
    for value in (nan, inf, -inf, 1e300):
        odd = MissionItem(1, 16, param1=value, param2=value, param3=value, param4=value, z=value)
        to_message(odd, (1, 1))
        mission_hash((odd,))
        assert difference(odd, as_kept(odd)) is None or value == inf or value == -inf or value == 1e300


def test_fences_keep_their_radius_and_lose_their_frame():
    circle = MissionItem(0, 5004, param1=15.55, x=299003593, y=1218396891)
    held = replace(circle, frame=0, autocontinue=0, param1=15.550000190734863)
    assert difference(circle, held, FENCE) is None
    assert difference(circle, replace(held, param1=15.5), FENCE) is not None
    assert mission_hash((circle,), FENCE) == mission_hash((held,), FENCE) != mission_hash((circle,), RALLY)


def test_rally_points_are_whole_metres():
    point = MissionItem(0, 5100, x=298997305, y=1218396891, z=25.7)
    assert _through_the_wire(point, RALLY).z == 26.0
    assert difference(point, replace(point, z=26.0, autocontinue=0), RALLY) is None
    assert difference(point, replace(point, z=25.0, autocontinue=0), RALLY) is not None
