"""Links on the page: how each is doing, who is heard by it, one more of them and one less."""

import socket

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def held(page, button):
    button.hover()
    page.mouse.down()
    page.wait_for_timeout(1150)
    page.mouse.up()


@pytest.fixture
def links(open_page):
    page = open_page(refusals="Failed to load resource")
    page.locator("#open-links").click()
    return page


def row_of(page, url):
    return page.locator("#links > li").filter(has=page.get_by_text(url, exact=True))


def test_each_link_tells_its_network_its_counts_and_who_is_heard_by_it(centre, links):
    centre.fly(7, armed=False)
    row = row_of(links, centre.sky.url)
    expect(row.locator(".chip")).to_have_text(["open", "network main", "not signed"])
    expect(row.locator("summary")).to_have_text("Vehicles heard by it: 1")
    row.locator("summary").click()
    expect(row.locator(".link-ways li")).to_contain_text("main-7")
    expect(row.locator(".link-ways li")).to_contain_text("in use")
    expect(row.locator(".link-counts dt")).to_have_text(["Heard", "Sent", "Lost", "Damaged", "Refused", "System drops"])
    expect(row.locator(".link-counts dd").first).not_to_have_text("0")


def test_a_link_is_opened_in_a_network_and_a_wrong_one_is_refused_in_words(links):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"udpout://127.0.0.1:{port}"
    links.locator("#link-url").fill("guest+udpin://127.0.0.1:0?allow=all")
    links.get_by_role("button", name="Open", exact=True).click()
    expect(links.locator(".toast.bad")).to_contain_text("in the settings only")
    links.locator("#link-url").fill(url)
    links.locator("#link-network").fill("north")
    links.get_by_role("button", name="Open", exact=True).click()
    expect(row_of(links, url).locator(".chip").nth(1)).to_have_text("network north")
    held(links, row_of(links, url).get_by_role("button", name="Hold to close"))
    expect(row_of(links, url)).to_have_count(0)


def test_who_would_not_be_heard_any_more_is_asked_about_before_the_link_goes(centre, links):
    centre.fly(7, armed=False)
    row = row_of(links, centre.sky.url)
    expect(row.locator("summary")).to_have_text("Vehicles heard by it: 1")
    held(links, row.get_by_role("button", name="Hold to close"))
    expect(row).to_contain_text("Not heard, and not commanded, any more: main-7")
    row.get_by_role("button", name="Keep it").click()
    held(links, row.get_by_role("button", name="Hold to close"))
    held(links, row.get_by_role("button", name="Hold: close it anyway"))
    expect(row).to_have_count(0)


def test_the_only_link_of_an_armed_vehicle_stays(centre, links):
    centre.fly(7)
    row = row_of(links, centre.sky.url)
    expect(row.locator("summary")).to_have_text("Vehicles heard by it: 1")
    held(links, row.get_by_role("button", name="Hold to close"))
    expect(links.locator(".toast.bad")).to_contain_text("main-7 is armed and heard by")
    expect(row).to_have_count(1)
