"""Faults by name: the whole list, what cannot be is refused, and what each does to the talk on a line.

The names are those of QGroundControl's MockLink, as its sources have them.
"""

import pytest

from simulators.autopilot import Autopilot, VehicleSpec
from simulators.autopilot.parameters.params import default_parameters
from simulators.faults import CATALOGUE, Fault, FaultError, Where, checked, settings
from simulators.line.line import Line
from simulators.line.mocklink_modes import MODES
from simulators.line.rules import Way
from simulators.network import Faults as Noise
from telemetry.dialect import ARDUPILOTMEGA
from telemetry.frames import Parser, encode_frame
from telemetry.messages import decode_payload, new

MOCKLINK = """
FailReadRequestListNoResponse FailReadRequestListFirstResponse FailReadRequest0NoResponse FailReadRequest1NoResponse
FailReadRequest1FirstResponse FailReadRequest0IncorrectSequence FailReadRequest1IncorrectSequence
FailReadRequest0ErrorAck FailReadRequest1ErrorAck
FailWriteMissionCountNoResponse FailWriteMissionCountFirstResponse FailWriteRequest1NoResponse
FailWriteRequest0IncorrectSequence FailWriteRequest1IncorrectSequence FailWriteRequest0ErrorAck
FailWriteRequest1ErrorAck FailWriteFinalAckNoResponse FailWriteFinalAckErrorAck FailWriteFinalAckMissingRequests
FailParamNoResponseToRequestList FailMissingParamOnInitialRequest FailMissingParamOnAllRequests
FailInitialConnectRequestMessageAutopilotVersionFailure FailInitialConnectRequestMessageAutopilotVersionLost
FailParamSetNoAck FailParamSetFirstAttemptNoAck FailParamRequestReadNoResponse
FailParamRequestReadFirstAttemptNoResponse FailRequestMessageCommandAcceptedMsgNotSent
FailRequestMessageCommandUnsupported FailRequestMessageCommandNoResponse
ALWAYS_RESULT_ACCEPTED ALWAYS_RESULT_FAILED SECOND_ATTEMPT_RESULT_ACCEPTED SECOND_ATTEMPT_RESULT_FAILED NO_RESPONSE
NO_RESPONSE_NO_RETRY RESULT_IN_PROGRESS_ACCEPTED RESULT_IN_PROGRESS_FAILED RESULT_IN_PROGRESS_NO_ACK
errModeNoResponse errModeNakResponse errModeNoSecondResponse errModeNoSecondResponseAllowRetry errModeNakSecondResponse
errModeBadSequence enableRandomDrops setCommLost simulateConnectionRemoved
"""
OURS = """
UploadCancelledAtItem RebootAtItem MissionMixedAfterTimeout AckLost AckEarly ItemNackInvalidSequence DeniedOtherGcs
CountNoSpace DuplicateSysid ClockStep GpsLoss GpsGlitch CompassFailure MotorFailure BatterySag CellFailure RcLoss
FenceBreach WindBeyondLimits CameraFailure RemoteIdFailure PacketLoss Duplication Reordering Corruption Delay
BandwidthCap UplinkLost LinkLost
"""
ITEMS = 6


