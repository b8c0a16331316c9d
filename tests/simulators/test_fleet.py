"""Simulated vehicles on real sockets: ports, clients, UDP, busy ports, several links, restarts."""

import asyncio
import socket

import pytest

from simulators.fleet import FleetError, SimFleet, VehicleSpec
from telemetry.dialect import ARDUPILOTMEGA
from telemetry.frames import Parser, encode_frame
from telemetry.messages import decode_frame, new


class Client:
    """A ground station of one connection."""

    def __init__(self, reader, writer, sysid=255):
        self._reader, self._writer, self._sysid, self._parser = reader, writer, sysid, Parser()
        self.heard = []

    @classmethod
    async def dial(cls, url, sysid=255):
        host, port = url.removeprefix("tcpout://").split(":")
        return cls(*await asyncio.open_connection(host, int(port)), sysid)

    def say(self, name, **fields):
        self._writer.write(encode_frame(new(name, **fields), seq=0, sysid=self._sysid, compid=190))

    async def hear(self, name, wanted=lambda message: True, within_s=5.0):
        async with asyncio.timeout(within_s):
            while True:
                for frame, message in self.heard:
                    if message.message_name == name and wanted(message):
                        self.heard.remove((frame, message))
                        return frame, message
                data = await self._reader.read(65536)
                if not data:
                    raise EOFError("the vehicle closed the connection")
                for frame in self._parser.feed(data):
                    self.heard.append((frame, decode_frame(ARDUPILOTMEGA.by_id[frame.msgid], frame)))

    async def close(self):
        self._writer.close()
        await asyncio.gather(self._writer.wait_closed(), return_exceptions=True)


async def becomes(true, within_s=10.0):
    deadline = asyncio.get_running_loop().time() + within_s
    while not true():
        assert asyncio.get_running_loop().time() < deadline
        await asyncio.sleep(0.02)


@pytest.fixture
async def clients():
    opened = []

    async def dial(url, sysid=255):
        opened.append(await Client.dial(url, sysid))
        return opened[-1]

    yield dial
    for client in opened:
        await client.close()


async def test_each_vehicle_has_a_port_and_a_sysid_of_its_own(clients):
    async with SimFleet([VehicleSpec(sysid=n) for n in (3, 7)]) as fleet:
        assert len(set(fleet.urls)) == 2
        for url, sysid in zip(fleet.urls, (3, 7), strict=True):
            frame, _ = await (await clients(url)).hear("HEARTBEAT")
            assert (frame.sysid, frame.compid) == (sysid, 1)


async def test_an_answer_comes_at_once_and_not_with_the_next_step(clients):
    async with SimFleet([VehicleSpec()]) as fleet:
        client = await clients(fleet.urls[0])
        await client.hear("HEARTBEAT")
        loop = asyncio.get_running_loop()
        started = loop.time()
        for number in range(20):
            client.say("COMMAND_LONG", target_system=1, command=512, param1=148.0, param2=float(number))
            await client.hear("AUTOPILOT_VERSION")
        assert loop.time() - started < 1.0


async def test_a_second_client_waits_until_the_first_leaves(clients):
    async with SimFleet([VehicleSpec()], speedup=1.0) as fleet:
        first = await clients(fleet.urls[0])
        await first.hear("HEARTBEAT")
        second = await clients(fleet.urls[0])
        with pytest.raises(TimeoutError):
            await second.hear("HEARTBEAT", within_s=1.3)
        await first.close()
        await second.hear("HEARTBEAT")


async def test_rates_outlive_the_client_that_asked(clients):
    async with SimFleet([VehicleSpec()]) as fleet:
        first = await clients(fleet.urls[0])
        first.say("REQUEST_DATA_STREAM", target_system=1, req_stream_id=6, req_message_rate=10, start_stop=1)
        await first.hear("GLOBAL_POSITION_INT")
        await first.close()
        await (await clients(fleet.urls[0])).hear("GLOBAL_POSITION_INT")


async def test_further_ports_are_further_links_and_pass_on_what_is_for_others(clients):
    async with SimFleet([VehicleSpec()], extra_ports=True) as fleet:
        one, other = await clients(fleet.all_urls[0][0], 255), await clients(fleet.all_urls[0][1], 254)
        one.say("HEARTBEAT", type=6, autopilot=8)
        frame, _ = await other.hear("HEARTBEAT", lambda message: message.type == 6)
        assert frame.sysid == 255
        other.say("COMMAND_LONG", target_system=1, command=512, param1=148.0)
        await other.hear("AUTOPILOT_VERSION")
        assert all(message.message_name != "AUTOPILOT_VERSION" for _, message in one.heard)


async def test_a_busy_port_is_named_and_nothing_stays_open():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        fleet = SimFleet([VehicleSpec()], base_port=port)
        with pytest.raises(FleetError, match=f"port {port} on 127.0.0.1 is in use"):
            await fleet.start()


async def test_vehicles_call_out_by_udp():
    heard = asyncio.Queue()

    class Ear(asyncio.DatagramProtocol):
        def datagram_received(self, data, addr):
            heard.put_nowait((Parser().feed(data), addr))

    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(Ear, local_addr=("127.0.0.1", 0))
    address = transport.get_extra_info("sockname")
    try:
        async with SimFleet([VehicleSpec(sysid=n) for n in (1, 2)], udp=address, listen=False) as fleet:
            assert fleet.urls == ()
            seen = {}
            async with asyncio.timeout(5):
                while len(seen) < 2:
                    frames, addr = await heard.get()
                    seen |= {frame.sysid: addr for frame in frames}
            assert len(set(seen.values())) == 2
    finally:
        transport.close()


