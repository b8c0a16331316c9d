"""Ground control on a TAK server that nobody here wrote: what phones there see, and what they say."""

import asyncio
import signal
import subprocess

import aiohttp
import pytest

from gcs.app import AppOptions, GroundControl
from gcs.config import load_config
from simulators.fleet import SimFleet, VehicleSpec

pytestmark = pytest.mark.peer
STATION = "aeropatrol.station.tak"
UNIT = "tak.ANDROID-1"


class Centre:
    """The HTTP side of a running ground control."""

    def __init__(self, url, session):
        self.url, self._session = f"{url}/api/v1", session

    async def get(self, path):
        async with self._session.get(self.url + path) as answer:
            return await answer.json()

    async def post(self, path, **body):
        async with self._session.post(self.url + path, json=body) as answer:
            return await answer.json()

    async def report(self, **more):
        return (
            await self.post("/sightings", **{"klass": "illegal_parking", "lat": 29.868388, "lon": 121.549987, **more})
        )["id"]

    async def when(self, path, true):
        async with asyncio.timeout(20):
            while not true(found := await self.get(path)):  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        return found

    async def unit(self):
        await self.when("/units", lambda units: UNIT in {unit["id"] for unit in units})

    async def kinds(self):
        return [event["kind"] for event in await self.get("/events?limit=1000")]


@pytest.fixture
async def begin(tmp_path, quick):
    """Starts ground control over the folder of this test; links and keys of the channel may be given."""
    stops = []

    async def start(port, links=(), options=None, **more):
        settings = {"name": "tak", "url": f"tcp://127.0.0.1:{port}", **more}
        flags = {"data": str(tmp_path / "data"), "http": "127.0.0.1:0", "links": links, "tak": [settings]}
        control = GroundControl(load_config(None, {}, flags), options)
        await control.__aenter__()
        session = aiohttp.ClientSession()
        stops.extend((lambda: control.__aexit__(None, None, None), session.close))
        return Centre(control.url, session)

    yield start
    for stop in reversed(stops):
        await stop()


async def test_a_sighting_is_a_marker_at_full_precision_that_changes_and_ends(server, phone, begin):
    await phone.connect()
    centre = await begin(server.port, units=False)
    sighting = await centre.report(note="<b>&amp;</b> 堵住\x0b消防通道", ce90_m=10)
    uid = f"aeropatrol.sighting.{sighting}"
    await phone.until(lambda: phone.of("b-m-p-s-m"))
    marker = phone.of("b-m-p-s-m")[-1]
    assert {event.get("uid") for event in phone.of("b-m-p-s-m")} == {uid}
    point = marker.find("point")
    assert (marker.get("uid"), marker.get("how")) == (uid, "h-e")
    assert (float(point.get("lat")), float(point.get("lon"))) == (29.868388, 121.549987)
    assert float(point.get("ce")) == pytest.approx(10 / 2.1460, abs=0.06), "one sigma, not nine in ten"
    assert "违法停车" in marker.find("./detail/contact").get("callsign")
    assert "<b>" in marker.find("./detail/remarks").text
    await centre.post(f"/sightings/{sighting}/steps", action="dismiss", note="nothing there")
    await phone.until(lambda: phone.of("t-x-d-d"))
    assert phone.of("t-x-d-d")[-1].find("./detail/link").get("uid") == uid


async def test_a_task_is_a_direct_message_with_receipts_and_its_answers_are_steps(server, phone, begin):
    await phone.connect()
    centre = await begin(server.port)
    phone.here()
    await centre.unit()
    sighting = await centre.report()
    await phone.until(phone.chats)
    assert "违法停车" in phone.chats()[0]
    await centre.when("/events?limit=1000", lambda events: "task.read" in {event["kind"] for event in events})
    assert [kind for kind in await centre.kinds() if kind.startswith("task.")] == ["task.delivered", "task.read"]
    for text, status in (("1", "accepted"), ("到场", "on_scene"), ("司机不在", "on_scene"), ("4 已驶离", "resolved")):
        phone.say(STATION, text)
        await centre.when(f"/sightings/{sighting}", lambda found, status=status: found["status"] == status)
    history = (await centre.get(f"/sightings/{sighting}"))["history"]
    assert [step["action"] for step in history] == ["report", "assign", "accept", "arrive", "feedback", "resolve"]
    assert history[-1]["actor"] == "张警官"
    phone.say(STATION, "1")
    await phone.until(lambda: any("没有任务" in text for text in phone.chats()))


async def test_nothing_is_lost_while_the_server_is_away_and_nothing_shown_twice(server, phone, begin):
    centre = await begin(server.port, units=False)
    first = await centre.report()
    await centre.when("/channels", lambda channels: channels[0]["waiting"] == 0)
    await server.stop(signal.SIGKILL)
    missed = [await centre.report(lat=29.9 + number / 100) for number in range(3)]
    await centre.when("/channels", lambda channels: channels[0]["waiting"] >= 3)
    await server.start()
    await phone.connect()
    await centre.when("/channels", lambda channels: channels[0]["waiting"] == 0)
    await phone.until(lambda: len({event.get("uid") for event in phone.of("b-m-p-s-m")}) == 3)
    assert {event.get("uid")[-36:] for event in phone.of("b-m-p-s-m")} == set(missed)
    assert first not in missed


