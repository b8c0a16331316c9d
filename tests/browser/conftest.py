"""A real Chromium against the real program: ground control on a free port, vehicles that speak over UDP.

The vehicles are pymavlink's, so that no mistake of our codec can agree with itself.
"""

import asyncio
import contextlib
import shutil
import socket
import threading
from dataclasses import dataclass, field

import pytest
from pymavlink.dialects.v20 import ardupilotmega as mavlink

from gcs.app import AppOptions, GroundControl
from gcs.config import Config

CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync", "--mute-audio"]  # fmt: skip
HOSTILE_NETWORK = "<img src=x onerror=window.pwned=1>"
GUIDED_AUTO = 3
WAIT_MS = 12_000
PAGE_KEPT = """async () => {
  const cache = await caches.open('aeropatrol-unit-1');
  while ((await cache.keys()).length <= 20) await new Promise((done) => setTimeout(done, 50));
}"""
GIVE_TASK = """async ([lat, lon]) => {
    const post = (path, body) => fetch('/api/v1' + path, {method: 'POST', body: JSON.stringify(body),
        headers: {'Content-Type': 'application/json'}}).then((answer) => answer.json());
    await post('/units', {id: 'car-1', name: 'Car One', kind: 'patrol_car', lat, lon});
    return (await post('/sightings', {klass: 'crowd', lat, lon, note: 'at the gate'})).id;
}"""
"""Car 1 is registered at a place and gets a task there; the sighting's id."""


@dataclass
class Drone:
    """A vehicle that says where it is four times a second until it is told to be silent."""

    sysid: int
    lat: float = 29.9
    lon: float = 121.84
    heading: float = 90.0
    talking: bool = True
    armed: bool = True
    texts: list[str] = field(default_factory=list)
    says: list = field(default_factory=list)
    """More messages of pymavlink's, said every time."""

    def __post_init__(self):
        self.mav = mavlink.MAVLink(None, srcSystem=self.sysid, srcComponent=1)

    def frames(self):
        mav, e7 = self.mav, 10_000_000
        mode = mavlink.MAV_MODE_FLAG_CUSTOM_MODE_ENABLED | (mavlink.MAV_MODE_FLAG_SAFETY_ARMED if self.armed else 0)
        messages = [
            mav.heartbeat_encode(mavlink.MAV_TYPE_QUADROTOR, mavlink.MAV_AUTOPILOT_ARDUPILOTMEGA, mode, GUIDED_AUTO, 4),
            mav.global_position_int_encode(
                0, int(self.lat * e7), int(self.lon * e7), 65_000, 60_000, 0, 0, 0, int(self.heading * 100)
            ),
            *self.says,
            *(mav.statustext_encode(mavlink.MAV_SEVERITY_WARNING, text.encode()) for text in self.texts),
        ]
        self.texts.clear()
        return b"".join(message.pack(mav) for message in messages)


class Sky:
    """The vehicles of one network, at the far end of a `udpout` link."""

    def __init__(self):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.socket.settimeout(0.25)
        self.url = f"udpout://127.0.0.1:{self.socket.getsockname()[1]}"
        self.drones = []
        self._caller = None
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._speak, daemon=True)
        self._thread.start()

    def _speak(self):
        """Ground control calls with its heartbeats, and is answered where it called from."""
        while not self._end.is_set():
            with contextlib.suppress(TimeoutError):
                _, self._caller = self.socket.recvfrom(2048)
            if self._caller is None or self._end.wait(0.05):
                continue
            for drone in tuple(self.drones):
                if drone.talking:
                    self.socket.sendto(drone.frames(), self._caller)

    def close(self):
        self._end.set()
        self._thread.join()
        self.socket.close()


class Centre:
    """Ground control in a thread of its own; `url` is where its pages are."""

    def __init__(self, data_dir, basemaps=(), **settings):
        self.sky, self.hostile_sky = Sky(), Sky()
        links = (self.sky.url, self.hostile_sky.url)
        self._config = Config(data=str(data_dir), http="127.0.0.1:0", links=links, basemaps=basemaps, **settings)
        self._options = AppOptions(networks={self.hostile_sky.url: HOSTILE_NETWORK})
        self._ready, self.url = threading.Event(), ""
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()), daemon=True)
        self._thread.start()
        assert self._ready.wait(30), "ground control did not start"

    async def _run(self):
        self._loop, self._end = asyncio.get_running_loop(), asyncio.Event()
        async with GroundControl(self._config, self._options) as control:
            self.url = control.url
            self._ready.set()
            await self._end.wait()

    def fly(self, sysid, *, hostile=False, **more):
        """A vehicle named main-{sysid}, or {HOSTILE_NETWORK}-{sysid}."""
        drone = Drone(sysid, **more)
        (self.hostile_sky if hostile else self.sky).drones.append(drone)
        return drone

    def close(self):
        self._loop.call_soon_threadsafe(self._end.set)
        self._thread.join(15)
        self.sky.close()
        self.hostile_sky.close()


@pytest.fixture(scope="module")
def chromium():
    """Lives no longer than a file of tests: while it does, no other test can run an event loop."""
    path = next((found for name in CHROMIUM if (found := shutil.which(name))), None)
    if path is None:
        pytest.skip("LEFT OUT: no Chromium on this machine (sh tools/install-chromium.sh)")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def basemaps():
    """The site's base maps; a test that wants some overrides this."""
    return ()


@pytest.fixture
def settings():
    """Further settings of ground control; a test that wants some overrides this."""
    return {}


@pytest.fixture
def centre(tmp_path, basemaps, settings, chromium):
    found = Centre(tmp_path / "data", basemaps, **settings)
    yield found
    found.close()


class Watched:
    """A page of ours, and everything it should not have done."""

    def __init__(self, page, base, refusals):
        self.page, self.base, self.refusals = page, base, refusals
        self.foreign, self.complaints, self.dialogs = [], [], []
        page.set_default_timeout(WAIT_MS)
        page.on("request", self._request)
        page.on("console", lambda m: m.type in ("error", "warning") and self.complaints.append(m.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("dialog", lambda dialog: (self.dialogs.append(dialog.message), dialog.dismiss()))

    def _request(self, request):
        if not request.url.startswith((self.base, "data:", "blob:")):
            self.foreign.append(request.url)

    def check(self):
        """`refusals` of the server that the test meant to get are no complaints."""
        assert self.foreign == [], "asked somebody else"
        assert self.dialogs == []
        assert [text for text in self.complaints if self.refusals not in text] == []


@pytest.fixture
def open_page(chromium, centre):
    """Opens a page in a browser of its own; afterwards nobody else was asked and the console is clean."""
    opened, contexts = [], []

    def open_one(path="/?lang=en", *, phone=False, watched=True, refusals="(none)", **more):
        size = {"width": 390, "height": 844} if phone else {"width": 1600, "height": 900}
        context = chromium.new_context(viewport=size, has_touch=phone, is_mobile=phone, locale="en-GB", **more)
        contexts.append(context)
        found = Watched(context.new_page(), centre.url, refusals)
        if watched:
            opened.append(found)
        found.page.goto(centre.url + path)
        return found.page

    yield open_one
    for found in opened:
        found.check()
    for context in contexts:
        context.close()
