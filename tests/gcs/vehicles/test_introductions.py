"""Cameras and gimbals are asked who they are, where there is one, and not for ever."""

import asyncio
from dataclasses import replace

import pytest

from gcs.fleet.payloads import Camera, Payload
from gcs.vehicles.introductions import MOST_TIMES, open_questions
from telemetry.constants import MavCmd
from telemetry.messages import new
from telemetry.received import Received
from telemetry.services.camera import CaptureStatus, info_of
from telemetry.services.gimbal import GimbalCan, GimbalLimits, GimbalPointing

CAMERA, GIMBAL, ONBOARD = 30, 26, 18
POINTING = GimbalPointing(1, 0.0, 0.0, 0.0, earth_frame=False, failing=False)
LIMITS = GimbalLimits(1, GimbalCan(0), None, None)
STREAMING = info_of(new("CAMERA_INFORMATION", flags=2 | 256))
PLAIN = info_of(new("CAMERA_INFORMATION", flags=2))
ZOOMING = info_of(new("CAMERA_INFORMATION", flags=2 | 64))
CAPTURE = CaptureStatus(0, *[None] * (len(CaptureStatus.__dataclass_fields__) - 1))


def test_a_vehicle_without_payload_is_asked_nothing():
    assert open_questions(Payload(), 1) == ()
    assert open_questions(Payload(components={191: ONBOARD}), 1) == ()


@pytest.mark.parametrize(
    ("payload", "asked"),
    [
        (Payload(components={100: CAMERA}), [(100, "CAMERA_INFORMATION")]),
        (Payload(components={154: GIMBAL}), [(154, "GIMBAL_MANAGER_INFORMATION")]),
        (Payload(gimbal=POINTING), [(1, "GIMBAL_MANAGER_INFORMATION"), (1, "CAMERA_INFORMATION")]),
        (Payload(gimbal=POINTING, limits=LIMITS), [(1, "CAMERA_INFORMATION")]),
        (
            Payload(cameras={(100, 0): Camera(info=STREAMING)}),
            [(100, "CAMERA_CAPTURE_STATUS"), (100, "VIDEO_STREAM_INFORMATION")],
        ),
        (Payload(cameras={(100, 0): Camera(info=PLAIN, capture=CAPTURE)}), []),
        (Payload(cameras={(100, 0): Camera(info=ZOOMING, capture=CAPTURE)}), [(100, "CAMERA_SETTINGS")]),
    ],
)
def test_what_is_asked_follows_from_what_is_known(payload, asked):
    assert list(open_questions(payload, 1)) == asked


def test_everything_known_leaves_no_question():
    payload = Payload(gimbal=POINTING, limits=LIMITS, components={100: CAMERA})
    known = Camera(info=PLAIN, capture=CAPTURE)
    assert open_questions(replace(payload, cameras={(100, 0): known, (1, 0): known}), 1) == ()


def test_a_camera_that_appears_is_asked_a_few_times_and_then_left_alone(post):
    async def story():
        for _ in range(60):
            beat = new("HEARTBEAT", type=CAMERA, autopilot=8)
            post.station.receive(Received(beat, 1, 100, 0, post.origin, 0.0))
            await asyncio.sleep(1)

    post.run(story)
    asked = [
        message
        for _, message, _ in post.wire.sent
        if message.message_name == "COMMAND_LONG"
        and message.command == MavCmd.REQUEST_MESSAGE
        and message.target_component == 100
    ]
    assert {message.param1 for message in asked} == {259.0}
    assert MOST_TIMES <= len(asked) <= 5 * MOST_TIMES, "each asking repeats what is not answered"
