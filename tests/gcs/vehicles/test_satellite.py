"""What the station does, and leaves, for a vehicle that is heard over a satellite only."""

import asyncio

from telemetry.constants import MavCmd
from telemetry.services import commands

TARGET = (1, 1)


def speak_over_satellite(post):
    """From now on one message every 5 s, as ArduPilot does."""

    def beat():
        post.autopilot.boot_ms += 1000
        if post.autopilot.boot_ms % 5000 == 0:
            post.autopilot.say(
                "HIGH_LATENCY2", type=2, autopilot=3, custom_mode=3, custom0=(128 | 81) - 256, latitude=299000000,
                longitude=1218400000, altitude=120, battery=60,
            )  # fmt: skip

    post.autopilot.beat = beat


def test_nothing_is_asked_of_it_and_it_does_not_fall_silent(post):
    async def story():
        speak_over_satellite(post)
        await asyncio.sleep(20)
        sent, told = len(post.wire.sent), len(post.events)
        await asyncio.sleep(120)
        asked = [m.message_name for _, m, _ in post.wire.sent[sent:] if m.message_name != "HEARTBEAT"]
        return asked, [event.kind for event in post.events[told:]]

    asked, told = post.run(story)
    assert asked == []
    assert "vehicle.stale" not in told
    assert post.state.high_latency


def test_a_command_is_sent_once_and_waited_for_long(post):
    answers = []

    def obey(message):
        post.autopilot.commands.append(message)
        asyncio.get_running_loop().call_later(40.0, answer, message)

    def answer(message):
        answers.append(message)
        post.autopilot.say("COMMAND_ACK", command=message.command, target_system=255, target_component=190)

    async def story():
        speak_over_satellite(post)
        await asyncio.sleep(20)
        post.autopilot._command_long = obey
        before = len(post.autopilot.commands)
        outcome = await post.station.command("main-1", commands.rtl(TARGET), "chen")
        return outcome, post.autopilot.commands[before:]

    outcome, sent = post.run(story)
    assert outcome.ok
    assert [message.command for message in sent] == [MavCmd.NAV_RETURN_TO_LAUNCH]


def test_streams_that_a_transfer_slowed_are_not_asked_for_again(post):
    """ArduPilot streams less while files go; heartbeats flow on, and nobody takes it for silent."""

    async def story():
        post.autopilot.rates, rates = {}, post.autopilot.rates
        post.station._runner("main-1")._running[object()] = asyncio.Event()
        await asyncio.sleep(30)
        sent = len(post.autopilot.commands)
        post.station._runner("main-1")._running.clear()
        post.autopilot.rates = rates
        await asyncio.sleep(20)
        return post.autopilot.commands[sent:]

    assert [m.command for m in post.run(story) if m.command == MavCmd.SET_MESSAGE_INTERVAL] == []
    assert "vehicle.stale" not in post.kinds()
