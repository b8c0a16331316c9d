"""pymavlink's mavutil takes the simulated vehicle for a vehicle: connects, uploads, arms, flies, comes home."""

import asyncio
import time

import pytest
from pymavlink import mavutil

pytestmark = [pytest.mark.peer, pytest.mark.timeout(60)]


def receive(link, kind, wanted=lambda message: True, within_s=20.0):
    end = time.monotonic() + within_s
    while (left := end - time.monotonic()) > 0:
        message = link.recv_match(type=kind, blocking=True, timeout=left)
        if message is not None and wanted(message):
            return message
    raise AssertionError(f"no such {kind} within {within_s} s")


def upload(link, mission):
    link.mav.mission_count_send(1, 1, len(mission))
    while True:
        message = receive(link, ["MISSION_REQUEST", "MISSION_ACK"])
        if message.get_type() == "MISSION_ACK":
            return message.type
        command, frame, p1, x, y, z = mission[message.seq]
        link.mav.mission_item_int_send(1, 1, message.seq, frame, command, 0, 1, p1, 0, 0, 0, x, y, z)


def fly(port, mission):
    link = mavutil.mavlink_connection(f"tcp:127.0.0.1:{port}", source_system=255)
    try:
        assert link.wait_heartbeat(timeout=5) is not None
        assert (link.target_system, link.flightmode) == (1, "STABILIZE")
        link.mav.request_data_stream_send(1, 1, 0, 10, 1)
        assert upload(link, mission) == 0

        link.set_mode("GUIDED")
        link.arducopter_arm()
        link.motors_armed_wait()
        link.mav.command_long_send(1, 1, 22, 0, 0, 0, 0, 0, 0, 0, 10)
        assert receive(link, "COMMAND_ACK", lambda ack: ack.command == 22).result == 0
        receive(link, "GLOBAL_POSITION_INT", lambda p: p.relative_alt > 9000)

        link.mav.command_long_send(1, 1, 300, 0, 0, 0, 0, 0, 0, 0, 0)
        receive(link, "MISSION_ITEM_REACHED", lambda reached: reached.seq == 2)
        link.set_mode("RTL")
        receive(link, "HEARTBEAT", lambda beat: beat.custom_mode == 6)
        link.motors_disarmed_wait()
    finally:
        link.close()


async def test_it_takes_off_flies_a_mission_and_returns(vehicle, mission):
    port, fleet = vehicle
    await asyncio.to_thread(fly, port, mission)
    body = fleet.vehicles[0].vehicle.body
    assert abs(body.north_m) < 0.5
    assert abs(body.east_m) < 0.5
