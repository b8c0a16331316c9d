"""What a dispatcher does with a sighting: judges it, sends somebody, has a drone help, looks at what others see."""

import base64
import json
from urllib.parse import urljoin

import pytest
from playwright.sync_api import expect

from gcs.dispatch.payloads import PayloadSettings

pytestmark = pytest.mark.browser
DOT = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
HORN = PayloadSettings(name="horn", zh="喊话器", en="loudspeaker", relay=0, speaks=True)
POST = """async ([path, body]) => {
    const answer = await fetch('/api/v1' + path, {method: 'POST', body: JSON.stringify(body),
        headers: {'Content-Type': 'application/json'}});
    if (!answer.ok) throw new Error(await answer.text());
    return answer.json();
}"""


@pytest.fixture
def settings():
    return {"payloads": (HORN,), "sites": "beilun"}


def tell(page, path, **body):
    return page.evaluate(POST, [path, body])


def see(page, note, lat=29.9, lon=121.84, **more):
    return tell(page, "/sightings", **{"klass": "crowd", "lat": lat, "lon": lon, "note": note, **more})


def opened(page, note):
    """The line of a sighting, opened."""
    line = page.locator("#sightings li:has(.row)").filter(has_text=note).first
    if "open" not in (line.get_attribute("class") or ""):
        line.locator(".row").click()
    return line


def hold(page, button):
    button.hover()
    page.mouse.down()
    page.wait_for_timeout(1150)
    page.mouse.up()


def test_one_click_sends_somebody_else_who_is_shown_with_a_reason(open_page):
    page = open_page()
    see(page, "loud music", klass="congestion")
    line = opened(page, "loud music")
    expect(line.locator(".candidates")).to_contain_text("No fit unit is free")
    tell(page, "/units", id="Near", name="Near", kind="patrol_car", lat=29.9, lon=121.841)
    expect(line.locator(".row .chip")).to_have_text("Assigned")
    tell(page, "/units", id="Far", name="Far", kind="patrol_car", lat=29.9, lon=121.9)
    far = line.locator(".candidates li").filter(has_text="Send Far")
    expect(far).to_contain_text("min (estimated)")
    far.get_by_role("button").click()
    expect(line.locator(".row")).to_contain_text("Far")
    expect(line.locator(".history li")).to_have_count(3)


def test_a_sighting_is_classified_and_found_to_be_known_already(open_page):
    page = open_page()
    see(page, "first call")
    see(page, "second call", lat=29.9001)
    line = opened(page, "second call")
    line.locator(".sorting summary").click()
    line.get_by_label("Class").select_option("congestion")
    line.get_by_role("button", name="Classify").click()
    expect(line.locator(".row b")).to_have_text("Congestion")
    line.locator(".sorting summary").click()
    line.get_by_role("button", name="Duplicate").click()
    expect(line.locator(".row .chip")).to_have_text("Duplicate")
    line.locator(".facts .link").click()
    first = page.locator("#sightings li.open")
    expect(first.locator(".facts")).to_contain_text("first call")
    expect(first.locator(".facts")).to_contain_text("Its duplicates")


def test_steps_that_need_words_ask_for_them(open_page):
    page = open_page()
    see(page, "a call")
    line = opened(page, "a call")
    line.get_by_role("button", name="Supervise").click()
    expect(page.locator(".toast.bad")).to_be_visible()
    line.locator("textarea").fill("the mayor asks")
    line.get_by_role("button", name="Supervise").click()
    expect(line.locator(".facts .bad")).to_contain_text("asked for by the centre")
    for name in ("Dismiss", "Assess", "Analyse"):
        line.locator("textarea").fill(f"words for {name}")
        line.get_by_role("button", name=name, exact=True).click()
        expect(line.locator(".history")).to_contain_text(f"words for {name}")
    line.get_by_role("button", name="Archive", exact=True).click()
    expect(line.locator(".row .chip")).to_have_text("Archived")


