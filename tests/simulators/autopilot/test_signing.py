"""Signing on the vehicle's side, step by step as recorded with a real ArduPilot."""

import asyncio

import pytest

from simulators.autopilot.signing import VehicleSigning
from simulators.fleet import SimFleet, VehicleSpec
from telemetry.dialect import ARDUPILOTMEGA
from telemetry.frames import Parser, encode_frame, header_of
from telemetry.messages import decode_frame, new
from telemetry.signing import TICKS_PER_S, Signer, SigningClock, key_from_passphrase

KEY = key_from_passphrase("fleet-test-passphrase")
NOW = 37536815544815
ASK = new("COMMAND_LONG", target_system=1, command=512, param1=148.0)


def ticks(seconds):
    return round(seconds * TICKS_PER_S)


def signed(time, *, key=KEY, link=1, sysid=255):
    plain = encode_frame(ASK, seq=0, sysid=sysid, compid=190, signed=True)
    return header_of(Signer(key, link, SigningClock(time - 1)).sign(plain, 0))


def unsigned():
    return header_of(encode_frame(ASK, seq=0, sysid=255, compid=190))


@pytest.fixture
def vehicle():
    signing = VehicleSigning()
    signing.set_up(KEY, NOW)
    return signing


def clock_of(signing, link=1):
    raw = signing.encode(ASK, 0, (1, 1), link, 0)
    return int.from_bytes(raw[-12:-6], "little")


def test_without_a_key_everything_is_believed_and_nothing_signed():
    signing = VehicleSigning()
    assert signing.believes(unsigned(), 1, 0)
    assert not header_of(signing.encode(ASK, 0, (1, 1), 1, 0)).signed


def test_the_clock_starts_a_minute_ahead_and_counts_frames(vehicle):
    assert clock_of(vehicle) == NOW + ticks(60) + 1
    assert clock_of(vehicle, link=2) == NOW + ticks(60) + 2


def test_the_first_port_believes_everybody_and_the_others_only_signatures(vehicle):
    assert vehicle.believes(unsigned(), 0, 0)
    assert not vehicle.believes(unsigned(), 1, 0)
    assert vehicle.believes(signed(NOW + ticks(10)), 1, 0)
    assert not vehicle.believes(signed(NOW + ticks(11), key=bytes(31) + b"x"), 1, 0)


def test_repeated_times_are_refused_and_new_streams_may_lag_a_minute(vehicle):
    assert vehicle.believes(signed(NOW + ticks(10)), 1, 0)
    assert not vehicle.believes(signed(NOW + ticks(10)), 1, 0)
    assert not vehicle.believes(signed(NOW + ticks(5)), 1, 0)
    assert vehicle.believes(signed(NOW + ticks(60 - 50), link=7), 1, 0)
    assert not vehicle.believes(signed(NOW + ticks(60 - 70), link=8), 1, 0)


def test_a_frame_from_the_future_locks_out_who_keeps_wall_time(vehicle):
    assert vehicle.believes(signed(NOW + ticks(3600)), 1, 0)
    assert not vehicle.believes(signed(NOW + ticks(20)), 1, 0)
    assert not vehicle.believes(signed(NOW + ticks(20), link=3), 1, 0)
    assert vehicle.believes(signed(clock_of(vehicle) + 1, link=3), 1, 0)


def test_after_a_reboot_the_clock_is_another_minute_ahead(vehicle):
    vehicle.restart()
    assert clock_of(vehicle) == NOW + ticks(120) + 1
    assert not vehicle.believes(signed(NOW + ticks(30)), 1, 0)
    assert not vehicle.believes(unsigned(), 1, 0)


def test_a_key_of_zeros_ends_it(vehicle):
    vehicle.set_up(bytes(32), 0)
    assert vehicle.believes(unsigned(), 1, 0)
    assert not vehicle.active


async def test_over_sockets_a_key_signs_every_link():
    async with SimFleet([VehicleSpec(warm=False)], extra_ports=True) as fleet:  # no GPS time yet
        links = []
        for url in fleet.all_urls[0][:2]:
            host, port = url.removeprefix("tcpout://").split(":")
            links.append(await asyncio.open_connection(host, int(port)))
        setup = new("SETUP_SIGNING", target_system=1, target_component=1, secret_key=tuple(KEY), initial_timestamp=NOW)
        links[0][1].write(encode_frame(setup, seq=0, sysid=255, compid=190))
        for reader, _ in links:
            parser = Parser()
            async with asyncio.timeout(5):
                while not any(frame.signed for frame in parser.feed(await reader.read(4096))):
                    pass
        reader, writer = links[1]
        writer.write(unsigned().raw + signed(NOW + ticks(3600)).raw)
        answers, parser = [], Parser()
        async with asyncio.timeout(5):
            while not answers:
                frames = parser.feed(await reader.read(4096))
                answers = [f for f in frames if ARDUPILOTMEGA.by_id[f.msgid].TYPE.name == "COMMAND_ACK"]
        assert len(answers) == 1
        assert decode_frame(ARDUPILOTMEGA.by_id[answers[0].msgid], answers[0]).result == 0
        for _, writer in links:
            writer.close()
