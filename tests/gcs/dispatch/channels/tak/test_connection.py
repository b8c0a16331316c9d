"""What counts as delivered on a TAK server: an answer to our ping, or our ping sent back, and nothing else."""

import asyncio
from contextlib import asynccontextmanager

import pytest

from gcs.clock import SystemClock
from gcs.dispatch.channels.channel import NotDeliveredError
from gcs.dispatch.channels.settings import TakSettings
from gcs.dispatch.channels.tak import connection
from gcs.dispatch.channels.tak.connection import Connection

EVENT = b'<event version="2.0" uid="s-1" type="b-m-p-s-m"><point lat="1" lon="2"/></event>'


def answers(event):
    return b'<event uid="server" type="t-x-c-t-r"/>'.replace(b"/>", b"></event>")


def sends_back(event):
    return event


def sends_another_back(event):
    return event.replace(b"aeropatrol", b"somebody")


@asynccontextmanager
async def server(to_ping):
    """A TAK server that does that with a ping; `said` is what it has heard."""
    said = []

    async def talk(reader, writer):
        while True:
            try:
                event = await reader.readuntil(b"</event>")
            except asyncio.IncompleteReadError:
                writer.close()
                return
            said.append(event)
            if b't-x-c-t"' in event:
                writer.write(to_ping(event))

    listening = await asyncio.start_server(talk, "127.0.0.1", 0)
    try:
        yield listening.sockets[0].getsockname()[1], said
    finally:
        listening.close()


@asynccontextmanager
async def connected(port):
    settings = TakSettings(name="tak", url=f"tcp://127.0.0.1:{port}")
    made = Connection(settings, SystemClock(), "aeropatrol.station.tak", lambda: b"", lambda heard: None)
    made.start()
    try:
        yield made
    finally:
        await made.stop()


@pytest.mark.parametrize("to_ping", [answers, sends_back])
async def test_a_server_that_answers_a_ping_or_sends_it_back_has_what_went_before(to_ping):
    async with server(to_ping) as (port, said), connected(port) as tak:
        await tak.deliver(EVENT)
        assert said[0] == EVENT


async def test_the_ping_of_another_client_acknowledges_nothing(monkeypatch):
    monkeypatch.setattr(connection, "ANSWER_WITHIN_S", 0.3)
    async with server(sends_another_back) as (port, _), connected(port) as tak:
        with pytest.raises(NotDeliveredError):
            await tak.deliver(EVENT)


async def test_two_stations_of_one_name_do_not_answer_for_each_other():
    async with server(sends_back) as (port, said), connected(port) as one, connected(port) as other:
        await one.deliver(EVENT)
        await other.deliver(EVENT)
        pings = {event for event in said if b't-x-c-t"' in event}
        assert len({event.split(b'uid="')[1].split(b'"')[0] for event in pings}) == 2