class Talk:
    """A ground station and a simulated vehicle at the two ends of a line, in virtual time."""

    def __init__(self, *faults, seed=0, **params):
        self.vehicle = Autopilot(VehicleSpec(params=params))
        self.vehicle.open("A")
        self.line = Line(1, seed)
        self.line.set_faults(faults)
        self.now_s, self._seq = 0.0, 0
        self._parsers = {way: Parser() for way in Way}
        self.heard = []

    def say(self, name, **fields):
        if name != "HEARTBEAT":
            fields |= {"target_system": 1, "target_component": 1}
        self._send(Way.UP, new(name, **fields), (255, 190))

    def run(self, seconds=0.1):
        """What the ground station hears meanwhile."""
        before = len(self.heard)
        for _ in range(round(seconds / 0.02)):
            self.now_s += 0.02
            for message in self._arrived(Way.UP):
                self.vehicle.receive(message, 255, 190, "A")
            self.vehicle.step(0.02)
            for message, _ in self.vehicle.drain():
                self._send(Way.DOWN, message, (1, 1))
            self.heard += self._arrived(Way.DOWN)
        return self.heard[before:]

    def _send(self, way, message, sender):
        self._seq += 1
        raw = encode_frame(message, seq=self._seq, sysid=sender[0], compid=sender[1])
        for frame in Parser().feed(raw):
            self.line.send(way, frame, self.now_s)

    def _arrived(self, way):
        frames = self._parsers[way].feed(b"".join(self.line.arrived(way, self.now_s)))
        return [decode_payload(ARDUPILOTMEGA.by_id[frame.msgid], frame.payload) for frame in frames]

    def upload(self, patience=12):
        """A patient ground station: answers each request, and tells how it ended: a MISSION_ACK's type or None."""
        self.say("MISSION_COUNT", count=ITEMS)
        for _ in range(patience):
            for message in self.run(0.5):
                if message.message_name == "MISSION_ACK":
                    return message.type
                if message.message_name in {"MISSION_REQUEST", "MISSION_REQUEST_INT"}:
                    self.say(
                        "MISSION_ITEM_INT", seq=message.seq, frame=3, command=16, x=299_000_000, y=1_218_400_000, z=30.0
                    )
        return None

    def command(self, number=31_010, **fields):
        self.say("COMMAND_LONG", command=number, **fields)
        return [m.result for m in self.run(0.5) if m.message_name == "COMMAND_ACK"]


def fault(name, **numbers):
    return Fault(name, numbers=numbers)


def test_every_mode_of_mocklink_and_every_one_it_lacks_is_in_the_catalogue():
    assert [name for name in (MOCKLINK + OURS).split() if name not in CATALOGUE] == []
    assert all(kind.zh and kind.en for kind in CATALOGUE.values())


@pytest.mark.parametrize(
    ("wrong", "key"),
    [
        (Fault("GpsLost"), "name"),
        (Fault("GpsLoss", vehicle=4), "vehicle"),
        (Fault("GpsLoss", at_s=-1.0), "at_s"),
        (Fault("GpsLoss", at_s=9.0, until_s=9.0), "until_s"),
        (Fault("PacketLoss", numbers={"share": 1.5}), "numbers.share"),
        (Fault("PacketLoss", numbers={"loss": 0.5}), "numbers.loss"),
    ],
)
def test_what_cannot_be_is_refused_by_its_key(wrong, key):
    with pytest.raises(FaultError) as refused:
        checked(wrong, vehicles=3)
    assert refused.value.key == key


def test_without_a_fault_the_line_hands_on_every_frame_unchanged():
    talk = Talk()
    assert talk.upload() == 0


@pytest.mark.parametrize(
    ("mode", "ends"),
    [
        (fault("FailWriteMissionCountNoResponse"), None),
        (fault("FailWriteRequest1NoResponse"), None),
        (fault("FailWriteRequest0ErrorAck", result=4), 4),
        (fault("FailWriteRequest1ErrorAck", result=5), 5),
        (fault("FailWriteFinalAckNoResponse"), None),
        (fault("FailWriteFinalAckErrorAck"), 1),
        (fault("FailWriteFinalAckMissingRequests"), 0),
        (fault("UploadCancelledAtItem", item=3), 15),
        (fault("AckEarly", item=2), 0),
        (fault("ItemNackInvalidSequence", item=2), 13),
        (fault("DeniedOtherGcs"), 14),
        (fault("CountNoSpace"), 4),
        (fault("MissionMixedAfterTimeout", item=2), None),
    ],
    ids=lambda value: value.name if isinstance(value, Fault) else str(value),
)
def test_an_upload_ends_as_the_mode_says(mode, ends):
    assert Talk(mode).upload() == ends


