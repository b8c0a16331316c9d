"""The door of the live feed."""

import asyncio

import aiohttp
import pytest

from gcs.web.app import build_app
from gcs.web.problem import ProblemError
from gcs.web.sockets import SOCKETS, Sockets


async def test_a_reader_gets_what_the_feed_sends(api, behind):
    async with api.ws_connect("/api/v1/live") as ws:
        assert (await ws.receive_json())["type"] == "state"
    assert behind.live.units == [None]
    assert behind.live.rows == [False], "other programs get whole vehicles"


async def test_a_reader_may_ask_for_rows_of_what_only_moved(api, behind):
    async with api.ws_connect("/api/v1/live?moved=rows") as ws:
        await ws.receive_json()
    assert behind.live.rows == [True]


async def test_a_feed_can_be_narrowed_to_a_unit_that_is_known(api, behind):
    async with api.ws_connect("/api/v1/live?unit=car-1") as ws:
        assert (await ws.receive_json())["unit"] == "car-1"
    with pytest.raises(aiohttp.WSServerHandshakeError) as refusal:
        await api.ws_connect("/api/v1/live?unit=nobody")
    assert refusal.value.status == 404


async def test_without_a_token_nobody_listens(guarded, behind):
    with pytest.raises(aiohttp.WSServerHandshakeError) as refusal:
        await guarded.ws_connect("/api/v1/live")
    assert refusal.value.status == 401
    assert not behind.live.units


@pytest.mark.parametrize("query", ["", "?unit=", "?unit=car-1"])
async def test_a_units_token_shows_that_units_feed_only(guarded, behind, as_unit, query):
    async with guarded.ws_connect(f"/api/v1/live{query}", headers=as_unit) as ws:
        assert (await ws.receive_json())["unit"] == "car-1"
    assert behind.live.units == ["car-1"]


async def test_a_units_token_does_not_show_anothers_feed(guarded, as_unit):
    with pytest.raises(aiohttp.WSServerHandshakeError) as refusal:
        await guarded.ws_connect("/api/v1/live?unit=car-2", headers=as_unit)
    assert refusal.value.status == 403


async def test_messages_are_not_compressed_and_large_ones_end_the_connection(api):
    async with api.ws_connect("/api/v1/live", compress=15) as ws:
        assert not ws.compress
        await ws.receive_json()
        await ws.send_str("x" * 100_000)
        assert (await ws.receive()).type in (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSED)
        assert ws.close_code == aiohttp.WSCloseCode.MESSAGE_TOO_BIG


async def test_a_plain_request_is_told_to_upgrade(api, refused):
    response = await api.get("/api/v1/live")
    await refused(response, 426, "live.upgrade")
    assert response.headers["Upgrade"] == "websocket"


async def test_readers_are_counted_while_they_listen(api, behind):
    sockets = api.app[SOCKETS]
    async with api.ws_connect("/api/v1/live") as ws:
        await ws.receive_json()
        assert len(sockets) == 1
    for _ in range(100):
        if not len(sockets):
            break
        await asyncio.sleep(0)
    assert len(sockets) == 0


def test_too_many_readers_are_turned_away():
    sockets, refusals = Sockets(most=3, most_a_unit=1), []
    with sockets.admitted(object(), None), sockets.admitted(object(), "car-1"):
        for unit in ("car-1", "car-2", None):
            try:
                with sockets.admitted(object(), unit):
                    pass
            except ProblemError as error:
                refusals.append((unit, error.problem.code))
        with sockets.admitted(object(), None), pytest.raises(ProblemError), sockets.admitted(object(), None):
            pass
    assert refusals == [("car-1", "live.too_many")]
    assert len(sockets) == 0


async def test_a_server_that_stops_says_goodbye(serve, behind):
    client = await serve()
    ws = await client.ws_connect("/api/v1/live")
    await ws.receive_json()
    closing = asyncio.create_task(client.server.close())
    message = await ws.receive()
    assert (message.type, message.data) == (aiohttp.WSMsgType.CLOSE, aiohttp.WSCloseCode.GOING_AWAY)
    await ws.close()
    await closing
    assert behind.planner.stopped


def test_an_application_is_built_without_touching_anything(behind):
    assert build_app(behind.services()).router is not None
    assert not behind.desk.actors
