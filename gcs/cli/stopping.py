"""How every verb that runs until it is told to end hears of it."""

from __future__ import annotations

import asyncio
import contextlib
import signal


def asked_to_stop() -> asyncio.Event:
    """Set on Ctrl-C or SIGTERM; both are listened for from now on, where the system can."""
    asked = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):
            loop.add_signal_handler(number, asked.set)
    return asked
