"""One endpoint over many links: what one link does is not felt by another."""

import asyncio
import socket

import pytest

from telemetry.frames import encode_frame, header_of
from telemetry.links.endpoint import LinkError
from telemetry.links.udp import DRAIN
from telemetry.messages import new
from telemetry.recorder import Recorder
from telemetry.tlog import read_tlog

HEARTBEAT = new("HEARTBEAT", type=2, autopilot=3, mavlink_version=3)


async def test_both_directions_are_recorded_once(stations, heartbeat, tmp_path):
    recorder = Recorder(tmp_path)
    ground = stations(recorder=recorder, unix_us=lambda: 1_790_000_000_000_000)
    one, two = stations(sysid=1), stations(sysid=2)
    port = (await ground.add("udpin://127.0.0.1:0")).port
    for vehicle in (one, two):
        await vehicle.add(f"udpout://127.0.0.1:{port}")
        vehicle.send(heartbeat)
    await ground.until(2)
    ground.send(heartbeat)
    await one.until(1)
    recorder.close()
    (path,) = tmp_path.iterdir()

    records = list(read_tlog(path))
    assert sorted(frame.sysid for _, frame in records) == [1, 2, 255]
    assert {us for us, _ in records} == {1_790_000_000_000_000}


async def test_links_of_another_network_are_recorded_apart(stations, heartbeat, tmp_path):
    here, there = Recorder(tmp_path), Recorder(tmp_path, label="north")
    ground, one, two = stations(), stations(sysid=1), stations(sysid=1)
    for vehicle, recorder in ((one, here), (two, there)):
        port = (await ground.add("udpin://127.0.0.1:0", recorder)).port
        await vehicle.add(f"udpout://127.0.0.1:{port}")
        vehicle.send(heartbeat)
    await ground.until(2)
    ground.send(heartbeat)
    await two.until(1)
    for recorder in (here, there):
        recorder.close()
    plain, north = sorted(tmp_path.iterdir(), key=lambda path: "north" in path.name)

    assert north.name.endswith(".north.tlog")
    for path in (plain, north):
        assert sorted(frame.sysid for _, frame in read_tlog(path)) == [1, 255]


async def test_links_come_and_go_while_others_work(stations, heartbeat):
    ground, vehicle = stations(), stations(sysid=1)
    first = await ground.add("udpin://127.0.0.1:0")
    second = await ground.add("udpin://127.0.0.1:0")
    await vehicle.add(f"udpout://127.0.0.1:{first.port}")
    await vehicle.add(f"udpout://127.0.0.1:{second.port}")
    vehicle.send(heartbeat)
    assert {received.origin.link for received in await ground.until(2)} == {first.url, second.url}

    await ground.remove(first.url)
    vehicle.send(heartbeat)
    await ground.until(3)

    assert [status.url for status in ground.links()] == [second.url]
    assert ground.links()[0].frames_in == 2


async def test_a_flooded_link_leaves_the_others_their_turn(stations, heartbeat):
    ground = stations()
    flooded, quiet = await ground.add("udpin://127.0.0.1:0"), await ground.add("udpin://127.0.0.1:0")
    junk = bytes(1200)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        for _ in range(10 * DRAIN):
            sock.sendto(junk, ("127.0.0.1", flooded.port))
        sock.sendto(encode_frame(heartbeat, seq=0, sysid=1, compid=1), ("127.0.0.1", quiet.port))
        drained = 0
        while not ground.heard:
            await asyncio.sleep(0)
            drained += 1

    assert drained <= 5


async def test_a_bad_url_is_one_clear_line_and_changes_nothing(stations):
    ground = stations()
    for url in ("udp://127.0.0.1:1", "tcpout://127.0.0.1", "udpin://203.0.113.1:14550"):
        with pytest.raises(LinkError) as caught:
            await ground.add(url)
        assert "\n" not in str(caught.value)

    assert ground.links() == ()


async def test_a_message_out_of_range_is_our_own_mistake(stations, heartbeat):
    ground, vehicle = stations(), stations(sysid=1)
    link = await ground.add("udpin://127.0.0.1:0")
    await vehicle.add(f"udpout://127.0.0.1:{link.port}")

    with pytest.raises(Exception, match="format requires"):
        vehicle.send(new("HEARTBEAT", type=1000))


class OldFashioned:
    """A peer that says what it is told to, in the version it is told to, and keeps what it gets."""

    def __init__(self, port):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.connect(("127.0.0.1", port))
        self.socket.settimeout(5.0)

    def say(self, version):
        self.socket.send(encode_frame(HEARTBEAT, seq=0, sysid=1, compid=1, version=version))

    def hear(self):
        return header_of(self.socket.recv(300))


async def test_who_speaks_mavlink_1_only_is_answered_in_it_until_they_speak_mavlink_2(stations):
    ground = stations()
    link = await ground.add("udpin://127.0.0.1:0")
    peer = OldFashioned(link.port)
    versions = []
    for version in (1, 2, 1):
        peer.say(version)
        await ground.until(len(versions) + 1)
        ground.send(HEARTBEAT)
        versions.append(peer.hear().version)

    assert versions == [1, 2, 2]
    assert link.unsent == 0


async def test_what_mavlink_1_cannot_say_is_dropped_and_counted(stations):
    ground = stations()
    link = await ground.add("udpin://127.0.0.1:0")
    peer = OldFashioned(link.port)
    peer.say(1)
    await ground.until(1)
    ground.send(new("OPEN_DRONE_ID_BASIC_ID"))
    ground.send(HEARTBEAT)

    assert peer.hear().msgid == HEARTBEAT.TYPE.id
    assert (link.unsent, link.frames_out) == (1, 1)
