"""Which commands may go to which vehicle."""

import pytest
from msgspec.structs import replace

from gcs.fleet.state import VehicleState
from gcs.vehicles.policy import command_name, refusal, transfer_refusal
from telemetry.messages import new


def _state(*, known=True, armed=False, conflict=False):
    return VehicleState(
        id="main-1",
        network="main",
        sysid=1,
        autopilot=3,
        vehicle_type=2,
        mode="GUIDED",
        armed=armed,
        system_status=3,
        mission_known=known,
        conflict=conflict,
        last_heard_s=100.0,
        last_heartbeat_s=100.0,
    )


def _command(number, param1=0.0, param2=0.0):
    return new("COMMAND_LONG", command=number, param1=param1, param2=param2)


ARM, DISARM, RTL, LAND, START = _command(400, 1), _command(400, 0), _command(20), _command(21), _command(300)
GUIDED, RTL_MODE, BRAKE = (_command(176, 1, mode) for mode in (4, 6, 17))


@pytest.mark.parametrize("message", [ARM, DISARM, RTL])
def test_a_vehicle_heard_now_whose_mission_is_known_takes_every_command(message):
    assert refusal(_state(), message, 101.0) is None


def test_an_unknown_mission_is_not_flown_but_the_vehicle_may_be_brought_home_and_disarmed():
    assert "mission is unknown" in refusal(_state(known=False), ARM, 101.0)
    assert refusal(_state(known=False), RTL, 101.0) is None
    assert refusal(_state(known=False), DISARM, 101.0) is None


@pytest.mark.parametrize("message", [ARM, DISARM, START, GUIDED])
def test_nobody_commands_what_nobody_hears(message):
    assert refusal(None, message, 101.0) == "the vehicle was never heard"
    assert refusal(_state(), message, 110.0) == "the vehicle has been silent for 10 s"


@pytest.mark.parametrize("message", [RTL, LAND, RTL_MODE, BRAKE])
def test_the_way_home_is_called_out_to_a_silent_vehicle_too_for_it_may_hear_us(message):
    assert refusal(None, message, 101.0) == "the vehicle was never heard"
    assert refusal(_state(), message, 110.0) is None


def test_the_satellite_link_is_not_switched_off_while_nothing_else_is_heard():
    off, on = _command(2600, 0), _command(2600, 1)
    assert "satellite link alone" in refusal(replace(_state(), high_latency=True), off, 101.0)
    assert refusal(replace(_state(), high_latency=True), on, 101.0) is None
    assert refusal(_state(), off, 101.0) is None


@pytest.mark.parametrize("message", [ARM, DISARM, RTL])
def test_two_vehicles_with_one_id_are_not_commanded(message):
    assert "two vehicles" in refusal(_state(conflict=True), message, 101.0)
    assert "two vehicles" in transfer_refusal(_state(conflict=True), 101.0)


def test_uploads_only_to_vehicles_on_the_ground():
    assert transfer_refusal(_state(), 101.0) is None
    assert transfer_refusal(_state(armed=True), 101.0) == "the vehicle is armed"
    assert transfer_refusal(_state(), 110.0) == "the vehicle has been silent for 10 s"
    assert transfer_refusal(None, 101.0) == "the vehicle was never heard"


def test_commands_in_words():
    assert command_name(RTL) == "NAV_RETURN_TO_LAUNCH"
    assert command_name(_command(31999)) == "COMMAND 31999"
