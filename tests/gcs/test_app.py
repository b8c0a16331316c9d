"""Ground control as a whole: it starts, hears, serves, keeps, and says in one line why it cannot."""

import asyncio
import ssl
import subprocess
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from gcs.app import AppOptions, GroundControl, StartError
from gcs.config import load_config
from simulators.fleet import SimFleet, VehicleSpec
from telemetry.links.endpoint import Endpoint
from telemetry.links.key_setup import KeySetup
from telemetry.links.times_file import load_times
from telemetry.links.url import parse_link_url
from telemetry.services import commands
from telemetry.signing import key_from_passphrase

SITL = Path(__file__).resolve().parents[1] / "data" / "sitl"
WITHIN_S = 20.0


def settings(folder, *links, http="127.0.0.1:0", **more):
    return load_config(None, {}, {"data": str(folder), "http": http, "links": links, **more})


async def state_when(url, true):
    """The state as soon as `true` says yes to it."""
    async with aiohttp.ClientSession() as session, asyncio.timeout(WITHIN_S):
        while True:
            async with session.get(f"{url}/api/v1/state") as answer:
                state = await answer.json()
            if true(state):
                return state
            await asyncio.sleep(0.05)


async def events(url):
    async with aiohttp.ClientSession() as session, session.get(f"{url}/api/v1/events?limit=1000") as answer:
        return await answer.json()


def known(state):
    return [v["id"] for v in state["vehicles"] if v["lat"] is not None and v["mission_known"] and v["prearm_ok"]]


async def test_simulated_vehicles_are_heard_asked_and_kept(tmp_path):
    fleet = SimFleet([VehicleSpec(sysid=1), VehicleSpec(sysid=2)], speedup=5.0)
    await fleet.start()
    try:
        async with GroundControl(settings(tmp_path, *fleet.urls), AppOptions(time_scale=5.0)) as control:
            state = await state_when(control.url, lambda state: known(state) == ["main-1", "main-2"])
            kinds = {(event["kind"], event["vehicle"]) for event in await events(control.url)}
    finally:
        await fleet.stop()
    assert state["exercise"] is True
    assert {vehicle["simulated"] for vehicle in state["vehicles"]} == {True}
    assert [link["state"] for link in state["links"]] == ["open", "open"]
    assert {("vehicle.appeared", "main-1"), ("vehicle.appeared", "main-2"), ("mission.read", "main-1")} <= kinds
    recorded = list((tmp_path / "recordings").glob("*.tlog"))
    assert recorded
    assert all(file.stat().st_size > 1000 for file in recorded)


async def test_equal_system_ids_in_two_networks_are_two_vehicles(tmp_path):
    fleets = [SimFleet([VehicleSpec(sysid=1)], speedup=5.0) for _ in range(2)]
    for fleet in fleets:
        await fleet.start()
    try:
        links = [url for fleet in fleets for url in fleet.urls]
        door = "guest+udpin://127.0.0.1:0?network=north"
        told = {"data": str(tmp_path), "http": "127.0.0.1:0", "links": [*links, door], "networks": {links[1]: "north"}}
        async with GroundControl(load_config(None, {}, told), AppOptions(time_scale=5.0)) as control:
            state = await state_when(control.url, lambda state: known(state) == ["main-1", "north-1"])
            kinds = {event["kind"] for event in await events(control.url)}
    finally:
        for fleet in fleets:
            await fleet.stop()
    assert "vehicle.sysid_conflict" not in kinds
    assert [link["network"] for link in state["links"]] == ["main", "north", "north"]
    names = [path.name for path in (tmp_path / "recordings").iterdir()]
    assert sorted(name.endswith(".north.tlog") for name in names) == [False, True]