async def test_a_phone_that_comes_back_gets_its_task_under_the_same_number(server, make_phone, begin, monkeypatch):
    from gcs.dispatch import tak_desk

    monkeypatch.setattr(tak_desk, "AGAIN_AFTER_S", 0.0)
    phone = make_phone(server.port, receipts=False)
    centre = await begin(server.port)
    await phone.connect()
    await centre.unit()
    await centre.report()
    await phone.until(phone.chats)
    phone.here()
    await phone.until(lambda: len(phone.chats()) >= 2)
    numbers = {event.find("./detail/__chat").get("messageId") for event in phone.of("b-t-f")}
    await phone.close()
    assert len(numbers) == 1


async def test_a_marker_and_a_cry_for_help_of_a_phone_are_sightings(server, phone, begin):
    centre = await begin(server.port)
    await phone.connect()
    phone.send("mark-1", "b-m-p-s-m", '<contact callsign="事故"/><remarks>交通事故, two cars</remarks>', 29.95, 121.9)
    phone.send(
        "ANDROID-1-9-1-1", "b-a-o-tbl", '<emergency type="911 Alert">x</emergency><contact callsign="张"/>', 29.9, 121.8
    )
    found = await centre.when("/sightings", lambda sightings: len(sightings) == 2)
    assert {sighting["klass"]: sighting["priority"] for sighting in found} == {"accident": 1, "person_in_distress": 1}
    phone.send("mark-1", "b-m-p-s-m", '<contact callsign="事故"/><remarks>交通事故</remarks>', 29.95, 121.9)
    phone.send("ANDROID-1-9-1-1", "b-a-o-can", '<emergency cancel="true">x</emergency>', 29.9, 121.8)
    found = await centre.when("/sightings", lambda sightings: "dismissed" in {s["status"] for s in sightings})
    assert len(found) == 2, "the same marker again is the same sighting"


async def test_exercises_are_marked_and_reach_exercise_channels_only(server, phone, begin):
    fleet = SimFleet([VehicleSpec(sysid=1)], speedup=5.0)
    await fleet.start()
    try:
        await phone.connect()
        centre = await begin(server.port, fleet.urls, AppOptions(time_scale=5.0), exercise=True)
        await centre.report()
        await centre.report(simulated=True)
        await phone.until(lambda: phone.of("a-f-A-M-H-Q") and phone.of("b-m-p-s-m"))
    finally:
        await fleet.stop()
    ours = [event for event in phone.seen if event.get("uid").startswith("aeropatrol.")]
    assert {event.get("how") for event in ours} == {"m-s"}
    assert len({event.get("uid") for event in phone.of("b-m-p-s-m")}) == 1
    assert "演练" in phone.of("b-m-p-s-m")[0].find("./detail/contact").get("callsign")


def certificates(folder):
    """An authority, and what it issued to a server and a client, by OpenSSL."""
    folder.mkdir()

    def openssl(*arguments):
        subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)

    openssl(
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-keyout",
        "ca.key",
        "-out",
        "ca.pem",
        "-subj",
        "/CN=ca",
        "-days",
        "2",
    )
    for name in ("server", "client"):
        openssl(
            "req",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-keyout",
            f"{name}.key",
            "-out",
            f"{name}.csr",
            "-subj",
            f"/CN={name}",
        )
        openssl(
            "x509",
            "-req",
            "-in",
            f"{name}.csr",
            "-CA",
            "ca.pem",
            "-CAkey",
            "ca.key",
            "-CAcreateserial",
            "-out",
            f"{name}.pem",
            "-days",
            "2",
        )
    return folder


async def test_mutual_tls_lets_in_who_has_a_certificate_and_nobody_else(make_server, begin, tmp_path):
    folder = await asyncio.to_thread(certificates, tmp_path / "tls")
    tls = {
        "ca": folder / "ca.pem",
        "cert": folder / "server.pem",
        "key": folder / "server.key",
        "client_cert_required": "true",
    }
    server = make_server(tmp_path / "taky", tls=tls)
    await server.start()
    try:
        own = {
            "ca": str(folder / "ca.pem"),
            "certificate": str(folder / "client.pem"),
            "key": str(folder / "client.key"),
        }
        centre = await begin(server.port, url=f"tls://127.0.0.1:{server.port}", **own)
        await centre.report()
        (channel,) = await centre.when("/channels", lambda channels: channels[0]["waiting"] == 0)
        assert channel["problem"] == ""
    finally:
        await server.stop()


async def test_an_emergency_of_ours_alerts_every_client_and_ends_when_it_is_settled(server, phone, begin):
    await phone.connect()
    centre = await begin(server.port, units=False)
    await centre.report()
    asks = await centre.report(klass="person_in_distress")
    await phone.until(lambda: phone.of("b-a-o-tbl"))
    assert {event.get("uid") for event in phone.of("b-a-o-tbl")} == {f"aeropatrol.alert.{asks}"}, (
        "and no other sighting"
    )
    await centre.post(f"/sightings/{asks}/steps", action="dismiss", note="found")
    await phone.until(lambda: phone.of("b-a-o-can"))
    assert len(await centre.get("/sightings")) == 2, "our own alert is not heard as somebody's"
