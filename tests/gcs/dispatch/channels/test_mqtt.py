"""An MQTT broker that nobody here wrote is told, at least once and in order, also when it was away."""

import asyncio
import os
import shutil
import signal
import socket
from asyncio.subprocess import DEVNULL

import aiomqtt
import msgspec
import pytest

from gcs.dispatch.channels.mqtt import Mqtt
from gcs.dispatch.channels.settings import MqttSettings
from gcs.sightings.model import SightingStatus

MOSQUITTO = shutil.which("mosquitto", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
pytestmark = [
    pytest.mark.peer,
    pytest.mark.skipif(MOSQUITTO is None, reason="mosquitto is not installed: sh tools/install-mosquitto.sh"),
]


class Broker:
    """mosquitto on a port of its own; what it was told survives a restart."""

    def __init__(self, folder):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.process, self._config = None, folder / "mosquitto.conf"
        folder.mkdir()
        folder.chmod(0o777)
        self._config.write_text(
            f"listener {self.port} 127.0.0.1\nallow_anonymous true\npersistence true\n"
            f"persistence_location {folder}/\nuser root\n"
        )

    async def start(self):
        command = (MOSQUITTO, "-c", str(self._config))
        self.process = await asyncio.create_subprocess_exec(*command, stdout=DEVNULL, stderr=DEVNULL)
        async with asyncio.timeout(20):
            while True:
                try:
                    _, writer = await asyncio.open_connection("127.0.0.1", self.port)
                except OSError:
                    await asyncio.sleep(0.05)
                else:
                    writer.close()
                    return

    async def stop(self):
        if self.process is not None and self.process.returncode is None:
            self.process.send_signal(signal.SIGTERM)
            await self.process.wait()

    async def read(self, topic, count):
        """The next messages of a topic, as (topic, payload, retained)."""
        found = []
        async with asyncio.timeout(20), aiomqtt.Client("127.0.0.1", self.port) as client:
            await client.subscribe(topic, 1)
            messages = aiter(client.messages)
            while len(found) < count:
                message = await anext(messages)
                found.append((str(message.topic), message.payload, message.retain))
        return found


@pytest.fixture
async def broker(tmp_path):
    broker = Broker(tmp_path / "mosquitto")
    await broker.start()
    yield broker
    await broker.stop()


def channel(broker, **more):
    return Mqtt(MqttSettings(name="mqtt", url=f"mqtt://127.0.0.1:{broker.port}", **more))


async def test_events_come_in_order_and_the_last_state_stays(broker, line):
    to = await line(channel(broker))
    reading = asyncio.create_task(broker.read("aeropatrol/events", 3))
    await asyncio.sleep(0.3)
    seen = [await to.see() for _ in range(3)]
    messages = [msgspec.json.decode(payload) for _, payload, _ in await reading]
    assert [message["event"]["sighting"] for message in messages] == [sighting.id for sighting in seen]
    assert [message["id"] for message in messages] == ["mqtt-1", "mqtt-2", "mqtt-3"]
    await to.empty()
    kept = await broker.read("aeropatrol/sightings/+", 3)
    assert {topic.rpartition("/")[2] for topic, _, retained in kept if retained} == {s.id for s in seen}
    assert (await broker.read("aeropatrol/status", 1))[0][1:] == (b"online", True)


async def test_nothing_is_lost_while_the_broker_is_away(broker, line):
    to = await line(channel(broker))
    await to.see()
    await to.empty()
    await broker.stop()
    missed = [await to.see() for _ in range(3)]
    await asyncio.sleep(0.2)
    assert await to.waiting() == 3
    assert to.outbox.problems
    await broker.start()
    await to.empty()
    for sighting in missed:
        await broker.read(f"aeropatrol/sightings/{sighting.id}", 1)


async def test_an_archived_sighting_leaves_nothing_behind(broker, line):
    to = await line(channel(broker))
    gone = await to.see("sighting.archived", status=SightingStatus.ARCHIVED)
    stays = await to.see()
    await to.empty()
    kept = await broker.read("aeropatrol/sightings/+", 1)
    assert [topic.rpartition("/")[2] for topic, _, _ in kept] == [stays.id]
    assert gone.id != stays.id


@pytest.mark.parametrize("exercise", [True, False])
async def test_exercises_and_real_work_never_mix(broker, line, exercise):
    to = await line(channel(broker, exercise=exercise, prefix="p/q"))
    for simulated in (True, False):
        await to.see(simulated=simulated)
    await to.empty()
    ((_, payload, _),) = await broker.read("p/q/sightings/+", 1)
    assert msgspec.json.decode(payload)["simulated"] is exercise


async def test_a_broker_that_breaks_says_that_we_are_gone(broker):
    mqtt = channel(broker)
    client = await mqtt._connected()
    sock = client._client.socket()
    sock.shutdown(socket.SHUT_RDWR)
    async with asyncio.timeout(10):
        while (await broker.read("aeropatrol/status", 1))[0][1] != b"offline":  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    await mqtt.close()
