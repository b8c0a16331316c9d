"""The pilot's page in a browser: one vehicle at a time, and one seat that commands it."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def figure(page, name):
    return page.locator(".figure").filter(has_text=name)


def as_seat(page, name):
    page.locator("#seat").fill(name)
    page.locator("#seat").press("Tab")


def held(page, button):
    """Press `button` for as long as it asks for."""
    box = page.get_by_role("button", name=button).bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.wait_for_timeout(1300)
    page.mouse.up()


@pytest.mark.parametrize("phone", [False, True])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_everything_of_one_vehicle_at_one_look(open_page, centre, language, phone):
    drone = centre.fly(31, lat=29.9, lon=121.84, heading=270)
    drone.texts.append("EKF3 IMU0 is using GPS")
    page = open_page(f"/pilot?vehicle=main-31&lang={language}", phone=phone)
    expect(page.locator(".mode")).to_have_text("AUTO")
    expect(figure(page, "相对高度" if language == "zh" else "Height").locator("b")).to_have_text("60.0 m")
    expect(page.locator(".horizon .heading")).to_have_text("270°")
    expect(page.locator(".texts")).to_contain_text("EKF3 IMU0 is using GPS")
    assert not re.findall(r"\b(?:pilot|lease|vehicle|fact)\.[a-z_]+\b", page.inner_text("body"))
    overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert overflow <= 0


def test_a_silent_vehicle_is_told_large_and_its_figures_fade(open_page, centre):
    drone = centre.fly(32)
    page = open_page("/pilot?vehicle=main-32&lang=en")
    expect(page.locator(".mode")).to_have_text("AUTO")
    drone.talking = False
    expect(page.locator(".strip.bad")).to_contain_text(re.compile(r"silent [4-9] s"))
    expect(page.locator("body")).to_have_class(re.compile("stale"))


def test_one_pilot_takes_the_vehicle_another_takes_it_over_and_both_are_told(open_page, centre):
    centre.fly(33)
    chen = open_page("/pilot?vehicle=main-33&lang=en")
    as_seat(chen, "chen")
    chen.get_by_role("button", name="Take control").click()
    expect(chen.locator(".lease .chip")).to_have_text("You (chen) command it")

    wang = open_page("/pilot?vehicle=main-33&lang=en")
    as_seat(wang, "wang")
    expect(wang.locator(".lease .chip")).to_have_text("chen commands it")
    expect(wang.get_by_role("button", name="Return")).to_be_disabled()

    held(wang, "Hold: take over")
    expect(wang.locator(".lease .chip")).to_have_text("You (wang) command it")
    expect(wang.locator(".toasts")).to_contain_text("Taken over from chen")
    expect(chen.locator(".toast.bad")).to_contain_text("wang has taken over")
    expect(chen.get_by_role("button", name="Return")).to_be_disabled()
    expect(wang.get_by_role("button", name="Return")).to_be_enabled()

    wang.get_by_role("button", name="Let go").click()
    expect(chen.locator(".lease .chip")).to_have_text("Nobody commands it")


def test_the_centre_shows_who_commands(open_page, centre):
    centre.fly(34)
    chen = open_page("/pilot?vehicle=main-34&lang=en")
    as_seat(chen, "chen")
    chen.get_by_role("button", name="Take control").click()
    page = open_page("/?lang=en")
    row = page.locator("#fleet button.row").filter(has_text="main-34")
    expect(row.locator(".holder")).to_have_text("chen")
    row.click()
    expect(page.locator("#fleet .facts").first).to_contain_text("chen")


def test_the_centre_is_told_when_a_pilot_takes_over_from_it(open_page, centre):
    centre.fly(35)
    page = open_page("/?lang=en")
    page.locator("#seat").fill("desk")
    page.locator("#seat").press("Tab")
    expect(page.locator("#fleet .count")).to_have_text(re.compile("[1-9]"))
    page.evaluate(
        "fetch('/api/v1/vehicles/main-35/lease', {method: 'POST', body: JSON.stringify({confirm: 'main-35'}),"
        " headers: {'Content-Type': 'application/json', 'X-Seat': 'desk'}}).then((answer) => answer.status)"
    )
    wang = open_page("/pilot?vehicle=main-35&lang=en")
    as_seat(wang, "wang")
    expect(wang.locator(".lease .chip")).to_have_text("desk commands it")
    held(wang, "Hold: take over")
    expect(page.locator(".toast.bad")).to_contain_text("main-35: wang has taken over")
