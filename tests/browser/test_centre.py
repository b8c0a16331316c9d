"""The command centre in a browser: what it shows, what it asks, and what it never does."""

import json
import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser
CORNERS = [[121.80, 29.90], [121.803, 29.90], [121.803, 29.902], [121.80, 29.902], [121.80, 29.90]]
AREA = {"type": "Feature", "properties": {"kind": "area"}, "geometry": {"type": "Polygon", "coordinates": [CORNERS]}}


def marker_of(page, name):
    return page.locator(f'.vehicle-marker[aria-label^="{name},"]')


def report(page, x, y, note):
    page.locator("#tool-report").click()
    page.mouse.click(x, y)
    page.locator("#report-note").fill(note)
    page.locator(".drawer button[type=submit]").click()
    expect(page.locator(".drawer")).to_be_hidden()


def sighting(page, note):
    return page.locator("#sightings li:has(.row)").filter(has_text=note)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_is_whole_without_anybody_else(open_page, language):
    page = open_page(f"/?lang={language}")
    expect(page.locator(".feed.ok")).to_be_visible()
    expect(page.locator(".leaflet-control-attribution")).to_contain_text("not for navigation")
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN" if language == "zh" else "en")
    assert not re.findall(r"\b(?:operation|fleet|alarms|plan|tool|map)\.[a-z_]+\b", page.inner_text("body"))


def test_the_language_changes_on_the_spot_and_stays(open_page):
    page = open_page("/?lang=en")
    expect(page.locator("#fleet h2")).to_contain_text("Fleet")
    page.get_by_role("button", name="中文").click()
    expect(page.locator("#fleet h2")).to_contain_text("机队")
    page.reload()
    expect(page.locator("#fleet h2")).to_contain_text("机队")


def test_a_vehicle_appears_moves_and_turns_stale_with_its_age(open_page, centre):
    drone = centre.fly(21, lat=29.9, lon=121.84, heading=90)
    page = open_page()
    marker = marker_of(page, "main-21")
    expect(marker).to_contain_text("60 m · AUTO")
    expect(marker.locator("g")).to_have_attribute("transform", "rotate(90 20 20)")
    drone.lon, drone.heading = 121.845, 180
    expect(marker.locator("g")).to_have_attribute("transform", "rotate(180 20 20)")
    shown = marker.evaluate("m => m._leaflet_pos.x - map_main.latLngToLayerPoint([29.9, 121.845]).x")
    assert abs(shown) <= 1
    drone.talking = False
    expect(marker).to_have_class(re.compile("stale"))
    expect(marker).to_contain_text(re.compile(r"silent [4-9] s"))
    expect(page.locator("#fleet li:has(.row)").filter(has_text="main-21")).to_contain_text(re.compile(r"silent \d+ s"))
    expect(page.locator("#alarms")).to_contain_text("main-21: link lost")
    centre.sky.drones.remove(drone)


def test_a_command_is_held_for_a_second(open_page, centre):
    centre.fly(22)
    page = open_page()
    row = page.locator("#fleet li:has(.row)").filter(has_text="main-22")
    row.locator(".row").press("Enter")
    expect(row.locator(".row")).to_have_attribute("aria-expanded", "true")
    sent = []
    page.on("request", lambda request: "/command" in request.url and sent.append(request.post_data_json))
    page.route("**/command", lambda route: route.fulfill(json={}))
    button = row.get_by_role("button", name="Return")
    button.click()
    expect(page.locator(".toast")).to_contain_text("Hold for one second")
    assert sent == [], "a short press sends nothing"
    with page.expect_request("**/command"):
        button.click(delay=1100)
    assert sent == [{"command": "rtl", "confirm": "main-22"}]


def test_two_browsers_see_the_same_and_one_that_comes_back_too(open_page, centre):
    centre.fly(23)
    one, other = open_page(), open_page("/?lang=zh")
    expect(one.locator(".feed.ok")).to_be_visible()
    report(one, 900, 420, "seen by one")
    expect(sighting(other, "seen by one")).to_be_visible()
    one.close()
    again = open_page()
    expect(sighting(again, "seen by one")).to_be_visible()
    expect(marker_of(again, "main-23")).to_be_visible()


def test_a_feed_that_breaks_says_how_old_it_is_and_comes_back(open_page):
    page = open_page(watched=False)
    expect(page.locator(".feed.ok")).to_be_visible()
    sockets = []
    page.route_web_socket(
        re.compile(r"/api/v1/live"),
        lambda ws: sockets.append(ws) or (ws.close() if len(sockets) < 3 else ws.connect_to_server()),
    )
    page.reload()
    expect(page.locator(".feed.bad")).to_be_visible()
    expect(page.locator(".feed.ok")).to_be_visible()
    assert len(sockets) == 3


