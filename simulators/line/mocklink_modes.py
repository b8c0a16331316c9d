"""The fault modes of QGroundControl's MockLink by their names, and some it lacks, as rules of a line. Pure.

`MODES` gives for each name what makes its rules from parameters. In the names "Request0" and "Request1"
are the items of that number; "FirstResponse" and "FirstAttempt" lose only the first.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from simulators.line.rules import Change, Fields, Rule, Way
from telemetry.dialect import Message

Numbers = Mapping[str, float]
Maker = Callable[[Numbers], tuple[Rule, ...]]
UP, DOWN = Way.UP, Way.DOWN
ASKS: Final = frozenset({"MISSION_REQUEST", "MISSION_REQUEST_INT"})
ITEMS: Final = frozenset({"MISSION_ITEM", "MISSION_ITEM_INT"})
COMMANDS: Final = frozenset({"COMMAND_LONG", "COMMAND_INT"})
ACCEPTED, MISSION_ERROR, NO_SPACE, INVALID_SEQUENCE, DENIED_ITEM, CANCELLED = 0, 1, 4, 13, 14, 15
DONE, REFUSED, UNSUPPORTED, FAILED, IN_PROGRESS = 0, 2, 3, 4, 5
REQUEST_MESSAGE, REBOOT, AUTOPILOT_VERSION = 512, 246, 148
SET_ANSWER_INDEX: Final = 65535
HOUR_S: Final = 3600.0
"""The index of a PARAM_VALUE that answers a PARAM_SET."""
NAK, FTP_FAIL, FTP_OPCODE, FTP_ASKED, FTP_SIZE, FTP_DATA = 129, 1, 3, 5, 4, 12


def _one(name: str) -> frozenset[str]:
    return frozenset({name})


def _fixed(*rules: Rule) -> Maker:
    return lambda _numbers: rules


def _stepped(name: str, step_s: float) -> Change:
    """A field in microseconds of a clock that stepped."""
    return lambda message: {name: max(0, getattr(message, name) + round(step_s * 1e6))}


def _lost(way: Way, names: frozenset[str], times: int | None = None, **when: object) -> Maker:
    return _fixed(Rule(way, names, when=when, times=times))


def _wrong_number(way: Way, names: frozenset[str], number: int) -> Maker:
    """Item `number` comes as the next one."""
    return _fixed(Rule(way, names, when={"seq": number}, change=lambda message: {"seq": message.seq + 1}))


def _read_error(number: int) -> Maker:
    return lambda p: (Rule(UP, ASKS, when={"seq": number}, back=(("MISSION_ACK", {"type": int(p["result"])}),)),)


def _write_error(number: int) -> Maker:
    return lambda p: (Rule(DOWN, ASKS, when={"seq": number}, forward=(("MISSION_ACK", {"type": int(p["result"])}),)),)


def _ack(result: int) -> tuple[str, Fields]:
    return "MISSION_ACK", {"type": result}


def _missing_param(times: int | None) -> Maker:
    """A number cannot say a name, so the parameter is the one at `index`."""
    return lambda p: (Rule(DOWN, _one("PARAM_VALUE"), when={"param_index": int(p["index"])}, times=times),)


def _answered(*results: int, first_lost: bool = False, only: int | None = None) -> Maker:
    """The line answers a command itself; the vehicle never hears of it."""

    def make(p: Numbers) -> tuple[Rule, ...]:
        command = int(p["command"]) if only is None else only
        when = {"command": command}
        acks = tuple(("COMMAND_ACK", {"command": command, "result": result}) for result in results)
        answer = Rule(UP, COMMANDS, when=when, back=acks)
        return (Rule(UP, COMMANDS, when=when, times=1), answer) if first_lost else (answer,)

    return make


def _version(result: int | None) -> Maker:
    acks = () if result is None else (("COMMAND_ACK", {"command": REQUEST_MESSAGE, "result": result}),)
    when = {"command": REQUEST_MESSAGE, "param1": float(AUTOPILOT_VERSION)}
    return _fixed(Rule(UP, COMMANDS, when=when, back=acks))


def _nak(message: Message) -> Fields:
    """The same FTP answer as a refusal: opcode, size and data of the payload."""
    payload = list(message.payload)
    payload[FTP_OPCODE], payload[FTP_SIZE], payload[FTP_DATA] = NAK, 1, FTP_FAIL
    return {"payload": payload}


def _next_number(message: Message) -> Fields:
    payload = list(message.payload)
    number = (payload[0] | payload[1] << 8) + 1 & 0xFFFF
    return {"payload": [number & 0xFF, number >> 8, *payload[2:]]}


def _ftp(*, change: Callable[[Message], Fields] | None = None, after: int = 0, times: int | None = None) -> Maker:
    return _fixed(Rule(DOWN, _one("FILE_TRANSFER_PROTOCOL"), change=change, after=after, times=times))


def _at_item(
    p: Numbers,
    *,
    passes: bool = False,
    forward: tuple[tuple[str, Fields], ...] = (),
    back: tuple[tuple[str, Fields], ...] = (),
) -> tuple[Rule, ...]:
    return (Rule(DOWN, ASKS, when={"seq": int(p["item"])}, times=1, passes=passes, forward=forward, back=back),)


_READ: Mapping[str, Maker] = {
    "FailReadRequestListNoResponse": _lost(UP, _one("MISSION_REQUEST_LIST")),
    "FailReadRequestListFirstResponse": _lost(UP, _one("MISSION_REQUEST_LIST"), 1),
    "FailReadRequest0NoResponse": _lost(UP, ASKS, seq=0),
    "FailReadRequest1NoResponse": _lost(UP, ASKS, seq=1),
    "FailReadRequest1FirstResponse": _lost(UP, ASKS, 1, seq=1),
    "FailReadRequest0IncorrectSequence": _wrong_number(DOWN, ITEMS, 0),
    "FailReadRequest1IncorrectSequence": _wrong_number(DOWN, ITEMS, 1),
    "FailReadRequest0ErrorAck": _read_error(0),
    "FailReadRequest1ErrorAck": _read_error(1),
}
_WRITE: Mapping[str, Maker] = {
    "FailWriteMissionCountNoResponse": _lost(UP, _one("MISSION_COUNT")),
    "FailWriteMissionCountFirstResponse": _lost(UP, _one("MISSION_COUNT"), 1),
    "FailWriteRequest1NoResponse": _lost(DOWN, ASKS, seq=1),
    "FailWriteRequest0IncorrectSequence": _wrong_number(DOWN, ASKS, 0),
    "FailWriteRequest1IncorrectSequence": _wrong_number(DOWN, ASKS, 1),
    "FailWriteRequest0ErrorAck": _write_error(0),
    "FailWriteRequest1ErrorAck": _write_error(1),
    "FailWriteFinalAckNoResponse": _lost(DOWN, _one("MISSION_ACK")),
    "FailWriteFinalAckErrorAck": _fixed(
        Rule(DOWN, _one("MISSION_ACK"), change=lambda _message: {"type": MISSION_ERROR})
    ),
    "FailWriteFinalAckMissingRequests": _fixed(
        Rule(DOWN, ASKS, when={"seq": 4}, times=1, forward=(_ack(ACCEPTED),)), Rule(DOWN, ASKS, at_least={"seq": 4})
    ),
}
_OWN_MISSION: Mapping[str, Maker] = {
    "UploadCancelledAtItem": lambda p: _at_item(p, forward=(_ack(CANCELLED),)),
    "RebootAtItem": lambda p: _at_item(p, passes=True, back=(("COMMAND_LONG", {"command": REBOOT, "param1": 1.0}),)),
    "MissionMixedAfterTimeout": lambda p: (Rule(DOWN, ASKS, at_least={"seq": p["item"]}),),
    "AckLost": _lost(DOWN, _one("MISSION_ACK"), 1),
    "AckEarly": lambda p: _at_item(p, passes=True, forward=(_ack(ACCEPTED),)),
    "ItemNackInvalidSequence": lambda p: _at_item(p, passes=True, forward=(_ack(INVALID_SEQUENCE),)),
    "DeniedOtherGcs": _fixed(Rule(UP, _one("MISSION_COUNT"), back=(_ack(DENIED_ITEM),))),
    "CountNoSpace": _fixed(Rule(UP, _one("MISSION_COUNT"), back=(_ack(NO_SPACE),))),
}
_PARAMETERS: Mapping[str, Maker] = {
    "FailParamNoResponseToRequestList": _lost(UP, _one("PARAM_REQUEST_LIST")),
    "FailMissingParamOnInitialRequest": _missing_param(1),
    "FailMissingParamOnAllRequests": _missing_param(None),
    "FailParamSetNoAck": _lost(DOWN, _one("PARAM_VALUE"), param_index=SET_ANSWER_INDEX),
    "FailParamSetFirstAttemptNoAck": _lost(DOWN, _one("PARAM_VALUE"), 1, param_index=SET_ANSWER_INDEX),
    "FailParamRequestReadNoResponse": _lost(UP, _one("PARAM_REQUEST_READ")),
    "FailParamRequestReadFirstAttemptNoResponse": _lost(UP, _one("PARAM_REQUEST_READ"), 1),
    "FailInitialConnectRequestMessageAutopilotVersionFailure": _version(FAILED),
    "FailInitialConnectRequestMessageAutopilotVersionLost": _version(None),
}
_COMMANDS: Mapping[str, Maker] = {
    "FailRequestMessageCommandAcceptedMsgNotSent": _answered(DONE, only=REQUEST_MESSAGE),
    "FailRequestMessageCommandUnsupported": _answered(UNSUPPORTED, only=REQUEST_MESSAGE),
    "FailRequestMessageCommandNoResponse": _answered(only=REQUEST_MESSAGE),
    "ALWAYS_RESULT_ACCEPTED": _answered(DONE),
    "ALWAYS_RESULT_FAILED": _answered(FAILED),
    "SECOND_ATTEMPT_RESULT_ACCEPTED": _answered(DONE, first_lost=True),
    "SECOND_ATTEMPT_RESULT_FAILED": _answered(FAILED, first_lost=True),
    "NO_RESPONSE": _answered(),
    "NO_RESPONSE_NO_RETRY": _answered(),
    "RESULT_IN_PROGRESS_ACCEPTED": _answered(IN_PROGRESS, DONE),
    "RESULT_IN_PROGRESS_FAILED": _answered(IN_PROGRESS, FAILED),
    "RESULT_IN_PROGRESS_NO_ACK": _answered(IN_PROGRESS),
    "UnexpectedCommandAck": lambda p: (
        Rule(
            DOWN,
            _one("HEARTBEAT"),
            times=1,
            passes=True,
            forward=(("COMMAND_ACK", {"command": int(p["command"]), "result": DONE}),),
        ),
    ),
    "UnexpectedMissionAck": _fixed(
        Rule(DOWN, _one("HEARTBEAT"), times=1, passes=True, forward=(_ack(ACCEPTED),)),
    ),
}
_FTP: Mapping[str, Maker] = {
    "errModeNoResponse": _lost(UP, _one("FILE_TRANSFER_PROTOCOL")),
    "errModeNakResponse": _ftp(change=_nak),
    "errModeNoSecondResponse": _ftp(after=1),
    "errModeNoSecondResponseAllowRetry": _ftp(after=1, times=1),
    "errModeNakSecondResponse": _ftp(change=_nak, after=1),
    "errModeBadSequence": _ftp(change=_next_number),
}
_LINK: Mapping[str, Maker] = {
    "StatusTextMissingChunks": _lost(DOWN, _one("STATUSTEXT"), chunk_seq=1),
    "DuplicateSysid": _fixed(
        Rule(
            DOWN,
            _one("GLOBAL_POSITION_INT"),
            passes=True,
            copy=lambda message: {"lat": message.lat + 200_000, "time_boot_ms": message.time_boot_ms + 3_600_000},
        ),
        Rule(
            DOWN,
            _one("AUTOPILOT_VERSION"),
            passes=True,
            copy=lambda message: {"uid2": [byte ^ 0x5A for byte in message.uid2], "uid": message.uid ^ 0x5A},
        ),
    ),
    "ClockStep": lambda p: (
        Rule(DOWN, _one("SYSTEM_TIME"), change=_stepped("time_unix_usec", p["step_s"])),
        Rule(DOWN, _one("CAMERA_IMAGE_CAPTURED"), change=_stepped("time_utc", p["step_s"])),
        Rule(
            DOWN,
            _one("OPEN_DRONE_ID_LOCATION"),
            change=lambda message: {"timestamp": (message.timestamp + p["step_s"]) % HOUR_S},
        ),
    ),
    "RemoteIdFailure": _fixed(
        Rule(
            DOWN,
            frozenset({"OPEN_DRONE_ID_BASIC_ID", "OPEN_DRONE_ID_LOCATION", "OPEN_DRONE_ID_SYSTEM"}),
        ),
        Rule(
            DOWN,
            _one("OPEN_DRONE_ID_ARM_STATUS"),
            change=lambda _message: {"status": 1, "error": "remote id failed"},
        ),
    ),
}
MODES: Mapping[str, Maker] = MappingProxyType(
    {**_READ, **_WRITE, **_OWN_MISSION, **_PARAMETERS, **_COMMANDS, **_FTP, **_LINK}
)
NEED: Mapping[str, tuple[str, float, float, float]] = MappingProxyType(
    {
        **dict.fromkeys(
            ("FailReadRequest0ErrorAck", "FailReadRequest1ErrorAck", "FailWriteRequest0ErrorAck",
             "FailWriteRequest1ErrorAck"), ("result", MISSION_ERROR, 0, 15),
        ),
        **dict.fromkeys(
            ("UploadCancelledAtItem", "RebootAtItem", "MissionMixedAfterTimeout", "AckEarly",
             "ItemNackInvalidSequence"), ("item", 1, 0, 10_000),
        ),
        **dict.fromkeys(
            ("FailMissingParamOnInitialRequest", "FailMissingParamOnAllRequests"), ("index", 0, 0, 65_534),
        ),
        **dict.fromkeys(
            (name for name in _COMMANDS if name.isupper() or name == "UnexpectedCommandAck"),
            ("command", 31_010, 0, 65_535),
        ),
        "ClockStep": ("step_s", 3600.0, -1e9, 1e9),
    }
)  # fmt: skip
"""The parameter of a mode: its name, what it is unless told, the least and the most."""
