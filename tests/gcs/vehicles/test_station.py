"""What the station does for vehicles by itself, and what for people."""

import asyncio

import pytest

from telemetry.constants import MavCmd, MavResult
from telemetry.messages import new
from telemetry.received import Origin, Received
from telemetry.services import commands
from telemetry.services.mission_item import MissionItem, mission_hash

ARM, RTL = MavCmd.COMPONENT_ARM_DISARM, MavCmd.NAV_RETURN_TO_LAUNCH
TARGET = (1, 1)
ITEMS = (
    MissionItem(seq=0, command=16, frame=0),
    MissionItem(seq=1, command=22, z=30.0),
    MissionItem(seq=2, command=16, x=299000000, y=1218400000, z=50.0),
    MissionItem(seq=3, command=20, frame=0),
)


async def _nothing():
    """The vehicle only has to be known."""


def test_heartbeats_go_out_once_a_second_to_everybody(post):
    async def story():
        await asyncio.sleep(5)

    post.run(story)
    beats = [(at, to) for at, message, to in post.wire.sent if message.message_name == "HEARTBEAT"]
    assert len(beats) in (10, 11)
    assert {to for _, to in beats} == {None}


def test_a_vehicle_that_appears_is_asked_who_it_is_where_home_is_and_to_stream(post):
    post.run(_nothing)
    assert post.state.firmware == "4.7.0-dev (SIM1.0)"
    assert post.state.simulated is True
    assert post.state.home is not None
    assert post.autopilot.rates["GLOBAL_POSITION_INT"] == pytest.approx(4.0)
    assert post.autopilot.rates["BATTERY_STATUS"] == pytest.approx(0.5)
    assert post.state.position is not None


def asked_if_simulated(post):
    return [m for _, m, _ in post.wire.sent if m.message_name == "COMMAND_LONG" and m.param1 == 164]


def test_ardupilots_sitl_is_known_as_a_simulation_once_it_has_booted(post):
    """Recorded: during the boot it accepts the request for SIMSTATE and sends none."""
    post.autopilot.version, post.autopilot.is_sitl, post.autopilot.status = b"6a8c9b91", True, 1

    async def story():
        simulated_in_boot = post.state.simulated
        post.autopilot.status = 3
        await asyncio.sleep(10)
        return simulated_in_boot, post.state.simulated

    assert post.run(story) == (False, True)
    assert len(asked_if_simulated(post)) == 1


def test_a_real_vehicle_is_asked_once_whether_it_is_simulated(post):
    post.autopilot.version = b"6a8c9b91"

    async def story():
        await asyncio.sleep(60)

    post.run(story)
    assert post.state.simulated is False
    assert len(asked_if_simulated(post)) == 1


def test_its_mission_is_read_back(post):
    post.run(_nothing)
    assert post.state.mission_known
    assert "mission.read" in post.kinds()


def test_everything_meant_for_a_vehicle_goes_to_where_it_was_heard(post):
    post.run(_nothing)
    others = {to.peer for _, message, to in post.wire.sent if message.message_name != "HEARTBEAT"}
    assert others == {"10.0.0.1:14550"}


def test_a_vehicle_that_reboots_is_asked_again(post):
    async def story():
        post.autopilot.reboot()
        await asyncio.sleep(10)

    post.run(story)
    assert "vehicle.rebooted" in post.kinds()
    assert "GLOBAL_POSITION_INT" in post.autopilot.rates
    assert post.kinds("mission.read") == ["mission.read"] * 2
    assert post.state.mission_known


def test_streams_that_stop_while_heartbeats_flow_are_asked_for_again(post):
    async def story():
        post.autopilot.rates.clear()
        await asyncio.sleep(20)

    post.run(story)
    assert "SYS_STATUS" in post.autopilot.rates


def test_nothing_is_asked_of_a_silent_vehicle(post):
    async def story():
        post.autopilot.silent = True
        await asyncio.sleep(10)
        before = len(post.wire.sent)
        await asyncio.sleep(60)
        return [message.message_name for _, message, _ in post.wire.sent[before:]]

    assert set(post.run(story)) == {"HEARTBEAT"}
    assert post.kinds("vehicle.stale") == ["vehicle.stale"]


def test_a_command_and_its_answer_are_events_with_the_name_of_who_asked(post):
    async def story():
        return await post.station.command("main-1", commands.arm(TARGET), "chen")

    assert post.run(story).ok
    assert [(e.kind, e.vehicle, e.data["command"]) for e in post.of_people()] == [
        ("command.sent", "main-1", "COMPONENT_ARM_DISARM"),
        ("command.acked", "main-1", "COMPONENT_ARM_DISARM"),
    ]
    assert {e.actor for e in post.of_people()} == {"chen"}


