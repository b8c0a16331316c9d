"""Other systems on the page: how channels are doing, what they gave up, and doors by which others report."""

from urllib.parse import urljoin

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser
CHANNEL = {"name": "city", "exercise": False, "waiting": 2, "given_up": 1, "problem": "answers 500"}
DEAD = {
    "event": {"kind": "sighting.created", "at": "2026-03-01T08:00:00Z", "actor": "desk", "data": {}},
    "attempts": 9,
    "problem": "refused for good",
}


def test_what_a_channel_gave_up_is_shown_and_tried_again(open_page):
    page = open_page()
    tried = []

    def revive(route):
        tried.append(route.request.method)
        route.fulfill(json={"revived": 1})

    page.route("**/api/v1/channels", lambda route: route.fulfill(json=[CHANNEL]))
    page.route("**/channels/city/given-up*", lambda route: route.fulfill(json=[DEAD]))
    page.route("**/channels/city/revive", revive)
    page.locator("#tool-systems").click()
    row = page.locator("#channels li").first
    expect(row).to_contain_text("answers 500")
    expect(row).to_contain_text("2 waiting · 1 given up")
    row.get_by_role("button", name="Show what was given up").click()
    expect(row.locator(".history")).to_contain_text("refused for good")
    row.get_by_role("button", name="Try again").click()
    expect(page.locator(".toast")).to_contain_text("1 are tried again")
    assert tried == ["POST"]


def test_a_door_is_opened_tested_and_closed(open_page):
    page = open_page()
    page.locator("#tool-systems").click()
    expect(page.locator("#intakes")).to_contain_text("No intakes are open")
    page.locator("#intake-name").fill("City hotline")
    page.locator("#intake-class").select_option("illegal_parking")
    page.locator(".intake-form button[type=submit]").click()
    row = page.locator("#intakes li").filter(has_text="City hotline")
    expect(row).to_contain_text("Illegal parking")
    address = page.get_by_label("Address (POST)").input_value()
    secret, sample = page.get_by_label("Secret").input_value(), page.get_by_label("Sample body").input_value()
    headers = {"X-Intake-Secret": secret, "Content-Type": "application/json"}
    assert page.request.post(f"{address}?test=1", headers=headers, data=sample).json() == {"test": True}
    row.get_by_role("button", name="Test").click()
    page.locator("#tab-events").click()
    expect(page.locator("#events")).to_contain_text("intake tested · City hotline")
    assert page.request.get(urljoin(page.url, "/api/v1/sightings")).json() == []
    row.get_by_role("button", name="Hold to close").hover()
    page.mouse.down()
    page.wait_for_timeout(1150)
    page.mouse.up()
    expect(page.locator("#intakes")).to_contain_text("No intakes are open")
