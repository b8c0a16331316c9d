"""Virtual time: the event loop's clock jumps to the next timer instead of waiting for it."""

import asyncio
import selectors
from datetime import UTC, datetime, timedelta

import pytest

START = datetime(2026, 1, 1, tzinfo=UTC)


class _JumpingSelector(selectors.SelectSelector):
    def __init__(self) -> None:
        super().__init__()
        self.now_s = 1000.0

    def select(self, timeout=None):
        ready = super().select(0)
        if not ready and timeout is None:
            raise RuntimeError("nothing left to wait for: the test would hang")
        if not ready and timeout > 0:
            self.now_s += timeout
        return ready


class VirtualTime:
    """A clock (as `gcs.clock.Clock`) and the runner of coroutines that live by it."""

    def __init__(self) -> None:
        self._selector = _JumpingSelector()

    def monotonic_s(self) -> float:
        return self._selector.now_s

    def utc(self) -> datetime:
        return START + timedelta(seconds=self._selector.now_s - 1000.0)

    def run(self, coroutine):
        loop = asyncio.SelectorEventLoop(self._selector)
        loop.time = self.monotonic_s
        loop._clock_resolution = 1e-6
        try:
            return loop.run_until_complete(asyncio.wait_for(coroutine, 100_000))
        finally:
            loop.run_until_complete(_cancel_all(loop))
            loop.close()
            self._selector = _JumpingSelector()


async def _cancel_all(loop) -> None:
    left = [task for task in asyncio.all_tasks(loop) if task is not asyncio.current_task()]
    for task in left:
        task.cancel()
    await asyncio.gather(*left, return_exceptions=True)


@pytest.fixture
def virtual() -> VirtualTime:
    return VirtualTime()