def test_a_refusal_and_a_silence_are_told_apart(post):
    post.autopilot.results = {ARM: MavResult.FAILED, RTL: None}

    async def story():
        refused = await post.station.command("main-1", commands.arm(TARGET), "chen")
        unanswered = await post.station.command("main-1", commands.rtl(TARGET), "chen")
        return refused, unanswered

    refused, unanswered = post.run(story)
    assert (refused.ok, refused.timed_out, refused.result) == (False, False, MavResult.FAILED)
    assert (unanswered.ok, unanswered.timed_out) == (False, True)
    assert [e.kind for e in post.of_people()] == [
        "command.sent",
        "command.refused",
        "command.sent",
        "command.timeout",
    ]


def test_arming_is_sent_once_and_coming_home_is_repeated(post):
    post.autopilot.results = {ARM: None, RTL: None}

    async def story():
        await post.station.command("main-1", commands.arm(TARGET), "chen")
        await post.station.command("main-1", commands.rtl(TARGET), "chen")

    post.run(story)
    sent = [c.command for c in post.autopilot.commands]
    assert sent.count(ARM) == 1
    assert sent.count(RTL) > 1


def test_an_unknown_or_silent_vehicle_is_not_commanded(post):
    async def story():
        unknown = await post.station.command("main-9", commands.rtl((9, 1)), "chen")
        post.autopilot.silent = True
        await asyncio.sleep(5)
        silent = await post.station.command("main-1", commands.mission_start(TARGET), "chen")
        return unknown, silent

    unknown, silent = post.run(story)
    assert (unknown.ok, unknown.detail) == (False, "the vehicle was never heard")
    assert "silent for" in silent.detail
    assert not [c for c in post.autopilot.commands if c.command == MavCmd.MISSION_START]
    assert [e.data["by"] for e in post.of_people()] == ["ground control"] * 2


def test_the_same_command_asked_for_twice_at_once_is_sent_once(post):
    async def story():
        both = [post.station.command("main-1", commands.rtl(TARGET), name) for name in ("chen", "li")]
        return await asyncio.gather(*both)

    first, second = post.run(story)
    assert first is second
    assert [c.command for c in post.autopilot.commands].count(RTL) == 1


def test_one_command_of_a_kind_is_under_way_at_a_time(post):
    async def story():
        await asyncio.gather(
            post.station.command("main-1", commands.arm(TARGET), "chen"),
            post.station.command("main-1", commands.disarm(TARGET), "chen"),
        )

    post.run(story)
    assert [(e.kind) for e in post.of_people()] == ["command.sent", "command.acked"] * 2
    assert not post.autopilot.armed


def test_an_upload_is_verified_by_reading_it_back(post):
    async def story():
        return await post.station.transfer_mission("main-1", ITEMS, "chen")

    assert post.run(story).verified
    assert len(post.autopilot.items) == 4
    assert (post.state.mission_known, post.state.mission_hash) == (True, mission_hash(ITEMS))
    assert post.state.mission.total == 3
    assert [e.kind for e in post.of_people()] == ["mission.upload_started", "mission.verified"]


def test_a_vehicle_whose_upload_broke_is_unknown_and_is_not_armed(post):
    post.autopilot.break_upload_at = 2

    async def story():
        outcome = await post.station.transfer_mission("main-1", ITEMS, "chen")
        await asyncio.sleep(60)
        return outcome, await post.station.command("main-1", commands.arm(TARGET), "chen")

    outcome, armed = post.run(story)
    assert not outcome.verified
    assert not post.state.mission_known
    assert (armed.ok, "mission is unknown" in armed.detail) == (False, True)
    assert not [c for c in post.autopilot.commands if c.command == ARM]


def test_after_a_verified_upload_it_is_armed_again(post):
    post.autopilot.break_upload_at = 2

    async def story():
        await post.station.transfer_mission("main-1", ITEMS, "chen")
        post.autopilot.break_upload_at = None
        await post.station.transfer_mission("main-1", ITEMS, "chen")
        return await post.station.command("main-1", commands.arm(TARGET), "chen")

    assert post.run(story).ok


def test_nothing_is_uploaded_to_an_armed_vehicle(post):
    async def story():
        post.autopilot.armed = True
        await asyncio.sleep(2)
        return await post.station.transfer_mission("main-1", ITEMS, "chen")

    outcome = post.run(story)
    assert (outcome.verified, outcome.reason) == (False, "the vehicle is armed")
    assert post.autopilot.items == []
    assert post.state.mission_known


def test_somebody_elses_upload_makes_the_mission_unknown_until_it_was_read(post):
    async def story():
        await post.station.transfer_mission("main-1", ITEMS, "chen")
        post.autopilot.items = post.autopilot.items[:2]
        await asyncio.sleep(10)

    post.run(story)
    assert "vehicle.mission_unknown" in post.kinds()
    assert post.state.mission_known
    assert post.state.mission_hash != mission_hash(ITEMS)