def test_pictures_and_the_site_are_shown(open_page):
    page = open_page()
    site = page.request.get(urljoin(page.url, "/api/v1/sites")).json()[0]
    ring = site["areas"][0][0]
    lon, lat = (sum(corner[i] for corner in ring[:-1]) / (len(ring) - 1) for i in (0, 1))
    see(page, "by the gate", lat=lat, lon=lon)
    line = opened(page, "by the gate")
    expect(line.locator(".facts")).to_contain_text(site["en"])
    line.locator("input[type=file]").set_input_files({"name": "p.png", "mimeType": "image/png", "buffer": DOT})
    expect(line.locator(".pictures img")).to_have_count(1)
    page.locator("#tool-sites").click()
    expect(page.locator(".site-name").filter(has_text=site["en"])).to_be_attached()
    page.locator("path.leaflet-interactive").first.dispatch_event("mouseover")
    expect(page.locator(".leaflet-tooltip")).to_contain_text(site["en"])
    page.locator("#tool-sites").click()
    expect(page.locator(".site-name")).to_have_count(0)


def answered(page, urls, reply):
    """Has what is asked at `urls` answered by `reply`; (path, body) of what was asked so far."""
    asked = []

    def answer(route):
        asked.append((route.request.url.split("/api/v1")[1], json.loads(route.request.post_data)))
        route.fulfill(json=reply)

    page.route(urls, answer)
    return asked


def test_a_drone_is_asked_to_look_and_to_speak_by_name(open_page, centre):
    centre.fly(41)
    page = open_page()
    asked = answered(page, "**/vehicles/**", {"vehicle": "main-41", "doing": "looks"})
    seen = see(page, "a quarrel")
    line = opened(page, "a quarrel")
    expect(page.locator(".vehicle-marker")).to_have_count(1)
    line.locator(".drone-help summary").click()
    look = line.get_by_role("button", name="Hold: main-41 looks here")
    look.click()
    assert asked == [], "a click is not enough"
    hold(page, look)
    expect(page.locator(".toast").filter(has_text="main-41: done")).to_be_visible()
    assert asked == [("/vehicles/main-41/look", {"confirm": "main-41", "sighting": seen["id"]})]
    speak = line.get_by_role("button", name="Hold: main-41 loudspeaker on")
    hold(page, speak)
    assert len(asked) == 1, "nothing is said without words"
    line.get_by_label("What is said").fill("Please clear the gate")
    hold(page, speak)
    expect(page.locator(".toast").filter(has_text="main-41: done")).to_have_count(2)
    words = {"confirm": "main-41", "on": True, "text": "Please clear the gate"}
    assert asked[1] == ("/vehicles/main-41/payloads/horn", words)


def test_a_drone_in_the_air_is_sent_above_a_sighting_by_a_held_button(open_page, centre):
    centre.fly(42)
    page = open_page()
    asked = answered(page, "**/fly-there", {"vehicle": "main-42", "alt_m": 45.0, "looks": True})
    seen = see(page, "a crowd gathers")
    line = opened(page, "a crowd gathers")
    line.locator(".drone-help summary").click()
    button = line.get_by_role("button", name="Hold: main-42 flies there")
    button.click()
    assert asked == [], "a click is not enough"
    hold(page, button)
    expect(page.locator(".toast").filter(has_text="main-42 flies there at 45 m")).to_be_visible()
    assert asked == [("/vehicles/main-42/fly-there", {"confirm": "main-42", "sighting": seen["id"]})]


