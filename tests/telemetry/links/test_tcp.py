"""TCP: calls again when the line drops; a peer that does not read holds up nobody."""

import asyncio

from telemetry.messages import new

LARGE = new("PARAM_VALUE", param_id="X" * 16, param_value=1.0, param_count=65535, param_index=65535)


async def test_frames_go_both_ways(stations, heartbeat, eventually):
    vehicle, ground = stations(sysid=1), stations()
    listening = await vehicle.add("tcpin://127.0.0.1:0")
    link = await ground.add(f"tcpout://127.0.0.1:{listening.port}")
    assert link.status().state == "connecting"
    await eventually(lambda: listening.peers and link.peers)

    ground.send(heartbeat)
    vehicle.send(heartbeat)

    assert (await vehicle.until(1))[0].sysid == 255
    assert (await ground.until(1))[0].origin.peer == f"127.0.0.1:{listening.port}"
    assert link.status().state == "open"


async def test_a_call_is_repeated_until_somebody_listens_and_again_when_the_line_drops(stations, heartbeat, eventually):
    ground, vehicle = stations(), stations(sysid=1)
    port = (await vehicle.add("tcpin://127.0.0.1:0")).port
    await vehicle.remove(f"tcpin://127.0.0.1:{port}")
    link = await ground.add(f"tcpout://127.0.0.1:{port}")
    await eventually(lambda: link.problem)
    assert "refused" in link.problem.lower() or "connect" in link.problem.lower()

    await vehicle.add(f"tcpin://127.0.0.1:{port}")
    await eventually(lambda: link.state == "open" and not link.problem)
    await vehicle.remove(f"tcpin://127.0.0.1:{port}")
    await eventually(lambda: link.state == "connecting")
    assert link.peers == {}

    listening = await vehicle.add(f"tcpin://127.0.0.1:{port}")
    await eventually(lambda: link.state == "open" and listening.peers)
    vehicle.send(heartbeat)
    await ground.until(1)


async def test_a_caller_that_does_not_read_loses_its_own_frames_and_nobody_elses(stations, heartbeat, eventually):
    ground, healthy = stations(), stations(sysid=1)
    listening = await ground.add("tcpin://127.0.0.1:0")
    await healthy.add(f"tcpout://127.0.0.1:{listening.port}")
    reader, writer = await asyncio.open_connection("127.0.0.1", listening.port)
    reader._transport.pause_reading()
    await eventually(lambda: len(listening.peers) == 2)

    sent = 0
    while not listening.unsent and sent < 1_000_000:
        for _ in range(500):
            ground.send(LARGE)
        sent += 500
        await asyncio.sleep(0)

    assert listening.unsent
    assert len(await healthy.until(sent)) == sent
    buffered = [transport.get_write_buffer_size() for transport in (caller._transport for caller in listening._callers)]
    assert max(buffered) <= 64 * 1024 + 100
    writer.transport.abort()


async def test_closing_ends_connections_and_tasks(stations, eventually):
    ground, vehicle = stations(), stations(sysid=1)
    listening = await vehicle.add("tcpin://127.0.0.1:0")
    link = await ground.add(f"tcpout://127.0.0.1:{listening.port}")
    await eventually(lambda: listening.peers)

    await ground.stop()
    await eventually(lambda: not listening.peers)
    assert link.state == "closed"