def test_new_positions_are_told(post):
    moved = []

    async def story():
        stop = post.station.on_moved(moved.append)
        await asyncio.sleep(3)
        stop()
        seen = len(moved)
        await asyncio.sleep(3)
        return seen

    assert post.run(story) == len(moved) > 0
    assert moved[-1].position.lat_deg == 29.9


def test_a_vehicles_timesync_is_answered(post):
    async def story():
        post.autopilot.say("TIMESYNC", tc1=0, ts1=123)
        await asyncio.sleep(1)

    post.run(story)
    sent = [(message, to) for _, message, to in post.wire.sent if message.message_name == "TIMESYNC"]
    assert [(message.ts1, to) for message, to in sent if message.tc1 > 0] == [(123, post.origin)]


def test_a_vehicles_clock_is_asked_for_now_and_then(post):
    async def story():
        await asyncio.sleep(60)

    post.run(story)
    asked = [to for _, message, to in post.wire.sent if message.message_name == "TIMESYNC" and message.tc1 == 0]
    assert {*asked} == {post.origin}
    assert 2 <= len(asked) <= 10 + 60 / 5 + 1


def test_a_position_command_keeps_nan_out_of_the_record(post):
    goto = new("COMMAND_INT", target_system=1, target_component=1, command=192, param4=float("nan"), x=1, y=2, z=50.0)

    async def story():
        await post.station.command("main-1", goto, "chen")

    post.autopilot._command_int = post.autopilot._command_long
    post.run(story)
    assert post.of_people()[0].data["params"] == [0.0, 0.0, 0.0, None, 1, 2, 50.0]


def asks(station=254, waits_s=10.0):
    return {"target_system": 255, "command": 32100, "param1": 1, "param3": waits_s, "param4": station}


def test_that_another_station_asks_is_acknowledged_told_once_and_decided_by_nobody_here(post):
    async def story():
        for _ in range(2):
            post.autopilot.say("COMMAND_LONG", **asks())
            await asyncio.sleep(1)
        assert post.station.takeovers["main-1"].station == 254
        await asyncio.sleep(30)

    post.run(story)
    sent = [message for _, message, _ in post.wire.sent if getattr(message, "command", None) == 32100]
    assert [message.message_name for message in sent] == ["COMMAND_ACK"] * 2
    told = [(event.kind, event.data["station"]) for event in post.events if event.kind.startswith("operator.")]
    assert told == [("operator.asked", 254), ("operator.unanswered", 254)]
    assert not post.station.takeovers


def test_who_answered_the_question_stands_in_the_record(post):
    async def story():
        post.autopilot.say("COMMAND_LONG", **asks())
        await asyncio.sleep(1)
        assert post.station.settle_takeover("main-1", "chen", granted=False)
        assert not post.station.settle_takeover("main-1", "chen", granted=True)

    post.run(story)
    assert [(event.kind, event.actor) for event in post.events if event.kind.startswith("operator.")] == [
        ("operator.asked", "main-1"),
        ("operator.refused", "chen"),
    ]


def test_a_question_from_an_address_that_is_not_believed_is_none(post):
    async def story():
        stranger = Origin("udpin://0.0.0.0:14550", "10.9.9.9:1")
        post.station.receive(Received(new("COMMAND_LONG", **asks()), 1, 1, 0, stranger, 0.0))

    post.run(story)
    assert not post.station.takeovers


@pytest.mark.parametrize(("ahead_ms", "ways", "conflict"), [(0, 2, False), (900_000, 1, True)])
def test_a_second_address_that_tells_no_time_is_asked_for_its_clock_and_judged_by_it(post, ahead_ms, ways, conflict):
    second = Origin("serial:///dev/ttyUSB0", "radio")

    def hear(name, origin, **fields):
        post.station.receive(Received(new(name, **fields), 1, 1, 0, origin, 0.0))

    async def story():
        for tick in range(20):
            boot_ms = 60_000 + 250 * tick
            hear("ATTITUDE", post.origin, time_boot_ms=boot_ms)
            hear("HEARTBEAT", second, type=2, autopilot=3, base_mode=81, system_status=3)
            if tick == 16:
                for late in range(3):
                    hear("SYSTEM_TIME", second, time_boot_ms=boot_ms + ahead_ms + late)
            await asyncio.sleep(0.25)
        assert len(post.fleet.ways("main-1", 0.0)) == ways

    post.run(story)
    asked = [message for _, message, to in post.wire.sent if to == second]
    assert 1 <= len(asked) <= 4
    assert {(message.command, message.param1) for message in asked} == {(MavCmd.REQUEST_MESSAGE, 2)}
    assert post.station.vehicles["main-1"].conflict is conflict