def test_an_upload_can_end_with_items_missing():
    talk = Talk(fault("FailWriteFinalAckMissingRequests"))
    talk.upload()
    talk.run(1.0)
    talk.say("MISSION_REQUEST_LIST")
    assert "MISSION_ACK" in {message.message_name for message in talk.heard}
    assert [m.seq for m in talk.heard if m.message_name.startswith("MISSION_REQUEST")][-1] == 3


def test_a_reboot_in_the_middle_of_an_upload():
    """The vehicle knows of no upload any more and refuses the item."""
    talk = Talk(fault("RebootAtItem", item=2))
    assert talk.upload() == 1
    assert talk.vehicle.restarts == 1


def test_the_first_count_is_lost_and_the_second_is_answered():
    talk = Talk(fault("FailWriteMissionCountFirstResponse"))
    talk.say("MISSION_COUNT", count=ITEMS)
    assert not [m for m in talk.run(0.5) if m.message_name.startswith("MISSION_REQUEST")]
    assert talk.upload() == 0


def test_a_request_comes_with_the_number_of_the_next_item():
    talk = Talk(fault("FailWriteRequest0IncorrectSequence"))
    talk.say("MISSION_COUNT", count=ITEMS)
    assert {m.seq for m in talk.run(0.5) if m.message_name.startswith("MISSION_REQUEST")} == {1}


@pytest.mark.parametrize(
    ("mode", "answers"),
    [
        ("ALWAYS_RESULT_ACCEPTED", [0]),
        ("ALWAYS_RESULT_FAILED", [4]),
        ("NO_RESPONSE", []),
        ("RESULT_IN_PROGRESS_ACCEPTED", [5, 0]),
        ("RESULT_IN_PROGRESS_FAILED", [5, 4]),
        ("RESULT_IN_PROGRESS_NO_ACK", [5]),
    ],
)
def test_a_command_is_answered_as_the_mode_says(mode, answers):
    assert Talk(fault(mode)).command() == answers


def test_a_command_is_answered_at_the_second_attempt():
    talk = Talk(fault("SECOND_ATTEMPT_RESULT_ACCEPTED"))
    assert [talk.command(), talk.command(), talk.command()] == [[], [0], [0]]


def test_other_commands_than_the_one_named_are_the_vehicles_own():
    """ArduCopter does not know the user's commands, and says so."""
    assert Talk(fault("ALWAYS_RESULT_ACCEPTED", command=31_011)).command(31_010) == [3]


def test_a_message_that_was_promised_is_not_sent():
    talk = Talk(fault("FailRequestMessageCommandAcceptedMsgNotSent"))
    assert talk.command(512, param1=148.0) == [0]
    assert "AUTOPILOT_VERSION" not in {message.message_name for message in talk.heard}


def test_a_parameter_is_set_and_the_answer_is_lost():
    talk = Talk(fault("FailParamSetFirstAttemptNoAck"))
    for answers in (0, 1):
        talk.say("PARAM_SET", param_id="RTL_ALT", param_value=33.0, param_type=9)
        assert sum(m.message_name == "PARAM_VALUE" for m in talk.run(0.3)) == answers


def test_lost_down_is_not_lost_up():
    talk = Talk(fault("setCommLost"))
    talk.say("PARAM_SET", param_id="RTL_ALT", param_value=44.0, param_type=9)
    assert talk.run(3.0) == []
    assert talk.vehicle.vehicle.params["RTL_ALT"] == 44.0


def test_lost_up_is_not_lost_down():
    talk = Talk(fault("UplinkLost"))
    talk.say("PARAM_SET", param_id="RTL_ALT", param_value=44.0, param_type=9)
    assert talk.run(3.0)
    assert talk.vehicle.vehicle.params["RTL_ALT"] != 44.0