async def test_a_link_opened_while_it_runs_brings_its_vehicle_and_takes_it_away(tmp_path):
    fleet = SimFleet([VehicleSpec(sysid=1)], speedup=5.0)
    await fleet.start()
    try:
        async with (
            GroundControl(settings(tmp_path), AppOptions(time_scale=5.0)) as control,
            aiohttp.ClientSession(control.url) as session,
        ):
            (url,) = fleet.urls
            async with session.put("/api/v1/links", json={"url": url, "open": True, "network": "north"}) as answer:
                assert [link["url"] for link in await answer.json()] == [url]
            await state_when(control.url, lambda state: known(state) == ["north-1"])
            async with session.put("/api/v1/links", json={"url": url, "open": False}) as answer:
                assert (answer.status, (await answer.json())["code"]) == (409, "link.last_heard")
            async with session.put("/api/v1/links", json={"url": url, "open": False, "confirm": url}) as answer:
                assert await answer.json() == []
            await state_when(control.url, lambda state: state["vehicles"][0]["stale"])
            kinds = [event["kind"] for event in await events(control.url)]
    finally:
        await fleet.stop()
    assert kinds.index("link.opened") < kinds.index("vehicle.appeared") < kinds.index("link.closed")
    assert [path.name.endswith(".north.tlog") for path in (tmp_path / "recordings").iterdir()] == [True]


async def test_what_a_guest_commands_stands_in_the_record(tmp_path):
    fleet = SimFleet([VehicleSpec(sysid=1)], speedup=5.0)
    await fleet.start()
    guest = Endpoint(sysid=250, compid=190, subscribed=frozenset(), on_message=lambda received: None)
    try:
        links = settings(tmp_path, *fleet.urls, "guest+udpin://127.0.0.1:0?allow=all")
        async with GroundControl(links, AppOptions(time_scale=5.0)) as control, asyncio.timeout(WITHIN_S):
            state = await state_when(control.url, lambda state: known(state) == ["main-1"])
            (door,) = (link["url"] for link in state["links"] if link["url"].startswith("guest+"))
            await guest.add(f"udpout://127.0.0.1:{parse_link_url(door).port}")
            kept = []
            while not kept:
                guest.send(commands.run_prearm_checks((1, 1)))
                await asyncio.sleep(0.2)
                kept = [event for event in await events(control.url) if event["kind"] == "guest.command"]
    finally:
        await guest.stop()
        await fleet.stop()
    assert (kept[0]["vehicle"], kept[0]["data"]["link"]) == ("main-1", door)


async def test_a_recording_plays_on_the_map_and_nobody_can_be_commanded(tmp_path):
    link = f"tlog://{SITL / 'mission_ok.tlog.gz'}?speed=0"
    options = AppOptions(replay=True, networks={link: "mission_ok"})
    async with GroundControl(settings(tmp_path, link), options) as control:
        state = await state_when(control.url, lambda s: any(v["lat"] for v in s["vehicles"]))
        command = {"command": "rtl", "confirm": "mission_ok-1"}
        url = f"{control.url}/api/v1/vehicles/mission_ok-1/command"
        async with aiohttp.ClientSession() as session, session.post(url, json=command) as answer:
            refused = await answer.json()
    assert [vehicle["id"] for vehicle in state["vehicles"]] == ["mission_ok-1"]
    assert state["replay"] is True
    assert (refused["status"], refused["code"]) == (409, "replay.read_only")
    assert not list(tmp_path.glob("recordings/*"))


