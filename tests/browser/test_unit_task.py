"""What a unit's phone does for its task: the way there in the right datum, photos back, and what has arrived."""

import base64
from urllib.parse import urljoin

import pytest
from playwright.sync_api import expect

from maps.datum import to_gcj02

from .conftest import GIVE_TASK

pytestmark = pytest.mark.browser
PLACE = (29.9012, 121.8423)
DOT = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


@pytest.fixture
def phone(open_page):
    """The phone of a unit with a task."""
    page = open_page("/unit?lang=en&unit=car-1", phone=True, watched=False)
    page.evaluate(GIVE_TASK, list(PLACE))
    page.goto(urljoin(page.url, "/unit?lang=en&unit=car-1"))
    expect(page.locator("#step-accept")).to_be_visible()
    return page


def near(text, place):
    lat, lon = (float(part) for part in text.split(","))
    return abs(lat - place[0]) < 2e-6 and abs(lon - place[1]) < 2e-6


def test_the_way_is_given_in_the_datum_that_the_app_takes(phone):
    link, choice = phone.locator("#navigate"), phone.locator("#maps-app")
    shifted = to_gcj02(*PLACE)
    assert near(link.get_attribute("href").removeprefix("geo:").split("?")[0], shifted)
    choice.select_option("wgs84")
    assert near(link.get_attribute("href").removeprefix("geo:").split("?")[0], PLACE)
    choice.select_option("baidu")
    assert "coord_type=gcj02" in link.get_attribute("href")
    phone.reload()
    expect(choice).to_have_value("baidu")


def test_a_photo_reaches_the_centre_and_is_shown(phone):
    phone.locator("#photo").set_input_files({"name": "p.png", "mimeType": "image/png", "buffer": DOT})
    expect(phone.locator(".task .pictures:not(.unsent) img")).to_have_js_property("naturalWidth", 1)
    (kept,) = phone.request.get(urljoin(phone.url, "/api/v1/sightings")).json()
    assert [picture["by"] for picture in kept["pictures"]] == ["car-1"]
    assert kept["pictures"][0]["media_type"] == "image/jpeg", "without what phones write into their files"


def test_a_photo_waits_for_the_network(phone):
    phone.route("**/pictures", lambda route: route.abort("internetdisconnected"))
    phone.locator("#photo").set_input_files({"name": "p.png", "mimeType": "image/png", "buffer": DOT})
    expect(phone.locator(".waiting").first).to_contain_text("1 photo(s) waiting")
    phone.unroute("**/pictures")
    phone.evaluate("dispatchEvent(new Event('online'))")
    expect(phone.locator(".task .pictures img")).to_have_count(1)
    expect(phone.locator(".strip.waiting")).to_be_hidden()


def test_the_officer_sees_what_the_centre_has(phone):
    phone.route("**/steps", lambda route: route.abort("internetdisconnected"))
    phone.locator("#step-accept").tap()
    expect(phone.locator(".receipt")).to_contain_text("on its way to the centre")
    phone.unroute("**/steps")
    phone.evaluate("dispatchEvent(new Event('online'))")
    expect(phone.locator(".receipt")).to_contain_text("the centre has it")


def test_one_tap_refuses_and_the_centre_hears_who_it_was(phone):
    expect(phone.get_by_role("button", name="Refuse")).to_be_visible()
    phone.locator("#step-refuse").tap()
    expect(phone.locator(".calm")).to_be_visible()
    expect(phone.locator(".toast").first).to_contain_text("Handed back")
    api = phone.request
    expect(phone.locator(".waiting")).not_to_contain_text("waiting to be sent")
    (kept,) = api.get(urljoin(phone.url, "/api/v1/sightings")).json()
    assert [(step["action"], step["unit"]) for step in kept["history"]][-1] == ("refuse", "car-1")
    assert (kept["status"], kept["unit"]) == ("new", None)


def test_until_the_first_tap_the_page_says_that_no_sound_can_come(phone):
    expect(phone.locator(".strip.sound")).to_contain_text("Tap once")
    phone.locator(".task h1").tap()
    expect(phone.locator(".strip.sound")).to_be_hidden()


def test_how_sure_the_place_is_stands_on_the_card_and_round_it_on_the_map(phone):
    sighting = {"klass": "accident", "lat": PLACE[0], "lon": PLACE[1], "ce90_m": 23}
    api = urljoin(phone.url, "/api/v1/sightings")
    phone.locator("#step-accept").tap()
    phone.locator("#step-arrive").tap()
    phone.locator("#step-resolve").tap()
    phone.locator(".outcome").first.tap()
    expect(phone.locator(".calm")).to_be_visible()
    phone.request.post(api, data=sighting)
    expect(phone.locator(".task .meta")).to_contain_text("± 23 m")
    expect(phone.locator(".leaflet-plan-pane path")).to_have_count(1)
