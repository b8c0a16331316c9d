"""One connection to a TAK server, made again whenever it breaks.

What has to arrive goes by `deliver`, which returns when the server has answered a ping that was sent after it, or has
sent it back as FreeTAKServer does: what a stream carries before is then there, too. What is only worth something now
(tracks) goes by `show`: the last of each uid, dropped while there is no connection, and never in the way of what has
to arrive.

A server that says nothing for 15 s is asked, and left after 25 s. Pauses between attempts double from half a second to
a minute and are drawn out by up to a fifth, so that not everybody comes back at once.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import ssl
from collections.abc import Callable
from urllib.parse import urlsplit

from gcs.clock import Clock
from gcs.dispatch.channels.channel import NotDeliveredError
from gcs.dispatch.channels.settings import TakSettings
from gcs.dispatch.channels.tak import cot
from gcs.dispatch.channels.tak.incoming import Heard, Pong, Stream

ASK_AFTER_S, LEAVE_AFTER_S = 15.0, 25.0
ANSWER_WITHIN_S = 10.0
CONNECT_WITHIN_S = 10.0
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.5, 60.0
MOST_SHOWN = 2000
_CHUNK = 64 * 1024


class Connection:
    """`greet` gives what is said first on every connection; `heard` gets what comes in. Both return at once."""

    def __init__(
        self,
        settings: TakSettings,
        clock: Clock,
        uid: str,
        greet: Callable[[], bytes],
        heard: Callable[[Heard], None],
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._draw = random.Random()
        self._ping = f"{uid}-ping-{self._draw.getrandbits(32):08x}"
        self._greet = greet
        self._heard = heard
        self._writer: asyncio.StreamWriter | None = None
        self._shown: dict[str, bytes] = {}
        self._more = asyncio.Event()
        self._up = asyncio.Event()
        self._pong = asyncio.Event()
        self._turn = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None
        self.problem = ""
        """Why there is no connection; "" while there is one."""

    def start(self) -> None:
        """Connect, and stay connected."""
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._run(), name=f"tak {self._settings.name}")

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None

    async def deliver(self, *events: bytes) -> None:
        """Returns when the server has the events; raises NotDeliveredError."""
        async with self._turn:
            try:
                async with asyncio.timeout(ANSWER_WITHIN_S):
                    await self._up.wait()
                    writer = self._writer
                    if writer is None:
                        raise NotDeliveredError(self.problem)
                    self._pong.clear()
                    writer.write(b"".join(events) + cot.ping(self._ping, self._clock.utc()))
                    await writer.drain()
                    await self._pong.wait()
            except TimeoutError:
                self._drop()
                raise NotDeliveredError(self.problem or f"no answer within {ANSWER_WITHIN_S:.0f} s") from None
            except OSError as error:
                raise NotDeliveredError(f"the connection broke: {error}") from error
            if self._writer is not writer:
                raise NotDeliveredError("the connection broke before the server had it")

    def show(self, uid: str, event: bytes) -> None:
        """Send it when there is a connection and nothing newer of `uid` has come meanwhile."""
        if self._writer is not None and (uid in self._shown or len(self._shown) < MOST_SHOWN):
            self._shown[uid] = event
            self._more.set()

    async def _run(self) -> None:
        pause_s = FIRST_PAUSE_S
        while True:
            try:
                began_s = self._clock.monotonic_s()
                await self._once()
            except (OSError, TimeoutError, ssl.SSLError, ValueError) as error:
                self.problem = f"cannot be reached: {error or 'no answer'}"
            if self._clock.monotonic_s() - began_s > LONGEST_PAUSE_S:
                pause_s = FIRST_PAUSE_S
            await asyncio.sleep(pause_s * self._draw.uniform(1.0, 1.2))
            pause_s = min(2 * pause_s, LONGEST_PAUSE_S)

    async def _once(self) -> None:
        """Connect and listen until it breaks."""
        async with asyncio.timeout(CONNECT_WITHIN_S):
            reader, writer = await self._open()
        try:
            writer.write(self._greet())
            self._writer, self.problem = writer, ""
            self._up.set()
            async with asyncio.TaskGroup() as group:
                group.create_task(self._listen(reader))
                group.create_task(self._show(writer))
        except* (OSError, TimeoutError) as group_of_errors:
            self.problem = f"the connection broke: {group_of_errors.exceptions[0]}"
        finally:
            self._drop()

    async def _open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        parts = urlsplit(self._settings.url)
        secured = parts.scheme == "tls"
        context = await asyncio.to_thread(tls_context, self._settings) if secured else None
        port = parts.port or (8089 if secured else 8087)
        # A TAK server's certificate is issued by the unit's own authority to a server, not to a host name.
        return await asyncio.open_connection(parts.hostname, port, ssl=context)

    async def _listen(self, reader: asyncio.StreamReader) -> None:
        stream, asked = Stream(), False
        while True:
            try:
                async with asyncio.timeout(LEAVE_AFTER_S - ASK_AFTER_S if asked else ASK_AFTER_S):
                    data = await reader.read(_CHUNK)
            except TimeoutError:
                if asked or self._writer is None:
                    raise OSError(f"nothing was heard for {LEAVE_AFTER_S:.0f} s") from None
                asked = True
                self._writer.write(cot.ping(self._ping, self._clock.utc()))
                continue
            if not data:
                raise OSError("the server ended it")
            asked = False
            for heard in stream.feed(data):
                if not isinstance(heard, Pong):
                    self._heard(heard)
                elif heard.ping in (None, self._ping):
                    self._pong.set()

    async def _show(self, writer: asyncio.StreamWriter) -> None:
        while True:
            await self._more.wait()
            self._more.clear()
            shown, self._shown = self._shown, {}
            writer.write(b"".join(shown.values()))
            await writer.drain()

    def _drop(self) -> None:
        """There is no connection any more; whoever waits for an answer on it need not wait any longer."""
        writer, self._writer = self._writer, None
        self._up.clear()
        self._shown.clear()
        self._pong.set()
        if writer is not None:
            with contextlib.suppress(OSError, RuntimeError):
                writer.close()


def tls_context(settings: TakSettings) -> ssl.SSLContext:
    """Both sides show a certificate of the unit's own authority. Raises OSError or ssl.SSLError for bad files."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.check_hostname = False
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(settings.ca)
    context.load_cert_chain(settings.certificate, settings.key, settings.client_password or None)
    return context