async def test_recordings_are_paused_sped_up_and_sought_and_back_forgets_what_came_later(tmp_path):
    """At 12:41:20 the vehicle has risen; ten seconds after the beginning it stands on the ground."""
    link = f"tlog://{SITL / 'mission_ok.tlog.gz'}?speed=1"
    options = AppOptions(replay=True, networks={link: "mission_ok"})

    async with (
        GroundControl(settings(tmp_path, link), options) as control,
        aiohttp.ClientSession(f"{control.url}") as session,
    ):

        async def ask(**wanted):
            async with session.put("/api/v1/replay", json=wanted) as answer:
                return answer.status, await answer.json()

        def risen(state):
            return [v for v in state["vehicles"] if (v["alt_rel_m"] or 0) > 5]

        status, view = await ask(at="2026-11-23T12:41:45Z", paused=True)
        assert (status, view["paused"], view["at"]) == (200, True, "2026-11-23T12:41:45Z")
        assert [recording["name"] for recording in view["recordings"]] == ["mission_ok.tlog.gz"]
        await state_when(control.url, risen)
        await ask(at="2026-11-23T12:41:00Z")
        state = await state_when(control.url, lambda s: s["vehicles"] and not risen(s))
        assert [alarm["code"] for alarm in state["alarms"]] == []
        _, view = await ask(speed=20.0)
        assert (view["speed"], view["paused"]) == (20.0, False)
        _, view = await ask(speed=5.0, paused=True)
        assert (view["speed"], view["paused"]) == (5.0, True)
        await ask(speed=20.0)
        await state_when(control.url, risen)
        assert (await ask(speed=1000.0))[0] == 422
        assert (await ask(at="2026-11-23T12:41:00"))[0] == 422


async def test_what_was_reported_is_there_after_a_restart(tmp_path):
    report = {"id": "6f0c7a52-6c38-4d39-9d2b-0d8c6f6a6a01", "klass": "illegal_parking", "lat": 29.9, "lon": 121.84}
    async with (
        GroundControl(settings(tmp_path)) as control,
        aiohttp.ClientSession() as session,
        session.post(f"{control.url}/api/v1/sightings", json=report) as answer,
    ):
        assert answer.status == 201
    async with GroundControl(settings(tmp_path)) as control:
        state = await state_when(control.url, lambda state: state["sightings"])
    assert [sighting["id"] for sighting in state["sightings"]] == [report["id"]]


async def test_another_system_is_told_of_real_work_and_never_of_exercises(tmp_path):
    told = asyncio.Queue()

    async def take(request):
        told.put_nowait(await request.json())
        return web.Response()

    receiver = web.Application()
    receiver.router.add_post("/hook", take)
    async with TestServer(receiver) as server:
        hook = {"name": "cad", "url": str(server.make_url("/hook")), "secret": "sesame-open-sesame"}
        config = load_config(None, {}, {"data": str(tmp_path), "http": "127.0.0.1:0", "links": (), "webhooks": [hook]})
        async with GroundControl(config) as control, aiohttp.ClientSession() as session:
            for simulated in (True, False):
                report = {"klass": "crowd", "lat": 29.9, "lon": 121.84, "simulated": simulated}
                async with session.post(f"{control.url}/api/v1/sightings", json=report) as answer:
                    assert answer.status == 201
            first = await asyncio.wait_for(told.get(), WITHIN_S)
            async with session.get(f"{control.url}/api/v1/channels") as answer:
                (channel,) = await answer.json()
    assert (first["event"]["kind"], first["sighting"]["simulated"]) == ("sighting.created", False)
    assert (channel["name"], channel["given_up"]) == ("cad", 0)


@pytest.mark.parametrize(
    ("links", "http", "said"),
    [
        (("carrier-pigeon://x",), "127.0.0.1:0", "carrier-pigeon"),
        (("tlog:///nowhere.tlog",), "127.0.0.1:0", "nowhere.tlog"),
        (("guest+udpin://127.0.0.1:0?network=norht",), "127.0.0.1:0", "no link belongs to the network 'norht'"),
        ((), "192.0.2.1:1", "--http"),
    ],
)
async def test_it_says_in_one_line_why_it_cannot_start(tmp_path, links, http, said):
    with pytest.raises(StartError, match=said) as refused:
        async with GroundControl(settings(tmp_path, *links, http=http)):
            pass
    assert "\n" not in str(refused.value)


async def test_a_data_folder_serves_one_server_at_a_time(tmp_path):
    async with GroundControl(settings(tmp_path)):
        with pytest.raises(StartError, match="in use"):
            async with GroundControl(settings(tmp_path)):
                pass
    async with GroundControl(settings(tmp_path)):
        pass


