"""A real vehicle port behind a relay: heard through it, silent while the link is lost, hung up on when removed."""

import asyncio
from urllib.parse import urlsplit

from simulators.faults import Fault
from simulators.fleet import SimFleet, VehicleSpec
from simulators.line.relay import Relay
from telemetry.frames import Parser


async def frames(reader, seconds):
    parser, found = Parser(), []
    try:
        async with asyncio.timeout(seconds):
            while data := await reader.read(4096):
                found += parser.feed(data)
    except TimeoutError:
        pass
    return found


async def test_a_vehicle_is_heard_until_its_link_is_lost_and_again_after():
    async with SimFleet([VehicleSpec()], speedup=5.0) as fleet, Relay(fleet.urls[0], 1) as relay:
        reader, writer = await asyncio.open_connection("127.0.0.1", urlsplit(relay.url).port)
        assert {frame.sysid for frame in await frames(reader, 1.2)} == {1}
        relay.set_faults([Fault("setCommLost")])
        await frames(reader, 0.1)
        assert await frames(reader, 1.2) == []
        relay.set_faults([])
        assert await frames(reader, 1.2)
        writer.close()


async def test_a_connection_that_was_removed_is_hung_up_on_and_nobody_is_let_in():
    async with SimFleet([VehicleSpec()]) as fleet, Relay(fleet.urls[0], 1) as relay:
        port = urlsplit(relay.url).port
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        assert await frames(reader, 1.2)
        relay.set_faults([Fault("simulateConnectionRemoved")])
        await asyncio.wait_for(reader.read(), 2.0)
        assert reader.at_eof()
        second, its_writer = await asyncio.open_connection("127.0.0.1", port)
        assert await asyncio.wait_for(second.read(), 2.0) == b""
        for each in (writer, its_writer):
            each.close()
