"""Promise 19: path traversal.

Goal: 1000 payloads (encoded once and twice, overlong, with NUL, Windows, absolute) through every door that takes a
name read 0 bytes from outside what is served.
"""

import asyncio
from itertools import cycle, product

from gcs.app import GroundControl
from gcs.config import Config

SECRET = "7 secret of the house 7"
DOTS = ("..", "%2e%2e", "%252e%252e", "%c0%ae%c0%ae", ".%00.", "..%00", "....", "..;", "")
SLASHES = ("/", "%2f", "%252f", "\\", "%5c", "%c0%af", "//", "/./")
ENDS = ("secret.txt", "etc/passwd", "access.json", "secret.txt%00.svg")
DOORS = ("/assets/{}", "/assets/js/{}", "/tiles/{}/1/1/0", "/api/v1/plans/{}", "/api/v1/operations/{}/report", "/{}")
DEPTHS = range(1, 8)
WAYS = zip(cycle(product(DOTS, SLASHES, ENDS)), cycle(DOORS), cycle(DEPTHS), range(1500), strict=False)
WRITTEN = [door.format(depth * (dots + slash) + end) for (dots, slash, end), door, depth, _ in WAYS]
PAYLOADS = list(dict.fromkeys(WRITTEN))[:1000]


async def answer(url: str, path: str) -> bytes:
    """What is answered to a request for `path` exactly as written."""
    host, _, port = url.removeprefix("http://").rpartition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode("latin-1"))
    answered = await asyncio.wait_for(reader.read(), 10)
    writer.close()
    return answered


async def test_nothing_outside_what_is_served_is_read(tmp_path):
    (tmp_path / "secret.txt").write_text(SECRET)
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "secret.txt").write_text(SECRET)
    async with GroundControl(Config(data=str(tmp_path / "data"), links=(), http="127.0.0.1:0")) as control:
        answers = [await answer(control.url, path) for path in PAYLOADS]
        assert b" 200 OK" in await answer(control.url, "/assets/icon.svg")
    statuses = [answered.split(b" ", 2)[1] for answered in answers]
    leaks = sum(SECRET.encode() in answered or b"root:" in answered for answered in answers)

    print(f"promise 19: goal 0 of 1000 payloads read anything outside; measured {leaks} of {len(PAYLOADS)}")
    assert len(PAYLOADS) == 1000
    assert leaks == 0
    assert set(statuses) == {b"404", b"204"}, "nothing there, or a map without that tile"
