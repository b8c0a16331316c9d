"""Commands as ArduPilot takes them (results by command: recordings of a real one)."""

import pytest

from telemetry.constants import MavFrame
from telemetry.dialect import ARDUPILOTMEGA
from telemetry.messages import decode_payload, encode_payload
from telemetry.services import commands

TARGET = (7, 1)
EVERY = {
    "arm": commands.arm(TARGET),
    "disarm": commands.disarm(TARGET),
    "mode": commands.set_mode(TARGET, 4),
    "takeoff": commands.takeoff(TARGET, 30.0),
    "start": commands.mission_start(TARGET),
    "pause": commands.pause(TARGET),
    "resume": commands.resume(TARGET),
    "rtl": commands.rtl(TARGET),
    "land": commands.land(TARGET),
    "goto": commands.reposition(TARGET, 29.9, 121.84, 50.0),
    "speed": commands.change_speed(TARGET, 8.0),
    "item": commands.set_mission_current(TARGET, 5),
    "look": commands.look_at(TARGET, 29.9, 121.84, 0.0),
    "ahead": commands.look_ahead(TARGET),
    "checks": commands.run_prearm_checks(TARGET),
    "reboot": commands.reboot(TARGET),
    "ask": commands.request_message(TARGET, 148),
    "rate": commands.set_message_interval(TARGET, 33, 4.0),
}


@pytest.mark.parametrize("name", EVERY)
def test_every_command_is_addressed_and_fits_the_wire(name):
    message = EVERY[name]
    assert (message.target_system, message.target_component) == TARGET
    assert decode_payload(type(message), encode_payload(message)).command == message.command


def test_arming_never_overrides_the_vehicles_checks():
    assert EVERY["arm"].param2 == 0


def test_a_mission_starts_from_its_beginning_as_ardupilot_wants_it():
    assert (EVERY["start"].param1, EVERY["start"].param2) == (0, 0)


def test_a_place_goes_as_whole_degrees_e7():
    goto = EVERY["goto"]
    assert (goto.message_name, goto.x, goto.y, goto.z) == ("COMMAND_INT", 299000000, 1218400000, 50.0)
    assert (goto.frame, goto.param2) == (MavFrame.GLOBAL_RELATIVE_ALT, 1.0)


def test_rates_become_intervals():
    assert EVERY["rate"].param2 == 250_000
    assert commands.set_message_interval(TARGET, ARDUPILOTMEGA.by_name["ATTITUDE"].TYPE.id, 0).param2 == -1
