"""Tells an MQTT broker, at quality of service 1: what was published was confirmed by the broker.

| topic | retained | is |
|---|---|---|
| `PREFIX/events` | no | `{"id", "event", "exercise"}`; take each `id` once |
| `PREFIX/sightings/ID` | yes | the sighting as it is now; empty once it is archived |
| `PREFIX/status` | yes | `online`, or `offline` (the broker says so when the connection breaks) |
"""

from __future__ import annotations

import asyncio
import ssl
from contextlib import AsyncExitStack
from urllib.parse import urlsplit

import aiomqtt
import msgspec

from gcs.dispatch.channels.channel import Delivery, NotDeliveredError, SettledChannel
from gcs.dispatch.channels.settings import MqttSettings
from gcs.sightings.model import SightingStatus

CONFIRM_WITHIN_S = 10.0
AT_LEAST_ONCE = 1


class Mqtt(SettledChannel):
    """One broker; connected when something is to be sent, and again after the connection broke."""

    def __init__(self, settings: MqttSettings) -> None:
        super().__init__(settings)
        self._settings = settings
        self._stack: AsyncExitStack | None = None
        self._client: aiomqtt.Client | None = None

    async def send(self, delivery: Delivery) -> None:
        sighting = delivery.sighting
        if sighting is None:
            raise NotDeliveredError("the sighting of the event is not kept", final=True)
        over = sighting.status is SightingStatus.ARCHIVED
        state = b"" if over else msgspec.json.encode(sighting)
        told = {"id": delivery.id, "event": delivery.event, "exercise": sighting.simulated}
        try:
            client = await self._connected()
            await self._publish(client, f"sightings/{sighting.id}", state, retain=True)
            await self._publish(client, "events", msgspec.json.encode(told), retain=False)
        except (aiomqtt.MqttError, OSError, ValueError) as error:
            await self.close()
            raise NotDeliveredError(f"the broker has not confirmed it: {error or 'no answer'}") from error

    async def close(self) -> None:
        stack, self._stack, self._client = self._stack, None, None
        if stack is not None:
            try:
                await stack.aclose()
            except (aiomqtt.MqttError, OSError):
                return

    async def _connected(self) -> aiomqtt.Client:
        if self._client is None:
            stack = AsyncExitStack()
            client = await stack.enter_async_context(await self._make())
            self._stack, self._client = stack, client
            await self._publish(client, "status", b"online", retain=True)
        return self._client

    async def _make(self) -> aiomqtt.Client:
        parts = urlsplit(self._settings.url)
        secured = parts.scheme == "mqtts"
        return aiomqtt.Client(
            parts.hostname or "",
            parts.port or (8883 if secured else 1883),
            username=self._settings.username or None,
            password=self._settings.password or None,
            tls_context=await asyncio.to_thread(self._tls) if secured else None,
            will=aiomqtt.Will(self._topic("status"), b"offline", AT_LEAST_ONCE, retain=True),
            timeout=CONFIRM_WITHIN_S,
        )

    def _tls(self) -> ssl.SSLContext:
        context = ssl.create_default_context(cafile=self._settings.ca or None)
        if self._settings.certificate:
            context.load_cert_chain(self._settings.certificate, self._settings.key or None)
        return context

    async def _publish(self, client: aiomqtt.Client, topic: str, payload: bytes, *, retain: bool) -> None:
        await client.publish(self._topic(topic), payload, AT_LEAST_ONCE, retain)

    def _topic(self, topic: str) -> str:
        return f"{self._settings.prefix}/{topic}"