def test_the_analysis_shows_figures_and_heat_and_files(open_page):
    page = open_page()
    for i in range(3):
        see(page, f"call {i}", lat=29.9 + i / 1e5)
    page.locator("#tool-analysis").click()
    expect(page.locator(".analysis-class")).to_have_count(1)
    expect(page.locator(".analysis-class")).to_contain_text("Crowd")
    expect(page.locator("path.leaflet-interactive[fill^='rgb(']")).not_to_have_count(0)
    csv = page.request.get(urljoin(page.url, page.get_by_text("Download CSV").get_attribute("href")))
    assert csv.text().count("call ") == 3
    printed = page.request.get(urljoin(page.url, page.get_by_text("Open the page to print").get_attribute("href")))
    assert printed.ok
    page.keyboard.press("Escape")
    expect(page.locator("path.leaflet-interactive[fill^='rgb(']")).to_have_count(0)


LABELS = """() => [...document.querySelectorAll('.marker .tag')]
    .filter((tag) => tag.checkVisibility({visibilityProperty: true}))
    .map((tag) => tag.getBoundingClientRect())
    .map(({left, top, right, bottom}) => [left, top, right, bottom])
"""


def apart(page):
    boxes = page.evaluate(LABELS)
    pairs = [(a, b) for i, a in enumerate(boxes) for b in boxes[:i]]
    return len(boxes), not any(a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3] for a, b in pairs)


def test_labels_keep_apart_and_one_that_waits_shows_when_it_is_pointed_at(open_page):
    page = open_page()
    for i in range(5):
        unit = {"id": f"car-{i}", "name": f"Patrol car {i}", "kind": "station", "lat": 29.9, "lon": 121.84 + i / 1e5}
        assert page.request.post(urljoin(page.url, "/api/v1/units"), data=unit).ok
    markers = page.locator(".unit-marker")
    expect(markers).to_have_count(5)
    expect(page.locator(".unit-marker .tag.waits")).to_have_count(3)
    assert apart(page) == (2, True)
    assert page.locator(".unit-marker .tag.above").count() == 1
    waiting = page.locator(".unit-marker:has(.tag.waits)").first
    waiting.focus()
    expect(waiting.locator(".tag")).to_be_visible()


def test_who_is_there_first_is_asked_for_a_place_and_sends_nothing(open_page, centre):
    centre.fly(43)
    page = open_page()
    look = {"vehicle": "main-43", "name": "main-43", "simulated": None, "arrival_s": 65.0, "spare_s": 700.0,
            "from_ground": False, "way": [[29.91, 121.85], [29.92, 121.86]], "speed_m_s": 10.0,
            "endurance_s": 1500.0}  # fmt: skip
    other = {"vehicle": "main-44", "name": "<b>44", "simulated": None, "code": "wind", "arrival_s": None,
             "reason": {"zh": "风太大", "en": "the wind is too strong"}}  # fmt: skip
    told = {"lat": 29.9, "lon": 121.84, "simulated": False, "zones": 2, "looks": [look], "others": [other],
            "wind": {"from_deg": 350.0, "speed_m_s": 4.0, "told_by": "drones"}}  # fmt: skip
    page.route("**/looks?**", lambda route: route.fulfill(json=told))
    asked = []
    page.on("request", lambda request: asked.append(request) if request.method == "POST" else None)
    expect(page.locator(".vehicle-marker").filter(has_text="main-43")).to_be_visible()
    page.locator("#tool-first").click()
    page.locator(".folium-map").click(position={"x": 700, "y": 300})
    drawer = page.locator(".drawer")
    row = drawer.get_by_role("button", name="main-43")
    expect(row).to_contain_text("1:05")
    expect(drawer).to_contain_text("Wind 4.0 m/s from north, as drones tell · round 2 no-fly zone(s)")
    drawer.locator("summary").click()
    expect(drawer).to_contain_text("<b>44")
    expect(drawer).to_contain_text("the wind is too strong")
    row.click()
    expect(drawer.get_by_role("button", name="Hold: main-43 looks here")).to_be_visible()
    expect(page.locator(".fleet .row[aria-expanded=true], .fleet .row[aria-pressed=true]")).to_contain_text("main-43")
    assert asked == [], "asking sends nothing"