def test_an_operation_is_planned_and_checked_from_the_page(open_page, centre):
    drone = centre.fly(24, lat=29.8999, lon=121.7999)
    page = open_page(refusals="409 (Conflict)")
    expect(marker_of(page, "main-24")).to_be_visible()
    page.locator("#new-operation").click()
    page.set_input_files("#area-file", {"name": "area.geojson", "mimeType": "", "buffer": json.dumps(AREA).encode()})
    for box in page.locator(".checkboxes label").all():
        box.locator("input").set_checked("main-24" in box.inner_text())
    page.get_by_role("button", name="Make the plan").click()
    expect(page.locator(".planning [role=status] dl")).to_contain_text("Covered")
    page.locator("#plan-name").fill("Evening patrol <b>x</b>")
    page.locator("#plan-purpose").fill("test")
    page.locator(".planning").get_by_role("button", name="Create").click()
    panel = page.locator("#operation")
    expect(panel).to_contain_text("Evening patrol <b>x</b>")
    panel.get_by_role("button", name="Check", exact=True).click()
    expect(panel.locator(".checks li.red").first).to_contain_text("main-24")
    expect(panel.locator(".path .now")).to_have_text("Checked")
    panel.get_by_role("button", name="Authorise").click()
    expect(page.locator(".toast.bad")).to_be_visible()
    assert page.locator("#operation .path .now").inner_text() == "Checked", "red findings block"

    panel.get_by_role("button", name="Hold: abort").focus()
    page.keyboard.down("Enter")
    expect(panel.locator(".path .now.aborted")).to_have_text("Aborted")
    page.keyboard.up("Enter")
    assert panel.locator(".path .past").all_inner_texts() == ["Draft", "Checked"], (
        "what was not done is not shown as done"
    )
    page.close()
    drone.talking = False


def test_a_search_about_a_place_on_the_map_is_planned_from_the_page(open_page, centre):
    drone = centre.fly(25, lat=29.8999, lon=121.7999)
    page = open_page()
    expect(marker_of(page, "main-25")).to_be_visible()
    page.locator("#new-operation").click()
    make = page.get_by_role("button", name="Make the plan")
    page.locator("#plan-kind").select_option("sector")
    expect(make).to_be_disabled()
    expect(page.locator("#area-file")).to_be_hidden()
    page.locator("#plan-radius_m").fill("250")
    page.get_by_role("button", name="Pick the place").click()
    page.locator(".leaflet-container").click(position={"x": 700, "y": 400})
    expect(page.locator(".planning [role=status]").first).to_contain_text("At ")
    for box in page.locator(".checkboxes label").all():
        box.locator("input").set_checked("main-25" in box.inner_text())
    with page.expect_response("**/plans/pattern") as answered:
        make.click()
    asked = json.loads(answered.value.request.post_data)
    assert (asked["pattern"], asked["radius_m"], asked["spacing_m"]) == ("sector", 250, 60)
    expect(page.locator(".planning [role=status] dl")).to_contain_text("Covered")
    page.locator("#plan-kind").select_option("coverage")
    expect(page.locator("#area-file")).to_be_visible()
    expect(page.locator(".planning [role=status] dl")).to_have_count(0)
    page.close()
    drone.talking = False


@pytest.mark.parametrize("wrong", ["hello", '{"type": "Polygon", "coordinates": null}', '{"features": 5}'])
def test_a_file_that_cannot_be_drawn_is_refused_and_nothing_stays(open_page, wrong):
    page = open_page()
    page.locator("#new-operation").click()
    words = page.locator(".planning [role=status]:visible").first
    for text in (json.dumps(AREA), wrong):
        page.set_input_files("#area-file", {"name": "area.geojson", "mimeType": "", "buffer": text.encode()})
        expect(words).to_have_text("1 area(s), 0 no-fly zone(s)" if text != wrong else "No area yet")
    expect(page.locator(".toast.bad")).to_contain_text("not a GeoJSON file")
    expect(page.get_by_role("button", name="Make the plan")).to_be_disabled()


def test_the_browser_shifts_the_datum_as_the_server_does(open_page):
    from maps.datum import from_gcj02, to_gcj02

    page = open_page()
    places = [(29.9, 121.84), (31.23, 121.47), (22.54, 113.91), (39.91, 116.38), (51.5, -0.1), (45.1, 133.9)]
    there = page.evaluate("places => places.map(([a, b]) => gcj02.toGcj02(a, b))", places)
    back = page.evaluate("places => places.map(([a, b]) => gcj02.fromGcj02(a, b))", places)
    for place, shifted, unshifted in zip(places, there, back, strict=True):
        assert shifted == pytest.approx(to_gcj02(*place), abs=1e-10)
        assert unshifted == pytest.approx(from_gcj02(*place), abs=1e-10)
    clicked = page.evaluate("""() => {
        map_main.options.crs = L.CRS.GCJ02;
        map_main.setView([29.9, 121.84], 17, {reset: true, animate: false});
        const place = map_main.containerPointToLatLng(map_main.latLngToContainerPoint([29.901, 121.841]));
        return [place.lat, place.lng];
    }""")
    assert clicked == pytest.approx((29.901, 121.841), abs=2e-5), "a click stays WGS-84 on a shifted map"
