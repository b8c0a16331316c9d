"""How every verb that runs until it is told to end hears of it."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import Callable, Coroutine
from typing import Any


def asked_to_stop() -> asyncio.Event:
    """Set on Ctrl-C, on SIGTERM, or when the terminal is closed; from now on, where the system can."""
    asked = asyncio.Event()
    when_asked_to_stop(asked.set)
    return asked


def when_asked_to_stop(call: Callable[[], object]) -> None:
    """Have `call` called instead of being ended. Who was started with `nohup` outlives its terminal."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, getattr(signal, "SIGHUP", signal.SIGTERM)):
        if number in {signal.SIGINT, signal.SIGTERM} or signal.getsignal(number) is not signal.SIG_IGN:
            with contextlib.suppress(NotImplementedError):
                loop.add_signal_handler(number, call)


async def stopped_before(stopped: asyncio.Event, work: Coroutine[Any, Any, Any]) -> bool:
    """Whether we were told to stop before `work` was done; it is given up then. Raises what it raises."""
    waiting, task = asyncio.ensure_future(stopped.wait()), asyncio.ensure_future(work)
    try:
        await asyncio.wait({waiting, task}, return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            await task
            return False
        return True
    finally:
        for left in (waiting, task):
            left.cancel()
        await asyncio.gather(waiting, task, return_exceptions=True)
