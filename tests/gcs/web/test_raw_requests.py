"""Requests that no client library would send, byte by byte: answered or hung up on, never a defect."""

import asyncio
import logging

import pytest

HOST = b"Host: 127.0.0.1\r\n"
JSON = b"Content-Type: application/json\r\n"


async def said(client, sent):
    """Everything the server says to `sent` before it hangs up."""
    reader, writer = await asyncio.open_connection(client.host, client.port)
    writer.write(sent)
    writer.write_eof()
    answered = await asyncio.wait_for(reader.read(), 5)
    writer.close()
    return answered


@pytest.mark.parametrize(
    "sent",
    [
        b"GET /api/v1/vehicles/%ff HTTP/1.1\r\n" + HOST + b"\r\n",
        b"GET /api/v1/vehicles/%ED%A0%80 HTTP/1.1\r\n" + HOST + b"\r\n",
        b"GET /api/v1/vehicles/%00 HTTP/1.1\r\n" + HOST + b"\r\n",
        b"GET /api/v1/vehicles/\xff\xfe HTTP/1.1\r\n" + HOST + b"\r\n",
        b"GET /api/v1/plans/%ff HTTP/1.1\r\n" + HOST + b"\r\n",
        b"GET /api/v1/operations/%ff/report HTTP/1.1\r\n" + HOST + b"\r\n",
        b"GET /api/v1/sightings/%ff HTTP/1.1\r\n" + HOST + b"\r\n",
        b"GET /api/v1/events?after=%ff HTTP/1.1\r\n" + HOST + b"\r\n",
        b"GET /api/v1/live?unit=%ff HTTP/1.1\r\n" + HOST + b"\r\n",
        b"GET /assets/%ff/..%2f..%2fetc/passwd HTTP/1.1\r\n" + HOST + b"\r\n",
        b"GET /assets/../../../../etc/passwd HTTP/1.1\r\n" + HOST + b"\r\n",
        b"GET /?lang=%ff&token=%ff HTTP/1.1\r\n" + HOST + b"\r\n",
        b"GET //evil.example/%2f.. HTTP/1.1\r\n" + HOST + b"\r\n",
        b"GET http://evil.example/api/v1/state HTTP/1.1\r\n" + HOST + b"\r\n",
        b"GET /api/v1/me HTTP/1.1\r\n" + HOST + b"X-Seat: \xff\xfe%ff\r\n\r\n",
        b"GET /api/v1/me HTTP/1.1\r\n" + HOST + b"Authorization: Bearer \xff\xfe\r\n\r\n",
        b"GET /api/v1/me HTTP/1.1\r\n" + HOST + b"Cookie: aeropatrol_token=\xff\xfe\r\n\r\n",
        b"GET /api/v1/me HTTP/1.1\r\nHost: \xff\xfe\r\n\r\n",
        b"GET /api/v1/me HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        b"GET /api/v1/me HTTP/1.1\r\n\r\n",
        b"GET /api/v1/me HTTP/1.0\r\n\r\n",
        b"POST /api/v1/sightings HTTP/1.1\r\n" + HOST + b"Origin: \xff\xfe\r\nContent-Length: 2\r\n\r\n{}",
        b"POST /api/v1/sightings HTTP/1.1\r\n" + HOST + b"Content-Type: \xff/\xfe\r\nContent-Length: 2\r\n\r\n{}",
        b"POST /api/v1/sightings HTTP/1.1\r\n" + HOST + JSON + b"Content-Length: -5\r\n\r\n{}",
        b"POST /api/v1/sightings HTTP/1.1\r\n" + HOST + JSON + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
        b"POST /api/v1/sightings HTTP/1.1\r\n" + HOST + JSON + b"Transfer-Encoding: chunked\r\n\r\nZZ\r\n{}\r\n",
        b"POST /api/v1/sightings HTTP/1.1\r\n" + HOST + JSON + b"Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}",
        b"POST /api/v1/sightings HTTP/1.1\r\n" + HOST + JSON + b"Content-Length: 50\r\n\r\n{}",
        b"POST /login HTTP/1.1\r\n" + HOST + b"Content-Length: 9\r\n\r\ntoken=\xff\xfe\xfd",
        b"OPTIONS * HTTP/1.1\r\n" + HOST + b"\r\n",
        b"BREW /api/v1/state HTTP/1.1\r\n" + HOST + b"\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET /api/v1/live HTTP/1.1\r\n" + HOST + b"Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
        b"GET /api/v1/live HTTP/1.1\r\n" + HOST + b"Connection: Upgrade\r\nUpgrade: WebSocket\r\nOrigin: null\r\n\r\n",
    ],
)  # fmt: skip
@pytest.mark.parametrize("asks", [False, True], ids=["loopback", "tokens"])
async def test_no_bytes_are_a_defect(serve, behind, caplog, sent, asks):
    client = await serve(tokens=behind.tokens() if asks else None)
    with caplog.at_level(logging.ERROR):
        answered = await said(client, sent)
    statuses = [line.split()[1] for line in answered.split(b"\r\n") if line.startswith(b"HTTP/1.")]
    assert all(status[:1] in b"1234" for status in statuses), answered
    assert not [record for record in caplog.records if record.name.startswith("gcs")]
    assert b"root:" not in answered
    assert not behind.desk.sightings
