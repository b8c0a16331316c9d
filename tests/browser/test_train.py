"""The instructor's page over a real drill: start, spoil, place, mark, hold, end; then the debrief, without a script."""

import asyncio
import threading

import pytest
from playwright.sync_api import expect

from gcs.cli.drill import Training, Wishes, all_drills
from gcs.training.records import Records

pytestmark = pytest.mark.browser


class Instructor:
    """Training in a thread of its own, with no drill yet; `url` is where its pages are."""

    def __init__(self, folder, drills=None):
        self._ready, self.url = threading.Event(), ""
        wishes = Wishes(
            speedup=5.0, headless=False, exit_when_done=False, as_json=True, http="127.0.0.1:0", trainee="Li"
        )
        self._made = (drills or all_drills(None), Records(folder), wishes)
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()), daemon=True)
        self._thread.start()
        assert self._ready.wait(30), "training did not start"

    async def _run(self):
        self._loop = asyncio.get_running_loop()
        self._training = Training(*self._made, listens=self._listens)
        await self._training.run(None)

    def _listens(self, url):
        self.url = url
        self._ready.set()

    def close(self):
        self._loop.call_soon_threadsafe(self._training.stop)
        self._thread.join(20)


@pytest.fixture
def centre(tmp_path, chromium):
    """Takes the place of the usual ground control, so that `open_page` opens this one's pages."""
    found = Instructor(tmp_path / "training")
    yield found
    found.close()


def test_a_drill_is_led_from_the_page(open_page):
    page = open_page("/train?lang=en", refusals="ERR_CONNECTION")
    expect(page.locator(".banner.exercise")).to_be_visible()
    expect(page.locator("#drills li")).to_have_count(8)
    expect(page.get_by_role("button", name="Set the fault")).to_be_disabled()
    expect(page.locator("#record")).to_contain_text("Nothing on record yet")
    page.locator('#drills li[data-drill="school-gate"] button').click()
    expect(page.locator(".toast.bad")).to_have_text("Say first who is trained")
    page.locator("#trainee").fill("Wang")
    page.locator('#drills li[data-drill="school-gate"] button').click()
    expect(page.locator("#run .chip")).to_have_text("running", timeout=30_000)
    expect(page.locator("#run .head b")).to_contain_text("School gate at dismissal · Wang")
    expect(page.locator("#run .truth li").first).to_contain_text("not seen yet")

    page.locator("#fault").select_option("PacketLoss")
    expect(page.locator("#faults .numbers label")).to_have_text("Share (0 to 1)")
    page.locator("#fault").select_option("GpsLoss")
    page.locator("#fault-vehicle").select_option("1")
    page.get_by_role("button", name="Set the fault").click()
    expect(page.locator("#faults .active li")).to_contain_text("GPS lost · vehicle 1")
    page.locator("#faults .active button").click()
    expect(page.locator("#faults .active li")).to_have_count(0)

    page.locator("#thing").select_option("fire")
    page.get_by_role("button", name="Place on the map").click()
    page.mouse.click(780, 450)
    expect(page.locator("#run .truth")).to_contain_text("added-1 · not seen yet")

    page.locator("#bookmark").fill("first look")
    page.get_by_role("button", name="Bookmark").click()
    expect(page.locator("#run .marks")).to_contain_text("first look")

    page.get_by_role("button", name="Hold", exact=True).click()
    expect(page.locator("#run .chip")).to_have_text("held")
    page.get_by_role("button", name="Go on").click()
    expect(page.locator("#run .chip")).to_have_text("running")

    page.get_by_role("button", name="Go back (hold)").focus()
    page.keyboard.down("Enter")
    expect(page.locator("#run .chip")).to_have_text("held", timeout=20_000)
    page.keyboard.up("Enter")
    expect(page.get_by_text("Back at \u201cfirst look\u201d: press Go on")).to_be_visible(timeout=20_000)
    page.get_by_role("button", name="Go on").click()
    expect(page.locator("#run .chip")).to_have_text("running")

    expect(page.locator("#score tbody tr")).to_have_count(9)
    page.get_by_role("button", name="End (hold)").focus()
    page.keyboard.down("Enter")
    expect(page.locator("#run .chip")).to_have_text("over", timeout=15_000)
    page.keyboard.up("Enter")
    expect(page.locator("#record .runs li").first).to_contain_text("not passed")
    expect(page.locator("#record .runs li").last).to_contain_text("School gate at dismissal · runs: 1 · best 0 %")
    expect(page.locator("#bookmark")).to_be_disabled()
    with page.expect_popup() as opened:
        page.locator("#record a").first.click()
    debrief = opened.value
    expect(debrief.locator(".exercise")).to_be_visible()
    expect(debrief.locator("animate").first).to_be_attached()
    expect(debrief.locator(".moments label")).to_contain_text("first look")
