"""What a real autopilot tells of itself for a drill, message by message."""

import pytest

from simulators.sitl.truth import MOST_SETS, STREAMS, Truth
from telemetry.constants import MavLandedState
from telemetry.dialect import ARDUPILOTMEGA
from telemetry.messages import new

EAST_RAD = 1.5707964


def tell(truth, now_s, landed=MavLandedState.IN_AIR, left=81, battery=0):
    truth.receive(new("SIMSTATE", lat=299_000_000, lng=1_218_400_000, yaw=EAST_RAD), now_s)
    truth.receive(new("GLOBAL_POSITION_INT", lat=1, lon=2, relative_alt=30_500), now_s)
    truth.receive(new("EXTENDED_SYS_STATE", vtol_state=3, landed_state=landed), now_s)
    truth.receive(new("BATTERY_STATUS", id=battery, battery_remaining=left), now_s)


def asked(messages):
    """Names of streams that are asked for, with their rates."""
    return {
        ARDUPILOTMEGA.by_id[int(m.param1)].TYPE.name: 1e6 / m.param2
        for m in messages
        if m.message_name == "COMMAND_LONG" and m.command == 511
    }


def sets(messages):
    return [(m.param_id, m.param_value) for m in messages if m.message_name == "PARAM_SET"]


def echo(name, value=0.0):
    return new("PARAM_VALUE", param_id=name, param_value=value, param_type=9, param_index=65535)


def test_the_place_is_the_simulations_truth_and_not_what_the_autopilot_believes():
    truth = Truth(3)
    tell(truth, 10.0)
    state = truth.state(10.5)
    assert (state.sysid, state.lat_deg, state.lon_deg, state.alt_rel_m) == (3, 29.9, 121.84, 30.5)
    assert state.heading_deg == pytest.approx(90.0)
    assert (state.flying, state.battery_pct) == (True, 81.0)


@pytest.mark.parametrize(
    ("landed", "flying"),
    [(MavLandedState.ON_GROUND, False), (MavLandedState.TAKEOFF, True), (MavLandedState.LANDING, True)],
)
def test_it_flies_from_take_off_to_touch_down(landed, flying):
    truth = Truth(1)
    tell(truth, 0.0, landed=landed)
    assert truth.state(0.0).flying is flying


def test_what_is_not_known_or_not_heard_lately_is_no_place():
    truth = Truth(1)
    assert truth.state(0.0) is None
    tell(truth, 0.0, left=-1)
    assert truth.state(0.0) is None, "a charge that is unknown is not a number"
    tell(truth, 0.0)
    tell(truth, 1.0, left=5, battery=1)
    assert truth.state(1.0).battery_pct == 81.0, "a second battery is another one"
    assert truth.state(3.5) is None


def test_streams_are_asked_for_until_they_flow_and_again_after_a_reboot():
    truth = Truth(1)
    assert asked(truth.says(0.0)) == pytest.approx(dict(STREAMS))
    assert not asked(truth.says(1.0)), "not more often than every three seconds"
    truth.receive(new("SIMSTATE"), 2.0)
    assert set(asked(truth.says(3.0))) == set(STREAMS) - {"SIMSTATE"}
    for second in range(4, 20):
        tell(truth, float(second))
        assert not asked(truth.says(float(second)))
    assert set(asked(truth.says(23.0))) == set(STREAMS)


def test_a_parameter_is_set_until_it_is_echoed():
    truth = Truth(1)
    truth.set_parameter("SIM_WIND_SPD", 6.0)
    assert sets(truth.says(0.0)) == [("SIM_WIND_SPD", 6.0)]
    assert not sets(truth.says(0.5))
    assert sets(truth.says(1.0)) == [("SIM_WIND_SPD", 6.0)]
    truth.receive(echo("SIM_WIND_SPD", 6.0), 1.1)
    assert not sets(truth.says(5.0))
    assert truth.not_taken() == []


def test_only_the_latest_value_is_repeated():
    truth = Truth(1)
    truth.set_parameter("SIM_WIND_SPD", 6.0)
    list(truth.says(0.0))
    truth.set_parameter("SIM_WIND_SPD", 8.0)
    truth.receive(echo("SIM_WIND_SPD", 6.0), 0.1)
    assert sets(truth.says(0.2)) == [("SIM_WIND_SPD", 8.0)], "the echo was that of the value before"


def test_one_that_is_never_echoed_is_given_up_and_told_once():
    truth = Truth(1)
    truth.set_parameter("SIM_NO_SUCH", 1.0)
    said = [sets(truth.says(float(second))) for second in range(MOST_SETS + 2)]
    assert said == [[("SIM_NO_SUCH", 1.0)]] * MOST_SETS + [[], []]
    assert truth.not_taken() == ["SIM_NO_SUCH"]
    assert truth.not_taken() == []


def test_firmware_that_has_the_older_name_loses_its_satellites_too():
    truth = Truth(1)
    truth.set_parameter("SIM_GPS1_ENABLE", 0.0)
    assert sets(truth.says(0.0)) == [("SIM_GPS1_ENABLE", 0.0), ("SIM_GPS_DISABLE", 1.0)]
    truth.receive(echo("SIM_GPS_DISABLE", 1.0), 0.1)
    assert not sets(truth.says(2.0))
    assert truth.not_taken() == []
