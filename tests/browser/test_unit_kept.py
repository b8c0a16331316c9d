"""What waits on a unit's phone outlives the page, the browser and the phone: in a real browser that is killed."""

import io
import re
import shutil

import pytest
from PIL import Image
from playwright.sync_api import Error, expect

from .conftest import CHROMIUM, FLAGS, GIVE_TASK, PAGE_KEPT, WAIT_MS

pytestmark = pytest.mark.browser
PLACE = (29.9012, 121.8423)


class Phone:
    """A browser with a disk of its own; `kill` takes away its power."""

    def __init__(self, kind, folder, centre):
        self.kind, self.folder, self.centre = kind, folder, centre
        self.boot()

    def boot(self, *, offline=False):
        path = next(found for name in CHROMIUM if (found := shutil.which(name)))
        self.context = self.kind.launch_persistent_context(
            self.folder, executable_path=path, args=FLAGS, viewport={"width": 390, "height": 844}, has_touch=True,
            is_mobile=True, locale="en-GB", offline=offline,
        )  # fmt: skip
        self.open()

    def open(self):
        self.page = self.context.new_page()
        self.page.set_default_timeout(WAIT_MS)
        self.show()

    def show(self):
        self.page.goto(f"{self.centre.url}/unit?lang=en&unit=car-1")

    def kill(self):
        with pytest.raises(Error):
            self.context.new_cdp_session(self.page).send("Browser.crash")

    def photo(self, shade):
        out = io.BytesIO()
        Image.new("RGB", (80, 60), (shade, 90, 90)).save(out, "PNG")
        taken = {"name": "p.png", "mimeType": "image/png", "buffer": out.getvalue()}
        self.page.locator("#photo").set_input_files(taken)

    @property
    def waiting(self):
        return self.page.locator(".strip.waiting")


@pytest.fixture
def phone(chromium, centre, tmp_path):
    found = Phone(chromium.browser_type, tmp_path / "phone", centre)
    found.page.evaluate(GIVE_TASK, list(PLACE))
    found.show()
    expect(found.page.locator("#step-accept")).to_be_visible()
    found.page.evaluate("navigator.serviceWorker.ready.then(() => 1)")
    found.page.evaluate(PAGE_KEPT)
    yield found
    found.context.close()


def held(phone):
    (sighting,) = phone.page.request.get(f"{phone.centre.url}/api/v1/sightings").json()
    return sighting


def everything_arrived_once(phone):
    """The taps in their order at their own times, every photo once, nothing left waiting."""
    expect(phone.waiting).to_be_hidden()
    sighting = held(phone)
    assert [step["action"] for step in sighting["history"]] == ["report", "assign", "accept", "arrive"]
    accept, arrive = sighting["history"][2:]
    assert accept["at"] < arrive["at"] < arrive["received_at"]
    assert "tapped offline at" in accept["note"]
    assert len(sighting["pictures"]) == 2
    assert all(picture["at"] < picture["received_at"] for picture in sighting["pictures"])


def deal_offline(phone):
    phone.context.set_offline(True)
    phone.page.locator("#step-accept").tap()
    phone.page.locator("#step-arrive").tap()
    phone.photo(40)
    phone.photo(200)
    expect(phone.page.locator(".pictures.unsent img")).to_have_count(2)
    expect(phone.waiting).to_contain_text(re.compile(r"2 tap.* · 2 photo"))


def still_waits(phone):
    pictures = phone.page.locator(".pictures.unsent img")
    expect(pictures).to_have_count(2)
    for number in range(2):
        expect(pictures.nth(number)).to_have_js_property("naturalWidth", 80)
    expect(phone.waiting).to_contain_text(re.compile(r"2 tap.* · 2 photo"))
    expect(phone.page.locator("#step-resolve")).to_be_visible()
    assert held(phone)["status"] == "assigned"


def test_taps_and_photos_outlive_a_closed_page(phone):
    deal_offline(phone)
    phone.page.close()
    phone.open()
    still_waits(phone)
    phone.context.set_offline(False)
    everything_arrived_once(phone)


def test_taps_and_photos_outlive_the_browser_killed_and_the_phone_without_power(phone):
    deal_offline(phone)
    phone.kill()
    phone.boot(offline=True)
    still_waits(phone)
    phone.context.set_offline(False)
    everything_arrived_once(phone)


def test_what_was_kept_although_no_answer_came_is_sent_again_and_counts_once(phone):
    """The centre has kept everything; its answers are lost, and the phone dies."""

    def lose_answer(route):
        route.fetch()
        route.abort("connectionreset")

    phone.page.route(re.compile("/(steps|pictures)"), lose_answer)
    phone.page.locator("#step-accept").tap()
    expect(phone.page.locator("#step-arrive")).to_be_visible()
    phone.photo(40)
    expect(phone.waiting).to_contain_text("1 photo(s) waiting")
    phone.kill()
    phone.boot()
    expect(phone.page.locator(".task .pictures:not(.unsent) img")).to_have_count(1)
    expect(phone.waiting).to_be_hidden()
    sighting = held(phone)
    assert [step["action"] for step in sighting["history"]].count("accept") == 1
    assert len(sighting["pictures"]) == 1


def test_photos_of_a_task_go_before_the_step_that_ends_it(phone):
    deal_offline(phone)
    phone.page.locator("#step-resolve").tap()
    phone.page.get_by_role("button", name="moved on").tap()
    asked = []
    phone.page.on("request", lambda r: r.method == "POST" and asked.append(r.url.split("?")[0].rsplit("/", 1)[1]))
    phone.context.set_offline(False)
    expect(phone.waiting).to_be_hidden()
    sent = [what for what in asked if what in ("steps", "pictures")]
    assert sent[-3:] == ["pictures", "pictures", "steps"]


def test_a_phone_without_room_says_so_and_sends_what_the_page_still_has(phone):
    phone.page.evaluate(
        """() => { IDBObjectStore.prototype.add = () => { throw new DOMException('full', 'QuotaExceededError'); }; }"""
    )
    phone.context.set_offline(True)
    phone.page.locator("#step-accept").tap()
    expect(phone.page.locator(".toast.bad")).to_contain_text("storage is full")
    expect(phone.waiting).to_contain_text("1 tap(s) waiting")
    phone.context.set_offline(False)
    expect(phone.waiting).to_be_hidden()
    assert held(phone)["status"] == "accepted"
