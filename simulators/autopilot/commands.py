"""Commands: which are taken in which state, and what they do. One answer each, never IN_PROGRESS.

The results are the recorded ones (228 commands in all states); flight commands are in
flight/commands.py.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import isfinite
from types import MappingProxyType
from typing import Final

from simulators.autopilot import actions
from simulators.autopilot.failsafes import fence
from simulators.autopilot.flight.commands import FLIGHT
from simulators.autopilot.parts import Command, Parts
from simulators.autopilot.payload.commands import PAYLOAD
from simulators.autopilot.telemetry.mode_messages import AVAILABLE_MODES_ID, MONITOR_ID, MONITOR_US, available_mode
from simulators.autopilot.telemetry.streams import build, known
from telemetry.constants import MavCmd, MavResult
from telemetry.dialect import ARDUPILOTMEGA
from telemetry.messages import new

Handler = Callable[[Parts, Command], MavResult]
_VERSION_ID: Final = ARDUPILOTMEGA.by_name["AUTOPILOT_VERSION"].TYPE.id
AUX_FUNCTION: Final = 218
AUX_FUNCTIONS: Final = frozenset(
    {
        2, 3, 4, 5, 7, 9, 10, 11, *range(13, 20), *range(21, 41), *range(42, 50), 52, 55, 56, 57, 58, 60, 61, 62,
        *range(65, 74), 75, 76, 78, 79, 80, 81, 83, 84, 85, 90, *range(99, 107), *range(109, 114), 151, 152, 153, 154,
        156, *range(158, 170), 171, 172, 174, 175, 177, 178, 180, 182, *range(212, 220), *range(300, 316),
    }
)  # fmt: skip
"""Numbers of what a switch can do on an ArduCopter."""
_HIGHEST_POSITION, _RELEASE, _MOST_TAG, _MOST_SYSID = 2, 2, 0xFFFF, 255
_CALIBRATE_NEXT, _REBOOT_FORCED = 3, 20190226
BATTERY_RESET: Final = 42651
_INTERVAL_ID: Final = ARDUPILOTMEGA.by_name["MESSAGE_INTERVAL"].TYPE.id


def _set_interval(parts: Parts, command: Command) -> MavResult:
    message_id, interval_us, response, _ = command.params
    return parts.streams.set_interval(command.peer.channel, actions.whole(message_id), interval_us, response)


def _get_interval(parts: Parts, command: Command) -> MavResult:
    return parts.streams.tell_interval(command.peer.channel, actions.whole(command.params[0]))


def _request_message(parts: Parts, command: Command) -> MavResult:
    message_id = actions.whole(command.params[0])
    if message_id == _INTERVAL_ID:
        return parts.streams.tell_interval(command.peer.channel, actions.whole(command.params[1]))
    if not known(message_id):
        return MavResult.FAILED
    if message_id == AVAILABLE_MODES_ID:
        mode = available_mode(command.params[1])
        command.after += [mode] if mode is not None else []
        return parts.streams.set_interval(command.peer.channel, MONITOR_ID, MONITOR_US, 0.0)
    message = build(parts.vehicle, message_id)
    if message is not None:
        command.after.append(message)
    return MavResult.ACCEPTED


def _capabilities(parts: Parts, command: Command) -> MavResult:
    if command.params[0] != 1:
        return MavResult.FAILED
    version = build(parts.vehicle, _VERSION_ID)
    command.after += [version] if version is not None else []
    return MavResult.ACCEPTED


def _get_home(parts: Parts, command: Command) -> MavResult:
    vehicle = parts.vehicle
    if vehicle.home is None:
        return MavResult.FAILED
    vehicle.send(vehicle.home_message(), command.peer.channel)
    vehicle.send(vehicle.origin_message(), command.peer.channel)
    return MavResult.ACCEPTED


def _set_home(parts: Parts, command: Command) -> MavResult:
    vehicle, wish = parts.vehicle, command.params[0]
    if wish == 1 or (command.x == 0 and command.y == 0):
        if not vehicle.position_ok:
            return MavResult.FAILED
        vehicle.set_home(vehicle.home_here(locked=True))
        return MavResult.ACCEPTED
    if wish != 0:
        return MavResult.FAILED
    if command.frame not in actions.KNOWN_FRAMES:
        vehicle.say(6, f"Unknown mavlink coordinate frame {command.frame}")
        return MavResult.DENIED
    frame = command.frame if command.is_int else 0
    done = actions.set_home_at(vehicle, frame, command.x, command.y, command.z)
    return MavResult.ACCEPTED if done else MavResult.FAILED


def _servo(parts: Parts, command: Command) -> MavResult:
    return _done(actions.set_servo(parts.vehicle, command.params[0], command.params[1]))


def _relay(parts: Parts, command: Command) -> MavResult:
    return _done(actions.set_relay(parts.vehicle, command.params[0], command.params[1]))


def _repeat_relay(parts: Parts, command: Command) -> MavResult:
    number, count, period_s, _ = command.params
    return _done(parts.repeats.relay(number, count, period_s))


def _repeat_servo(parts: Parts, command: Command) -> MavResult:
    return _done(parts.repeats.servo(*command.params))


def _reboot(parts: Parts, command: Command) -> MavResult:
    if parts.vehicle.params["ESC_CALIBRATION"] == _CALIBRATE_NEXT:
        parts.vehicle.say(2, "Reboot rejected, ESC cal on reboot")
        return MavResult.FAILED
    if parts.vehicle.armed and command.fields[1] != _REBOOT_FORCED:
        return MavResult.FAILED
    if command.params[0] not in {1, 3}:
        return MavResult.UNSUPPORTED
    parts.reboot()
    return MavResult.ACCEPTED


def _run_prearm(parts: Parts, command: Command) -> MavResult:  # noqa: ARG001 - a handler's form
    if parts.vehicle.armed:
        return MavResult.TEMPORARILY_REJECTED
    for problem in parts.prearm.look():
        parts.vehicle.say(2, f"PreArm: {problem}")
    return MavResult.ACCEPTED


def _calibrate(parts: Parts, command: Command) -> MavResult:
    if parts.vehicle.armed:
        parts.vehicle.say(5, "Disarm to allow calibration")
        return MavResult.FAILED
    if command.params[2] == 1:
        parts.vehicle.say(6, "Updating barometer calibration")
        parts.vehicle.say(6, "Barometer calibration complete")
        for name in ("BARO1_GND_PRESS", "BARO2_GND_PRESS"):
            parts.parameters.tell(name)
        return MavResult.ACCEPTED
    return MavResult.UNSUPPORTED


def _fence_enable(parts: Parts, command: Command) -> MavResult:
    choice = command.params[0]
    wanted = actions.whole(command.params[1]) & 0xFF or fence.ALL
    if choice not in {0, 1, 2} or (choice == 1 and not parts.fence.present & wanted):
        return MavResult.FAILED
    if choice != 2:
        parts.fence.enable(on=choice == 1)
    return MavResult.ACCEPTED


def _mission_current(parts: Parts, command: Command) -> MavResult:
    seq = command.params[0]
    if not isfinite(seq) or not (seq == 0 or 0 <= int(seq) < len(parts.store.mission())):
        return MavResult.DENIED
    return _gone_on(parts, int(seq), reset=command.params[1] == 1)


def _jump_tag(parts: Parts, command: Command) -> MavResult:
    tag = command.params[0]
    if not 0 <= tag <= _MOST_TAG:
        return MavResult.DENIED
    seq = parts.runner.tagged(int(tag))
    return _gone_on(parts, seq, reset=False) if seq else MavResult.FAILED


def _gone_on(parts: Parts, seq: int, *, reset: bool) -> MavResult:
    """The mission goes on at an item, which everybody is told."""
    if not parts.set_current(seq, reset=reset):
        return MavResult.FAILED
    parts.runner.publish()
    message = build(parts.vehicle, 42)
    if message is not None:
        parts.vehicle.defer(message)
    return MavResult.ACCEPTED


def _banner(parts: Parts, command: Command) -> MavResult:
    for text in parts.vehicle.banner():
        parts.vehicle.say(6, text, command.peer.channel)
    return MavResult.ACCEPTED


def _gripper(parts: Parts, command: Command) -> MavResult:
    if not parts.vehicle.params["GRIP_ENABLE"]:
        return MavResult.FAILED
    return _done(command.params[1] in {0, 1})


def _motor_test(parts: Parts, command: Command) -> MavResult:
    if parts.vehicle.armed:
        return MavResult.FAILED
    seconds = command.params[3]
    parts.pilot.test_motor(seconds if isfinite(seconds) else 0.0)
    return MavResult.ACCEPTED


def _land_start(parts: Parts, command: Command) -> MavResult:  # noqa: ARG001 - a handler's form
    parts.vehicle.say(4, "Unable to start landing sequence")
    parts.vehicle.say(4, "Mode change to AUTO RTL failed: No landing sequence found")
    return MavResult.FAILED


def _return_path(parts: Parts, command: Command) -> MavResult:  # noqa: ARG001 - a handler's form
    parts.vehicle.say(4, "Mode change to AUTO RTL failed: No return path found")
    return MavResult.FAILED


def _auxiliary(parts: Parts, command: Command) -> MavResult:
    """DO_AUX_FUNCTION: what a switch of the remote control would do; nothing in a simulated vehicle."""
    number, position = actions.whole(command.params[0]), command.params[1]
    if position > _HIGHEST_POSITION:
        return MavResult.DENIED
    if number in AUX_FUNCTIONS:
        return MavResult.ACCEPTED
    parts.vehicle.say(6, f"Invalid channel option ({number})")
    return MavResult.FAILED


def _high_latency(parts: Parts, command: Command) -> MavResult:
    """CONTROL_HIGH_LATENCY: told, and nothing else, for no port here is one to a satellite."""
    wish = command.params[0]
    if wish not in {0, 1}:
        return MavResult.FAILED
    parts.vehicle.say(5, f"High Latency {'enabled' if wish else 'disabled'}")
    return MavResult.ACCEPTED


def _safety_switch(parts: Parts, command: Command) -> MavResult:
    """DO_SET_SAFETY_SWITCH_STATE: 0 is safe and keeps the motors from running, 1 lets them."""
    wish = command.params[0]
    if wish not in {0, 1}:
        return MavResult.DENIED
    parts.vehicle.safety_on = wish == 0
    return MavResult.ACCEPTED


def _can_forward(parts: Parts, command: Command) -> MavResult:  # noqa: ARG001 - there is no bus
    return _done(command.params[0] == 0)


def _external_position(parts: Parts, command: Command) -> MavResult:  # noqa: ARG001 - no estimator takes one here
    return MavResult.DENIED if command.is_int else MavResult.UNSUPPORTED


def _follow(parts: Parts, command: Command) -> MavResult:  # noqa: ARG001 - nobody is followed here
    return MavResult.ACCEPTED if 0 < command.params[0] <= _MOST_SYSID else MavResult.DENIED


def _ekf_source(parts: Parts, command: Command) -> MavResult:  # noqa: ARG001 - all sources are good here
    return MavResult.ACCEPTED if actions.whole(command.params[0]) in {1, 2, 3} else MavResult.DENIED


def _parachute(parts: Parts, command: Command) -> MavResult:
    """None is fitted: switched on, off, or let go on the ground."""
    wish = actions.whole(command.params[0])
    if wish == _RELEASE and not parts.vehicle.flying:
        parts.vehicle.say(6, "Parachute: Landed")
    return _done(wish in {0, 1, _RELEASE})


def _done(done: bool) -> MavResult:
    return MavResult.ACCEPTED if done else MavResult.FAILED


def _always(result: MavResult) -> Handler:
    return lambda _parts, _command: result


def _battery_reset(parts: Parts, command: Command) -> MavResult:
    """Bit 0 of the first parameter is the first battery, the second its new percentage."""
    batteries, percent = command.params[0], command.params[1]
    if not 0.0 <= percent <= 100.0:
        return MavResult.FAILED
    if actions.whole(batteries) & 1:
        parts.vehicle.battery.set_remaining(percent / 100.0)
        parts.pack_changed()
    return MavResult.ACCEPTED


_ALWAYS: Mapping[int, MavResult] = MappingProxyType(
    {
        10001: MavResult.FAILED,  # identification of a transponder that has none
        216: MavResult.ACCEPTED,  # sprayer
        500: MavResult.ACCEPTED,  # pairing of a receiver
        2520: MavResult.ACCEPTED,  # landing gear
        42429: MavResult.FAILED,  # a position of a calibration that does not run
        42700: MavResult.DENIED,  # a trap for debuggers
        42701: MavResult.DENIED,  # scripts, of which none runs
        198: MavResult.ACCEPTED,  # look at another vehicle, which nothing here follows
        534: MavResult.DENIED,  # source of a camera that has one only
        MavCmd.DO_WINCH: MavResult.FAILED,
        MavCmd.PREFLIGHT_STORAGE: MavResult.DENIED,
    }
)
HANDLERS: Mapping[int, Handler] = MappingProxyType(
    {
        **{int(number): _always(result) for number, result in _ALWAYS.items()},
        **FLIGHT,
        **PAYLOAD,
        MavCmd.SET_MESSAGE_INTERVAL: _set_interval,
        MavCmd.GET_MESSAGE_INTERVAL: _get_interval,
        MavCmd.REQUEST_MESSAGE: _request_message,
        MavCmd.REQUEST_AUTOPILOT_CAPABILITIES: _capabilities,
        MavCmd.GET_HOME_POSITION: _get_home,
        MavCmd.DO_SET_HOME: _set_home,
        MavCmd.DO_SET_SERVO: _servo,
        MavCmd.DO_SET_RELAY: _relay,
        MavCmd.DO_REPEAT_RELAY: _repeat_relay,
        MavCmd.DO_REPEAT_SERVO: _repeat_servo,
        MavCmd.PREFLIGHT_REBOOT_SHUTDOWN: _reboot,
        MavCmd.RUN_PREARM_CHECKS: _run_prearm,
        MavCmd.PREFLIGHT_CALIBRATION: _calibrate,
        MavCmd.DO_FENCE_ENABLE: _fence_enable,
        MavCmd.DO_SET_MISSION_CURRENT: _mission_current,
        MavCmd.DO_GRIPPER: _gripper,
        MavCmd.DO_SEND_BANNER: _banner,
        MavCmd.DO_MOTOR_TEST: _motor_test,
        MavCmd.DO_LAND_START: _land_start,
        188: _return_path,
        208: _parachute,
        32: _follow,
        601: _jump_tag,
        2600: _high_latency,
        5300: _safety_switch,
        32000: _can_forward,
        42007: _ekf_source,
        43003: _external_position,
        AUX_FUNCTION: _auxiliary,
        BATTERY_RESET: _battery_reset,
    }
)


def execute(parts: Parts, command: Command) -> None:
    """Do what is asked and queue the answer."""
    handler = HANDLERS.get(command.number)
    result = handler(parts, command) if handler else MavResult.UNSUPPORTED
    peer = command.peer
    parts.vehicle.send(
        new("COMMAND_ACK", command=command.number, result=int(result), target_system=peer.sysid,
            target_component=peer.compid), peer.channel,
    )  # fmt: skip
    for message in command.after:
        parts.vehicle.send(message, peer.channel)