async def test_a_reboot_closes_the_connection_and_the_port_listens_on(clients):
    async with SimFleet([VehicleSpec()]) as fleet:
        client = await clients(fleet.urls[0])
        await client.hear("HEARTBEAT")
        client.say("COMMAND_LONG", target_system=1, command=246, param1=1.0)
        _, ack = await client.hear("COMMAND_ACK")
        assert ack.result == 0
        with pytest.raises(EOFError):
            await client.hear("STATUSTEXT", lambda message: message.text == "never sent")
        again = await clients(fleet.urls[0])
        _, beat = await again.hear("HEARTBEAT")
        assert beat.system_status == 1


async def test_a_fleet_goes_back_to_a_moment_as_often_as_wanted_and_takes_new_calls(clients):
    async with SimFleet([VehicleSpec()], speedup=50.0) as fleet:
        client = await clients(fleet.urls[0])
        for fields in (
            {"command": 176, "param1": 1.0, "param2": 4.0}, {"command": 400, "param1": 1.0},
            {"command": 22, "param7": 30.0},
        ):  # fmt: skip
            client.say("COMMAND_LONG", target_system=1, target_component=1, **fields)
        await becomes(lambda: fleet.poses()[0].alt_rel_m > 5.0)
        moment, then = fleet.moment(), fleet.poses()[0].alt_rel_m
        for _ in range(2):
            await becomes(lambda: fleet.poses()[0].alt_rel_m > then + 10.0)
            fleet.go_back(moment)
            assert fleet.poses()[0].alt_rel_m == then
        with pytest.raises(EOFError):
            await client.hear("NEVER", within_s=5.0)
        again = await clients(fleet.urls[0])
        _, beat = await again.hear("HEARTBEAT")
        assert beat.base_mode & 128


async def test_rubbish_and_foreign_frames_harm_nobody(clients):
    async with SimFleet([VehicleSpec()]) as fleet:
        client = await clients(fleet.urls[0])
        client._writer.write(b"\xfd\xff\x00" * 1000 + bytes(range(256)))
        client.say("HIL_GPS", lat=1)
        client.say("COMMAND_LONG", target_system=1, command=512, param1=float("nan"))
        client.say("COMMAND_LONG", target_system=1, command=400, param1=float("inf"))
        client.say("COMMAND_INT", target_system=1, command=192, param2=float("nan"), x=5, y=5)
        client.say("COMMAND_LONG", target_system=1, command=512, param1=148.0)
        await client.hear("AUTOPILOT_VERSION", within_s=8.0)


async def test_poses_follow_the_vehicles(clients):
    async with SimFleet([VehicleSpec(sysid=5, lat_deg=30.0, lon_deg=121.0)], speedup=20.0) as fleet:
        pose = fleet.poses()[0]
        assert (pose.sysid, pose.flying) == (5, False)
        assert (pose.lat_deg, pose.lon_deg) == (pytest.approx(30.0), pytest.approx(121.0))
        client = await clients(fleet.urls[0])
        for command, *params in ((176, 1, 4), (400, 1), (22, 0, 0, 0, 0, 0, 0, 20)):
            fields = {f"param{n}": float(value) for n, value in enumerate(params, start=1)}
            client.say("COMMAND_LONG", target_system=5, command=command, **fields)
        await becomes(lambda: fleet.poses()[0].alt_rel_m > 19.0)
        assert fleet.poses()[0].flying


async def test_a_vehicle_that_stands_gets_a_fresh_pack():
    async with SimFleet([VehicleSpec(swap_s=5.0)], speedup=50.0) as fleet:
        battery = fleet.vehicles[0].vehicle.battery
        battery.step(100.0, 28.0)
        assert battery.remaining_pct < 100
        await becomes(lambda: battery.remaining_pct == 100)


@pytest.mark.parametrize(
    ("specs", "options", "problem"),
    [
        ([], {}, "needs a vehicle"),
        ([VehicleSpec(), VehicleSpec()], {}, "same sysid"),
        ([VehicleSpec()], {"speedup": 0.0}, "speedup"),
        ([VehicleSpec()], {"speedup": 1000.0}, "speedup"),
    ],
)
def test_impossible_fleets_are_refused(specs, options, problem):
    with pytest.raises(ValueError, match=problem):
        SimFleet(specs, **options)


@pytest.mark.parametrize("wrong", [{"sysid": 0}, {"sysid": 251}, {"lat_deg": 95.0}, {"lon_deg": 200.0}])
def test_impossible_vehicles_are_refused(wrong):
    with pytest.raises(ValueError, match=r"sysid|home"):
        VehicleSpec(**wrong)


async def eventually(true):
    for _ in range(500):
        if true():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it did not happen in time")


async def test_a_vehicle_whose_simulation_fails_is_told_and_the_others_fly_on(caplog):
    async with SimFleet([VehicleSpec(sysid=1), VehicleSpec(sysid=2)], speedup=10.0) as fleet:

        def broken(*_times):
            raise ZeroDivisionError("broken")

        fleet.vehicles[0].step = broken
        await eventually(lambda: fleet.dead)
        then_s = fleet.vehicles[1].vehicle.now_s
        await eventually(lambda: fleet.vehicles[1].vehicle.now_s > then_s + 0.5)

    assert dict(fleet.dead) == {1: "ZeroDivisionError: broken"}
    assert "simulated vehicle 1 failed" in caplog.text
