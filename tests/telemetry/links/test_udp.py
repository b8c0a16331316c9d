"""UDP: who listens answers where it was called from; what cannot be is said in one line."""

import socket
from contextlib import suppress

import pytest

from telemetry.frames import Parser, encode_frame
from telemetry.links.kernel_drops import kernel_drops
from telemetry.links.link import MAX_STRANGERS
from telemetry.links.url import LinkError
from telemetry.received import Origin


async def test_a_caller_is_heard_and_answered_where_it_called_from(stations, heartbeat):
    ground, vehicle = stations(), stations(sysid=7)
    listening = await ground.add("udpin://127.0.0.1:0")
    calling = await vehicle.add(f"udpout://127.0.0.1:{listening.port}")

    vehicle.send(heartbeat)
    (received,) = await ground.until(1)
    ground.send(heartbeat, received.origin)
    (answer,) = await vehicle.until(1)

    assert (received.message, received.sysid, received.compid) == (heartbeat, 7, 190)
    assert received.origin.link == listening.url == f"udpin://127.0.0.1:{listening.port}"
    assert (answer.sysid, answer.origin.peer) == (255, f"127.0.0.1:{listening.port}")
    assert calling.status().frames_in == calling.status().frames_out == 1


async def test_sending_to_all_reaches_everybody_who_called_and_numbers_each_by_itself(stations, heartbeat):
    ground, one, two = stations(), stations(sysid=1), stations(sysid=2)
    port = (await ground.add("udpin://127.0.0.1:0")).port
    for vehicle in (one, two):
        await vehicle.add(f"udpout://127.0.0.1:{port}")
        vehicle.send(heartbeat)
    by_sysid = {received.sysid: received.origin for received in await ground.until(2)}

    ground.send(heartbeat)
    ground.send(heartbeat, by_sysid[1])
    ground.send(heartbeat)

    assert [received.seq for received in await one.until(3)] == [0, 1, 2]
    assert [received.seq for received in await two.until(2)] == [0, 1]


async def test_only_what_was_asked_for_is_decoded_but_all_frames_count(stations, heartbeat, eventually):
    ground, vehicle = stations(subscribed=frozenset({"PARAM_VALUE"})), stations(sysid=1)
    link = await ground.add("udpin://127.0.0.1:0")
    await vehicle.add(f"udpout://127.0.0.1:{link.port}")

    vehicle.send(heartbeat)
    await eventually(lambda: link.frames_in == 1)

    assert ground.heard == []


async def test_noise_makes_nobody_a_peer_and_strangers_are_kept_in_bounds(stations, heartbeat, eventually):
    ground = stations()
    link = await ground.add("udpin://127.0.0.1:0")
    sockets = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(8)]
    for sock in sockets:
        sock.sendto(b"\xfd" + bytes(40), ("127.0.0.1", link.port))
    sockets[0].sendto(encode_frame(heartbeat, seq=0, sysid=1, compid=1), ("127.0.0.1", link.port))
    await ground.until(1)
    for number in range(2 * MAX_STRANGERS):
        link.peer_at(("10.0.0.1", number))

    assert link.status().peers == 1
    assert len(link._by_address) <= MAX_STRANGERS + 1
    for sock in sockets:
        sock.close()


async def test_who_has_been_silent_for_five_minutes_is_forgotten_when_somebody_new_calls(stations, heartbeat):
    now = [1000.0]
    ground = stations(clock=lambda: now[0])
    link = await ground.add("udpin://127.0.0.1:0")
    for number, at_s in enumerate((1000.0, 1200.0, 1301.0), start=1):
        now[0] = at_s
        vehicle = stations(sysid=number)
        await vehicle.add(f"udpout://127.0.0.1:{link.port}")
        vehicle.send(heartbeat)
        await ground.until(number)

    assert link.status().peers == 2
    assert link.status().frames_in == 3


async def test_frames_lost_on_the_way_show_as_gaps(stations, heartbeat):
    ground = stations()
    link = await ground.add("udpin://127.0.0.1:0")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        for seq in (254, 255, 0, 3, 2, 4):
            sock.sendto(encode_frame(heartbeat, seq=seq, sysid=1, compid=1), ("127.0.0.1", link.port))
        await ground.until(6)

    assert link.status().lost_frames == 3
    assert link.status().frames_in == 6


async def test_the_kernel_says_what_room_it_gave_and_what_it_dropped(stations):
    link = await stations().add("udpin://127.0.0.1:0")

    assert link.receive_buffer >= 100_000
    assert link.status().kernel_drops in (0, None)


async def test_a_port_taken_is_one_clear_line(stations):
    ground = stations()
    port = (await ground.add("udpin://127.0.0.1:0")).port

    with pytest.raises(LinkError, match=f"udpin://127.0.0.1:{port}/'.*Address already in use"):
        await ground.add(f"udpin://127.0.0.1:{port}/")
    with pytest.raises(LinkError, match="open already"):
        await ground.add(f"udpin://127.0.0.1:{port}")


async def test_what_is_sent_into_the_void_is_counted_and_harms_nobody(stations, heartbeat):
    ground = stations()
    link = await ground.add("udpin://127.0.0.1:0")

    ground.send(heartbeat)
    ground.send(heartbeat, Origin(link.url, "10.9.8.7:1"))
    ground.send(heartbeat, Origin("udpin://elsewhere:1", "x"))
    await ground.remove("udpin://elsewhere:1")

    assert link.status().frames_out == 0


async def test_a_removed_link_is_deaf_and_its_port_is_free_again(stations, heartbeat):
    ground = stations()
    link = await ground.add("udpin://127.0.0.1:0")
    await ground.remove(link.url)

    assert ground.links() == ()
    assert link.status().state == "closed"
    assert (await ground.add(link.url)).port == link.port


async def test_broadcast_goes_on_until_somebody_answers(stations, heartbeat, eventually):
    ground = stations()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as vehicle:
        vehicle.bind(("127.0.0.1", 0))
        vehicle.settimeout(5)
        link = await ground.add(f"udpbcast://127.0.0.1:{vehicle.getsockname()[1]}")
        ground.send(heartbeat)
        call, caller = vehicle.recvfrom(300)
        vehicle.sendto(encode_frame(heartbeat, seq=0, sysid=3, compid=1), ("127.0.0.1", caller[1]))
        await ground.until(1)

        assert Parser().feed(call)[0].sysid == 255
        assert list(link.peers) == [f"127.0.0.1:{vehicle.getsockname()[1]}"]


def test_what_the_kernel_dropped_is_counted_exactly():
    udp = socket.AF_INET, socket.SOCK_DGRAM
    with socket.socket(*udp) as full, socket.socket(*udp) as out:
        full.bind(("127.0.0.1", 0))
        full.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        full.settimeout(0.0)
        if kernel_drops(full) is None:
            pytest.skip("this system does not say")
        for _ in range(100):
            out.sendto(bytes(300), full.getsockname())
        read = 0
        with suppress(BlockingIOError):
            while full.recv(512):
                read += 1

        assert 0 < read < 100
        assert kernel_drops(full) == 100 - read