async def test_on_an_address_others_can_reach_everybody_needs_a_token(tmp_path):
    async with (
        GroundControl(settings(tmp_path, http="0.0.0.0:0")) as control,
        aiohttp.ClientSession() as session,
    ):
        async with session.get(f"{control.url}/api/v1/state") as answer:
            assert answer.status == 401
        headers = {"Authorization": f"Bearer {control.new_token}"}
        async with session.get(f"{control.url}/api/v1/state", headers=headers) as answer:
            assert answer.status == 200


def certificate(folder, *more):
    """A certificate for gcs.example that nobody else has signed, and its key, by OpenSSL."""
    folder.mkdir(exist_ok=True)
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-days", "2",
               "-keyout", "page.key", "-out", "page.pem", "-subj", "/CN=gcs.example",
               "-addext", "subjectAltName=DNS:gcs.example", *(more or ("-nodes",))]  # fmt: skip
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    return {"http_certificate": str(folder / "page.pem"), "http_key": str(folder / "page.key")}


async def test_pages_are_served_by_https_under_the_names_of_the_settings(tmp_path):
    files = await asyncio.to_thread(certificate, tmp_path / "tls")
    phones = {"name": "phones", "url": "https://ntfy.example", "topic": "t", "public_url": "https://tap.example"}
    config = settings(tmp_path, http="0.0.0.0:0", http_names=("gcs.example",), ntfy=[phones], **files)
    trusting = ssl.create_default_context(cafile=files["http_certificate"])
    async with GroundControl(config) as control, aiohttp.ClientSession() as session:
        assert control.url.startswith("https://")
        for name, status in (("gcs.example", 200), ("tap.example", 200), ("evil.example", 421)):
            asked = {"ssl": trusting, "server_hostname": "gcs.example", "headers": {"Host": name}}
            async with session.get(f"{control.url}/api/v1/health", **asked) as answer:
                assert answer.status == status, name
        with pytest.raises(aiohttp.ClientError):
            await session.get(control.url.replace("https", "http") + "/api/v1/health")


async def test_a_certificate_that_cannot_be_used_ends_the_start_with_one_line(tmp_path):
    locked = await asyncio.to_thread(certificate, tmp_path / "tls", "-passout", "pass:sesame")
    for files in (locked, {"http_certificate": "nowhere.pem", "http_key": "nowhere.key"}):
        with pytest.raises(StartError, match=r"http_certificate .* cannot be used"):
            async with GroundControl(settings(tmp_path, **files)):
                pass


async def test_a_signed_link_hears_its_vehicle_and_raises_an_alarm_at_forgeries(tmp_path):
    keys = tmp_path / "keys.toml"
    keys.write_text('[[link]]\nurl = "*"\npassphrase = "four words or more"\n')
    keys.chmod(0o600)
    fleet = SimFleet([VehicleSpec(sysid=1), VehicleSpec(sysid=2)])
    await fleet.start()
    flags = {"data": str(tmp_path), "http": "127.0.0.1:0", "links": fleet.urls, "signing_keys": str(keys)}
    config = load_config(None, {}, flags)
    setup = KeySetup(fleet.urls[0], 1, key_from_passphrase("four words or more"), load_times(config.times_file))
    try:
        await setup.give()
        async with GroundControl(config) as control:
            state = await state_when(
                control.url,
                lambda state: state["vehicles"] and any(a["code"] == "link.forged" for a in state["alarms"]),
            )
    finally:
        await fleet.stop()

    assert [vehicle["id"] for vehicle in state["vehicles"]] == ["main-1"]
    refused = {link["url"]: link["refused"] for link in state["links"]}
    assert refused[fleet.urls[0]] == 0
    assert refused[fleet.urls[1]] >= 3
    assert config.times_file.exists()


async def test_keys_that_cannot_be_read_end_the_start_with_one_line(tmp_path):
    config = load_config(None, {}, {"data": str(tmp_path), "http": "127.0.0.1:0", "signing_keys": "/nowhere"})

    with pytest.raises(StartError, match="/nowhere: cannot be read"):
        async with GroundControl(config):
            pass
