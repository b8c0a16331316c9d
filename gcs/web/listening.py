"""Serves the application where the settings say, by HTTPS where they name a certificate."""

from __future__ import annotations

import asyncio
import ssl
from contextlib import AsyncExitStack

from aiohttp import web

from gcs.config import Config

EVERYWHERE = frozenset({"0.0.0.0", "::"})  # noqa: S104  compared, not bound
GOODBYE_S = 2.0


class ListenError(RuntimeError):
    """The pages cannot be served; one line that names the setting and the fix."""


async def listen(config: Config, app: web.Application, stack: AsyncExitStack) -> str:
    """Serve until `stack` is closed; the address of the pages. Raises ListenError."""
    secured = await asyncio.to_thread(_certificate, config) if config.http_certificate else None
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=GOODBYE_S)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    try:
        await web.TCPSite(runner, config.http_host, config.http_port, ssl_context=secured).start()
    except OSError as error:
        raise ListenError(f"http {config.http}: {error.strerror}; choose another with --http") from error
    named = "127.0.0.1" if config.http_host in EVERYWHERE else config.http_host
    scheme = "https" if secured else "http"
    return f"{scheme}://{f'[{named}]' if ':' in named else named}:{runner.addresses[0][1]}"


def _certificate(config: Config) -> ssl.SSLContext:
    """By what the pages show that they are ours. A key that asks for a password is refused: nobody is there to say
    it."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_cert_chain(config.http_certificate, config.http_key, password="")
    except (OSError, ssl.SSLError) as error:
        files = f"http_certificate {config.http_certificate}, http_key {config.http_key}"
        raise ListenError(f"{files}: cannot be used: {error}") from error
    return context
