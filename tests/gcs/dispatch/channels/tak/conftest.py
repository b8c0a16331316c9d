"""A real TAK server (taky) started by the test, and a phone on it that speaks through pytak."""

import asyncio
import os
import signal
import socket
import sys
import uuid
from asyncio.subprocess import DEVNULL
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree as ET

import pytak
import pytest

WITHIN_S = 20.0


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class TakServer:
    """taky as a process of its own; `stop` and `start` again keep the port."""

    def __init__(self, folder, port=None, tls=None):
        self.folder, self.port, self.process = folder, port or free_port(), None
        folder.mkdir(parents=True, exist_ok=True)
        lines = [
            "[taky]", "bind_ip = 127.0.0.1", f"root_dir = {folder}",
            "[cot_server]", f"port = {self.port}",
            "[ssl]", f"enabled = {'true' if tls else 'false'}",
        ]  # fmt: skip
        if tls:
            lines += [f"{key} = {value}" for key, value in tls.items()]
        (folder / "taky.conf").write_text("\n".join(lines) + "\n")

    async def start(self):
        command = (sys.executable, "-m", "taky.cot", "-c", str(self.folder / "taky.conf"), "-l", "error")
        self.process = await asyncio.create_subprocess_exec(*command, cwd=self.folder, stdout=DEVNULL, stderr=DEVNULL)
        async with asyncio.timeout(WITHIN_S):
            while True:
                try:
                    _, writer = await asyncio.open_connection("127.0.0.1", self.port)
                except OSError:
                    await asyncio.sleep(0.05)
                else:
                    writer.close()
                    return

    async def stop(self, how=signal.SIGTERM):
        if self.process is not None and self.process.returncode is None:
            os.kill(self.process.pid, how)
            await self.process.wait()


class Phone:
    """A TAK client. `seen` holds every event that came in, as element trees."""

    def __init__(self, port, uid="ANDROID-1", callsign="张警官", receipts=True):
        self.uid, self.callsign, self.receipts = uid, callsign, receipts
        self._url = f"tcp://127.0.0.1:{port}"
        self.seen = []
        self._task = self._writer = None

    async def connect(self, lat=29.9, lon=121.84):
        config = {"COT_URL": self._url, "PYTAK_NO_HELLO": "1"}
        reader, self._writer = await pytak.protocol_factory(config)
        worker = pytak.RXWorker(asyncio.Queue(), config, reader)
        self._task = asyncio.create_task(self._read(worker))
        self.here(lat, lon)

    async def close(self):
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._writer.close()
            self._task = None

    def here(self, lat=29.9, lon=121.84):
        self.send(
            self.uid, "a-f-G-U-C",
            f'<contact callsign="{self.callsign}" endpoint="*:-1:stcp"/><__group name="Cyan" role="Team Member"/>'
            '<takv device="x" platform="ATAK" os="1" version="1"/><uid Droid="x"/><status battery="50"/>'
            '<track course="0" speed="0"/>', lat, lon,
        )  # fmt: skip

    def say(self, to, text):
        number = uuid.uuid4()
        self.send(
            f"GeoChat.{self.uid}.{to}.{number}", "b-t-f",
            f'<__chat parent="RootContactGroup" groupOwner="false" messageId="{number}" chatroom="AeroPatrol" id="{to}"'
            f' senderCallsign="{self.callsign}"><chatgrp uid0="{self.uid}" uid1="{to}" id="{to}"/></__chat>'
            f'<link uid="{self.uid}" type="a-f-G-U-C" relation="p-p"/>'
            f'<remarks source="BAO.F.ATAK.{self.uid}" to="{to}" time="{stamp()}">{text}</remarks>',
        )  # fmt: skip

    def send(self, uid, kind, detail, lat=0.0, lon=0.0, how="m-g"):
        self._writer.write(
            f'<event version="2.0" uid="{uid}" type="{kind}" how="{how}" time="{stamp()}" start="{stamp()}"'
            f' stale="{stamp(60)}"><point lat="{lat}" lon="{lon}" hae="9999999.0" ce="9999999.0" le="9999999.0"/>'
            f"<detail>{detail}</detail></event>".encode()
        )

    def of(self, kind):
        return [event for event in self.seen if event.get("type") == kind]

    def chats(self):
        return [event.find("./detail/remarks").text for event in self.of("b-t-f")]

    async def until(self, true):
        """Wait until `true` says yes to what was seen."""
        async with asyncio.timeout(WITHIN_S):
            while not true():  # noqa: ASYNC110  a stream tells nobody
                await asyncio.sleep(0.02)

    async def _read(self, worker):
        while True:
            data = await worker.readcot()
            if not data:
                return
            for part in data.split(b"</event>")[:-1]:
                event = ET.fromstring(part[part.index(b"<event") :] + b"</event>")
                self.seen.append(event)
                if event.get("type") == "b-t-f" and self.receipts:
                    self._receive(event)

    def _receive(self, event):
        number = event.find("./detail/__chat").get("messageId")
        sender = event.find("./detail/link").get("uid")
        for kind in ("b-t-f-d", "b-t-f-r"):
            self.send(
                number, kind,
                f'<__chatreceipt messageId="{number}" id="{sender}" senderCallsign="{self.callsign}"/>'
                f'<link uid="{self.uid}" type="a-f-G-U-C" relation="p-p"/><marti><dest callsign="AeroPatrol"/></marti>',
            )  # fmt: skip


def stamp(ahead_s=0):
    return f"{datetime.now(UTC) + timedelta(seconds=ahead_s):%Y-%m-%dT%H:%M:%S.%fZ}"


@pytest.fixture
def make_server():
    return TakServer


@pytest.fixture
def make_phone():
    return Phone


@pytest.fixture
async def server(tmp_path):
    server = TakServer(tmp_path / "taky")
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
async def phone(server):
    phone = Phone(server.port)
    yield phone
    await phone.close()


@pytest.fixture
def quick(monkeypatch):
    from gcs.dispatch.channels.tak import connection

    monkeypatch.setattr(connection, "FIRST_PAUSE_S", 0.05)
    monkeypatch.setattr(connection, "LONGEST_PAUSE_S", 0.2)
    monkeypatch.setattr(connection, "ANSWER_WITHIN_S", 3.0)