def test_the_share_of_lost_frames_is_the_one_that_was_set():
    talk = Talk(fault("PacketLoss", share=0.4), seed=3)
    for _ in range(1000):
        talk.say("HEARTBEAT")
    assert talk.line._channels[Way.UP].lost == pytest.approx(400, abs=60)


def test_two_vehicles_seem_to_say_one_number():
    talk = Talk(fault("DuplicateSysid"))
    talk.command(512, param1=33.0)
    spots = {m.lat for m in talk.heard if m.message_name == "GLOBAL_POSITION_INT"}
    assert max(spots) - min(spots) > 100_000


def test_when_a_fault_ends_the_line_is_as_it_was():
    talk = Talk(fault("LinkLost"))
    assert talk.run(2.0) == []
    talk.line.set_faults(())
    assert talk.run(2.0)


def test_a_fault_of_another_vehicle_is_not_this_lines():
    line = Line(1)
    line.set_faults([Fault("LinkLost", vehicle=2)])
    assert line.faults == ()


def test_vehicle_faults_are_parameters_that_go_back_when_they_end():
    sag = Fault("BatterySag", numbers={"volts": 9.9})
    assert settings(sag, on=True) == {"SIM_BATT_VOLTAGE": 9.9}
    assert settings(sag, on=False) == {"SIM_BATT_VOLTAGE": 12.6}


def test_every_parameter_that_a_fault_sets_is_one_of_the_vehicle():
    for name, kind in CATALOGUE.items():
        if kind.where is Where.VEHICLE:
            assert [key for key in settings(Fault(name), on=True) if key not in default_parameters()] == [], name


@pytest.mark.parametrize("mode", MODES)
def test_no_mode_breaks_the_line(mode):
    talk = Talk(fault(mode))
    talk.upload(patience=3)
    talk.say("PARAM_REQUEST_READ", param_index=-1, param_id="RTL_ALT")
    talk.command(512, param1=148.0)
    assert isinstance(talk.run(1.2), list)


def test_the_same_seed_loses_the_same_frames():
    def run(seed):
        line, frames = Line(1, seed, Noise(loss=0.3, delay_s=0.0)), []
        for number in range(200):
            raw = encode_frame(new("HEARTBEAT", custom_mode=number), seq=number & 0xFF, sysid=255, compid=190)
            line.send(Way.UP, Parser().feed(raw)[0], number * 0.1)
            frames += line.arrived(Way.UP, number * 0.1)
        return frames

    assert run(1) == run(1)
    assert run(1) != run(2)


def last_of(messages, name):
    return [message for message in messages if message.message_name == name][-1]


def test_a_failed_remote_identification_is_silent_and_says_so():
    talk = Talk(fault("RemoteIdFailure"), DID_ENABLE=1)
    names = {message.message_name for message in talk.run(3.0)}
    assert "OPEN_DRONE_ID_ARM_STATUS" in names
    assert not names & {"OPEN_DRONE_ID_BASIC_ID", "OPEN_DRONE_ID_LOCATION"}
    status = last_of(talk.heard, "OPEN_DRONE_ID_ARM_STATUS")
    assert (status.status, status.error) == (1, "remote id failed")


def test_a_clock_that_stepped_is_seen_in_every_time_of_day():
    right, wrong = (Talk(*faults, DID_ENABLE=1, CAM1_TYPE=6) for faults in ((), (fault("ClockStep", step_s=90.0),)))
    for talk in (right, wrong):
        talk.say("COMMAND_LONG", command=512, param1=2.0)
        talk.say("COMMAND_LONG", command=2000, param3=1.0)
        talk.run(2.0)
    for name, field, step in (
        ("SYSTEM_TIME", "time_unix_usec", 90e6),
        ("CAMERA_IMAGE_CAPTURED", "time_utc", 90e6),
        ("OPEN_DRONE_ID_LOCATION", "timestamp", 90.0),
    ):
        apart = getattr(last_of(wrong.heard, name), field) - getattr(last_of(right.heard, name), field)
        assert apart == pytest.approx(step, rel=1e-3), name
