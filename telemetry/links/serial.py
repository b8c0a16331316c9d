"""A radio or a cable on a serial port; opened again when it was unplugged."""

from __future__ import annotations

import asyncio
from typing import cast

import serial_asyncio_fast

from telemetry.links.link import WRITE_BUFFER_LIMIT
from telemetry.links.stream import StreamPeer
from telemetry.links.tcp import Calling

STALE_S = 0.5


class Serial(Calling):
    """`serial:///dev/ttyUSB0?baud=57600`; 8 data bits, no parity, 1 stop bit."""

    async def connect(self) -> StreamPeer:
        # A radio is slow: what waits longer than about half a second is better dropped than sent late.
        limit = min(WRITE_BUFFER_LIMIT, max(1024, int(self.where.options["baud"] / 20)))
        _, line = await serial_asyncio_fast.create_serial_connection(
            asyncio.get_running_loop(),
            lambda: StreamPeer(self, lambda _: self.where.path, limit=limit, stale_s=STALE_S),
            self.where.path,
            baudrate=int(self.where.options["baud"]),
        )
        return cast("StreamPeer", line)
