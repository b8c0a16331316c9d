"""The pilot's page in a browser: one vehicle at a time, and one seat that commands it."""

import contextlib
import re
import threading
from urllib.error import HTTPError
from urllib.parse import urljoin
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import expect
from pymavlink.dialects.v20 import ardupilotmega as mavlink

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


GIMBAL_CAN_RETRACT, CAN_IMAGE, CAN_ZOOM = 1, 2, 64
LEVEL = (1.0, 0.0, 0.0, 0.0)


def named(text):
    return list(text.encode().ljust(32, b"\0"))


def carry(drone, *, can_told=True):
    """A gimbal that folds away and a camera that takes pictures and zooms, or that say nothing of it."""
    nan, mav = float("nan"), mavlink
    drone.says = [
        mav.MAVLink_gimbal_device_attitude_status_message(0, 0, 0, 32, LEVEL, 0, 0, 0, 0, gimbal_device_id=1),
        mav.MAVLink_camera_capture_status_message(0, 0, 0, 0, 0, 100, 3),
    ]
    if can_told:
        drone.says += [
            mav.MAVLink_gimbal_manager_information_message(0, GIMBAL_CAN_RETRACT, 1, 0, 0, -1.5, 0.5, -3, 3),
            mav.MAVLink_camera_information_message(
                0, named("Acme"), named("<b>Z30</b>"), 0, nan, nan, nan, 1920, 1080, 0, CAN_IMAGE | CAN_ZOOM, 0, b""
            ),
            mav.MAVLink_camera_settings_message(0, 0, 40.0, nan),
        ]


def test_only_what_gimbal_and_camera_say_they_can_is_offered(open_page, centre):
    carry(centre.fly(36))
    page = open_page("/pilot?vehicle=main-36&lang=en")
    expect(page.locator(".payload .row b").last).to_have_text("Acme <b>Z30</b>")
    expect(page.get_by_role("button", name="Photo")).to_be_enabled()
    expect(page.get_by_role("button", name="Fold away")).to_be_visible()
    expect(page.get_by_label("Zoom")).to_have_value("40")
    for name in ("Rest", "Record", "Focus", "Follow the middle"):
        expect(page.get_by_role("button", name=name, exact=True)).to_be_hidden()
    page.route("**/camera", lambda route: route.fulfill(json={}))
    with page.expect_request("**/camera") as asked:
        page.get_by_role("button", name="Photo").click()
    assert asked.value.post_data_json == {"action": "photo", "camera": "1-0", "confirm": "main-36"}


def test_what_they_have_not_said_is_unknown(open_page, centre):
    carry(centre.fly(37), can_told=False)
    page = open_page("/pilot?vehicle=main-37&lang=en")
    expect(page.locator(".payload")).to_contain_text("has not said what it can do")
    expect(page.locator(".payload")).to_contain_text("has not said what else it can do")
    expect(page.get_by_role("button", name="Photo")).to_be_hidden()
    expect(page.get_by_role("button", name="45° down")).to_be_visible()


def test_the_next_click_on_the_map_is_where_to_look(open_page, centre):
    centre.fly(38)
    page = open_page("/pilot?vehicle=main-38&lang=en")
    place = page.get_by_role("button", name="At a place on the map")
    place.click()
    expect(place).to_have_attribute("aria-pressed", "true")
    page.route("**/look", lambda route: route.fulfill(json={}))
    with page.expect_request("**/look") as asked:
        page.locator(".folium-map").click(position={"x": 60, "y": 120})
    body = asked.value.post_data_json
    assert (abs(body["place"]["lat"] - 29.9) < 0.1, abs(body["place"]["lon"] - 121.84) < 0.1) == (True, True)
    expect(place).to_have_attribute("aria-pressed", "false")


def read_file(url):
    """As a script of chen's would; what it is answered does not matter here."""
    with contextlib.suppress(HTTPError):
        urlopen(Request(url, headers={"X-Seat": "chen"}), timeout=30).close()


def test_a_transfer_is_seen_on_its_way_and_given_up(open_page, centre):
    centre.fly(39, armed=False)
    page = open_page("/pilot?vehicle=main-39&lang=en")
    expect(page.locator(".mode")).to_have_text("AUTO")
    as_seat(page, "chen")
    path = "/api/v1/vehicles/main-39/file?path=/APM/a.bin"
    reading = threading.Thread(target=read_file, args=(centre.url + path,))
    reading.start()
    row = page.locator(".transfers .row").filter(has_text="/APM/a.bin")
    expect(row.locator(".name")).to_have_text("Reading /APM/a.bin · chen")
    row.get_by_role("button", name="Cancel").click()
    expect(row).to_have_count(0)
    reading.join(10)
    assert not reading.is_alive()


def test_remote_identification_far_from_the_vehicle_is_red(open_page, centre):
    drone = centre.fly(40)
    nobody, e7 = [0] * 20, 10_000_000
    drone.says = [
        mavlink.MAVLink_open_drone_id_basic_id_message(0, 0, nobody, 1, 2, list(b"1581F4".ljust(20, b"\0"))),
        mavlink.MAVLink_open_drone_id_location_message(
            0, 0, nobody, 1, 36100, 255, 63, int(29.91 * e7), int(121.84 * e7), 10, 10, 0, 10, 5, 3, 4, 3, 100, 1
        ),
        mavlink.MAVLink_open_drone_id_arm_status_message(1, b"no operator location"),
    ]
    page = open_page("/pilot?vehicle=main-40&lang=en")
    facts = page.locator(".authority dd.bad")
    expect(facts.first).to_have_text("keeps it from arming: no operator location")
    expect(facts.last).to_have_text(re.compile(r"1581F4 · On ground · 1\.11 km from its own position"))


def test_a_vehicle_that_nobody_has_heard_is_named_instead_of_an_empty_page(open_page, centre):
    centre.fly(41)
    page = open_page("/pilot?vehicle=main-99&lang=en")
    expect(page.locator(".nobody")).to_have_text("main-99 has not been heard yet")
    expect(page.locator("#vehicle")).to_have_value("main-99")


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


def test_another_station_that_asks_is_shown_and_answered_by_hand(open_page, centre):
    drone = centre.fly(42)
    drone.says = [
        mavlink.MAVLink_command_long_message(255, 190, 32100, 0, 1, 0, 30, 254, 0, 0, 0),
        mavlink.MAVLink_command_ack_message(32100, 0, 0, 0, 255, 190),
    ]
    page = open_page("/pilot?vehicle=main-42&lang=en")
    as_seat(page, "chen")
    fact = page.locator(".authority dd.bad")
    expect(fact).to_contain_text("station 254 asks, ")
    page.get_by_role("button", name="Take control").click()
    drone.says = drone.says[1:]
    held(page, "Hold: let others take it")
    expect(fact).to_have_count(0)
    events = page.request.get(urljoin(page.url, "/api/v1/events?limit=1000")).json()
    told = [(event["kind"], event["actor"]) for event in events if event["kind"].startswith("operator.")]
    assert told == [("operator.asked", "main-42"), ("operator.granted", "chen")]
