"""Gives a vehicle its signing key, or takes it away, and proves that the vehicle has followed.

A key travels in the clear, so the link should be a cable. An armed vehicle is left alone: ArduPilot ignores
SETUP_SIGNING while armed, and losing the link in flight is no way to find out.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Self

from telemetry.constants import MavAutopilot, MavModeFlag
from telemetry.links.endpoint import Endpoint
from telemetry.links.guard import Signing
from telemetry.links.keyring import Keyring
from telemetry.links.times_file import Times
from telemetry.messages import new
from telemetry.received import Received
from telemetry.services.heartbeat import gcs_heartbeat
from telemetry.signing import KEY_SIZE, Verdict, signing_time

HEARD_WITHIN_S, LOOK_EVERY_S = 10.0, 0.05
SENT_TIMES, SENT_EVERY_S = 2, 0.3
NO_KEY = bytes(KEY_SIZE)
OWN_SYSID, OWN_COMPID = 255, 190


class KeySetupError(RuntimeError):
    """The vehicle has not followed: why, in one line, without the key."""


def _now_us() -> int:
    return time.time_ns() // 1000


class KeySetup:
    """One vehicle (`sysid`) on one link (`url`). `times` are those of ground control, so that what is sent is
    newer than what it sent before; `times_after` has to be kept in their place."""

    def __init__(self, url: str, sysid: int, key: bytes, times: Times, unix_us: Callable[[], int] = _now_us) -> None:
        self._url = url
        self._sysid = sysid
        self._unix_us = unix_us
        self._key = key
        self._signing = Signing(Keyring({url: key}), times, unix_us=unix_us)

    @property
    def times_after(self) -> Times:
        return self._signing.times()

    async def give(self) -> None:
        """From now on the vehicle signs with the key and believes nothing else. Raises KeySetupError or LinkError."""
        await self._tell(self._key, signed=False)
        async with _Ear(self._url, self._sysid, self._signing) as ear:
            if await ear.heartbeat() is None:
                raise KeySetupError(f"system {self._sysid} was sent the key but does not sign with it")

    async def take(self) -> None:
        """From now on the vehicle neither signs nor asks for signatures. Raises KeySetupError or LinkError."""
        await self._tell(NO_KEY, signed=True)
        async with _Ear(self._url, self._sysid, self._signing) as ear:
            if not await ear.unsigned():
                raise KeySetupError(f"system {self._sysid} still signs, or is silent")

    async def _tell(self, key: bytes, *, signed: bool) -> None:
        async with _Ear(self._url, self._sysid, self._signing if signed else None) as ear:
            heard = await ear.heartbeat()
            if heard is None:
                raise KeySetupError(f"system {self._sysid} is not heard{' under this key' if signed else ''}")
            if heard.message.base_mode & MavModeFlag.SAFETY_ARMED:
                raise KeySetupError(f"system {self._sysid} is armed: keys change on the ground only")
            order = new(
                "SETUP_SIGNING",
                target_system=self._sysid,
                target_component=heard.compid,
                secret_key=tuple(key),
                initial_timestamp=signing_time(self._unix_us()) if key != NO_KEY else 0,
            )
            for _ in range(SENT_TIMES):
                ear.endpoint.send(order, heard.origin)
                await asyncio.sleep(SENT_EVERY_S)


class _Ear:
    """The link, open for as long as the `async with` lasts; what is sent on it is recorded nowhere."""

    def __init__(self, url: str, sysid: int, signing: Signing | None) -> None:
        self._url = url
        self._sysid = sysid
        self._beats: asyncio.Queue[Received] = asyncio.Queue()
        self.endpoint = Endpoint(
            sysid=OWN_SYSID,
            compid=OWN_COMPID,
            subscribed=frozenset({"HEARTBEAT"}),
            on_message=self._hear,
            signing=signing,
        )

    async def __aenter__(self) -> Self:
        self._link = await self.endpoint.add(self._url)
        self._calling = asyncio.get_running_loop().create_task(self._call(), name="key setup")
        return self

    async def __aexit__(self, *_: object) -> None:
        self._calling.cancel()
        with suppress(asyncio.CancelledError):
            await self._calling
        await self.endpoint.stop()

    async def heartbeat(self) -> Received | None:
        """The vehicle's next one; None when it does not come."""
        with suppress(TimeoutError):
            async with asyncio.timeout(HEARD_WITHIN_S):
                return await self._beats.get()
        return None

    async def unsigned(self) -> bool:
        """Whether something comes that nobody signed."""
        for _ in range(round(HEARD_WITHIN_S / LOOK_EVERY_S)):
            if self._link.guard is not None and self._link.guard.refused[Verdict.UNSIGNED]:
                return True
            await asyncio.sleep(LOOK_EVERY_S)
        return False

    def _hear(self, received: Received) -> None:
        if received.sysid == self._sysid and received.message.autopilot != MavAutopilot.INVALID:
            self._beats.put_nowait(received)

    async def _call(self) -> None:
        """Vehicles answer who speaks to them."""
        while True:
            self.endpoint.send(gcs_heartbeat())
            await asyncio.sleep(1.0)
