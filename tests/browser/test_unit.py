"""A unit's phone and the centre beside it: a task goes out, is dealt with, and the centre sees each step."""

import re
from urllib.parse import urljoin

import pytest
from playwright.sync_api import expect

from .conftest import PAGE_KEPT

pytestmark = pytest.mark.browser
HERE = {"latitude": 29.9003, "longitude": 121.8402}


def register(phone, name):
    expect(phone.locator("#unit-name")).to_be_visible()
    phone.locator("#unit-name").fill(name)
    phone.locator("#unit-simulated").set_checked(False)
    phone.get_by_role("button", name="Register and start").click()
    expect(phone.locator(".calm")).to_be_visible()
    expect(phone.locator(".feed.ok")).to_be_visible()


def report(page, note, klass="crowd"):
    page.locator("#tool-report").click()
    page.mouse.click(900, 420)
    page.locator("#report-class").select_option(klass)
    page.locator("#report-note").fill(note)
    page.locator(".drawer button[type=submit]").click()


def line_of(page, note):
    return page.locator("#sightings li:has(.row)").filter(has_text=note)


@pytest.fixture
def phone(open_page):
    return open_page(
        "/unit?lang=en",
        phone=True,
        geolocation=HERE,
        permissions=["geolocation"],
        refusals="net::ERR_INTERNET_DISCONNECTED",
    )


def test_a_click_on_the_map_becomes_a_task_that_is_dealt_with(open_page, phone):
    register(phone, "Car Alpha")
    phone.get_by_role("button", name="Use the phone's position").click()
    expect(phone.locator(".place").first).to_contain_text("29.90030, 121.84020")
    page = open_page()
    expect(page.locator('.unit-marker[aria-label^="Car Alpha"]')).to_be_attached()
    report(page, "dispute at the gate")
    expect(phone.locator(".task")).to_contain_text("dispute at the gate")
    expect(phone.locator(".task .num").first).to_contain_text(re.compile(r"\d m|\d km"))
    status = line_of(page, "dispute at the gate").locator(".row .chip")
    phone.locator("#step-accept").tap()
    expect(status).to_have_text("Accepted")
    phone.locator("#step-arrive").tap()
    expect(status).to_have_text("On scene")
    phone.locator("#step-resolve").tap()
    phone.get_by_role("button", name="moved on").tap()
    expect(status).to_have_text("Resolved")
    expect(line_of(page, "dispute at the gate").locator(".details")).to_contain_text("moved on")
    expect(phone.locator(".calm")).to_be_visible()
    kept = page.request.get(urljoin(page.url, "/api/v1/sightings")).json()
    settled = next(sighting for sighting in kept if sighting["note"] == "dispute at the gate")
    steps = [step for step in settled["history"] if step["action"] in ("accept", "arrive", "resolve")]
    assert [step["actor"] for step in steps] == [settled["unit"]] * 3, "a unit's steps are its own"
    events = page.request.get(urljoin(page.url, "/api/v1/events?limit=1000")).json()
    receipts = [event["kind"] for event in events if event["sighting"] == settled["id"]]
    assert "task.read" in receipts, "the centre hears that somebody has it before their eyes"


def test_taps_wait_for_the_network_and_keep_their_time(open_page, phone):
    register(phone, "Car Bravo")
    page = open_page()
    report(page, "blocked exit", "illegal_parking")
    expect(phone.locator("#step-accept")).to_be_visible()
    phone.route("**/steps", lambda route: route.abort("internetdisconnected"))
    phone.locator("#step-accept").tap()
    expect(phone.locator("#step-arrive")).to_be_visible()
    expect(phone.locator(".waiting")).to_contain_text("1 tap(s) waiting")
    phone.reload()
    expect(phone.locator("#step-arrive")).to_be_visible()
    phone.locator("#step-arrive").tap()
    expect(phone.locator(".waiting")).to_contain_text("2 tap(s) waiting")
    expect(line_of(page, "blocked exit").locator(".row .chip")).to_have_text("Assigned")
    phone.unroute("**/steps")
    expect(line_of(page, "blocked exit").locator(".row .chip")).to_have_text("On scene")
    expect(line_of(page, "blocked exit").locator(".history")).to_contain_text(
        re.compile(r"tapped offline at \d\d:\d\d")
    )
    expect(phone.locator(".waiting")).to_be_hidden()


def test_the_page_opens_without_a_network_and_shows_the_task(open_page, phone):
    register(phone, "Car Charlie")
    page = open_page()
    report(page, "smoke behind the school")
    expect(phone.locator(".task")).to_contain_text("smoke behind the school")
    phone.evaluate("navigator.serviceWorker.ready.then(() => 1)")
    phone.evaluate(PAGE_KEPT)
    phone.context.set_offline(True)
    phone.reload()
    expect(phone.locator(".task")).to_contain_text("smoke behind the school")
    expect(phone.locator(".waiting")).to_be_visible()
    phone.locator("#step-accept").tap()
    expect(phone.locator("#step-arrive")).to_be_visible()
    phone.context.set_offline(False)
    expect(line_of(page, "smoke behind the school").locator(".row .chip")).to_have_text("Accepted")


def test_the_dispatcher_sends_somebody_else(open_page):
    page = open_page()
    page.evaluate(
        """units => Promise.all(units.map(([name, lon]) => fetch('/api/v1/units', {method: 'POST',
        headers: {'Content-Type': 'application/json'},
        body: JSON.stringify({id: name, name, kind: 'officer', lat: 29.9, lon})})))""",
        [["Near", 121.84], ["Far", 121.9]],
    )
    expect(page.locator(".unit-marker")).to_have_count(2)
    report(page, "loud music")
    row = line_of(page, "loud music")
    expect(row.locator(".row")).to_contain_text("Near")
    row.get_by_label("Unit", exact=True).select_option("Far")
    row.get_by_role("button", name="Reassign").click()
    expect(row.locator(".row")).to_contain_text("Far")
    expect(row.locator(".history li")).to_have_count(3)


def test_the_dispatcher_takes_a_task_back_and_the_phone_says_so(open_page, phone):
    register(phone, "Car Echo")
    page = open_page()
    report(page, "noise")
    expect(phone.locator("#step-accept")).to_be_visible()
    line = line_of(page, "noise")
    line.get_by_role("button", name="Take the task back").click()
    expect(phone.locator(".toast").filter(has_text="taken back")).to_be_visible()
    expect(phone.locator(".calm")).to_be_visible()
    expect(line.locator(".row .chip")).to_have_text("New")


def test_a_pilot_registers_the_drone_and_it_is_where_its_vehicle_is(centre, open_page, phone):
    centre.fly(41)
    page = open_page()
    expect(page.locator("#fleet .row").filter(has_text="main-41").first).to_be_visible()
    phone.reload()
    phone.locator("#unit-kind").select_option("drone")
    phone.locator("#unit-vehicle").select_option("main-41")
    register(phone, "Eye One")
    page.locator("#tab-units").click()
    row = page.locator("#units li").filter(has_text="Eye One")
    expect(row).to_contain_text("Drone")
    expect(row).to_contain_text("ago")
    expect(page.locator('.unit-marker[aria-label^="Eye One"]')).to_be_attached()


def test_a_unit_that_nobody_registered_is_asked_who_it_is(open_page):
    phone = open_page("/unit?lang=zh&unit=nobody", phone=True, watched=False)
    expect(phone.locator("#unit-name")).to_be_visible()
    expect(phone.locator(".toast.bad")).to_contain_text("没有登记")
