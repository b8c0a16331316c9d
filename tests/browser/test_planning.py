"""Planning from the command centre's page: zones with heights, corridors along a drawn line, days of patrol."""

import json
import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


@pytest.fixture
def planner(open_page):
    """The planner, opened over the map."""

    def open_planner(kind, **more):
        page = open_page(**more)
        page.locator("#new-operation").click()
        page.locator("#plan-kind").select_option(kind)
        return page

    return open_planner


def click(page, *places):
    """On the map, where neither drawer nor buttons lie."""
    for x, y in places:
        page.locator(".leaflet-container").click(position={"x": x, "y": y})
        page.wait_for_timeout(60)


def draw(page, button, *corners):
    page.locator(".planning").get_by_role("button", name=button).click()
    click(page, *corners)
    page.keyboard.press("Enter")


def asked(page, path, button):
    """The request and the answer of what the button asks."""
    with page.expect_response(f"**{path}") as answered:
        page.get_by_role("button", name=button).click()
    return json.loads(answered.value.request.post_data), answered.value.json()


def test_a_drawn_zone_has_a_band_of_heights_and_is_flown_over(planner):
    page = planner("coverage", refusals="422 (Unprocessable")
    draw(page, "Draw area", (450, 250), (650, 250), (650, 450), (450, 450))
    draw(page, "Draw no-fly zone", (500, 300), (600, 300), (600, 400))
    expect(page.locator(".zone-label")).to_have_text("Zone 1")
    page.locator("#zone-1-floor_m").fill("0")
    page.locator("#zone-1-ceiling_m").fill("45")
    expect(page.locator(".zone-label")).to_have_text("Zone 1 0–45 m above take-off")
    sent, plan = asked(page, "/plans", "Make the plan")
    (zone,) = [f for f in sent["area"]["features"] if f["properties"]["kind"] == "no_fly"]
    assert zone["properties"] == {"kind": "no_fly", "floor_m": 0, "ceiling_m": 45}
    assert plan["properties"]["covered_fraction"] > 0.99
    page.locator("#plan-above").select_option("sea")
    page.locator("#plan-altitude_m").fill("900")
    with page.expect_response("**/plans") as answered:
        page.get_by_role("button", name="Make the plan").click()
    assert json.loads(answered.value.request.post_data)["above"] == "sea"
    expect(page.locator(".toast.bad")).to_contain_text("height file")
    page.get_by_label("Heights are").select_option("sea")
    expect(page.locator(".zone-label")).to_have_text("Zone 1 0–45 m above sea")
    expect(page.locator(".planning [role=status] dl")).to_have_count(0)


def test_a_corridor_follows_a_drawn_line_and_keeps_out_of_zones(planner):
    page = planner("corridor")
    expect(page.get_by_role("button", name="Make the plan")).to_be_disabled()
    expect(page.get_by_role("button", name="Draw area")).to_be_hidden()
    draw(page, "Draw the line", (450, 250), (550, 350), (700, 350))
    draw(page, "Draw no-fly zone", (600, 330), (620, 330), (620, 370), (600, 370))
    page.locator("#plan-width_m").fill("0")
    sent, plan = asked(page, "/plans/pattern", "Make the plan")
    assert (sent["pattern"], len(sent["line"]["coordinates"])) == ("corridor", 3)
    assert [f["properties"]["kind"] for f in sent["area"]["features"]] == ["no_fly"]
    assert [f["properties"]["kind"] for f in plan["features"]].count("no_fly") == 1
    expect(page.locator(".planning [role=status] dl")).to_contain_text("Sorties")


def test_a_day_of_patrol_is_scheduled_and_one_flight_of_it_planned(planner):
    page = planner("patrol")
    make = page.get_by_role("button", name="Make the schedule")
    expect(make).to_be_disabled()
    for button, place in [("Pick base", (460, 500)), ("Add site", (500, 300)), ("Add site", (650, 400))]:
        page.locator(".planning").get_by_role("button", name=button).click()
        click(page, place)
    expect(page.locator(".patrol [role=status]")).to_have_text("Base is set, 0 swap pad(s), 2 site(s)")
    page.locator("#patrol-name-0").fill("Gate <b>1</b>")
    page.locator("#patrol-deadlineMin-0").fill("10")
    page.locator("#patrol-windows-1").fill("07:30-08:00, 08:20-08:40")
    page.locator("#patrol-end").fill("09:00")
    sent, day = asked(page, "/patrols", "Make the schedule")
    assert [f["properties"] for f in sent["sites"]["features"]] == [
        {"id": "1", "name": "Gate <b>1</b>", "deadline_s": 600, "dwell_s": 60},
        {"id": "2", "name": "Site 2", "deadline_s": 1800, "dwell_s": 60, "windows": ["07:30-08:00", "08:20-08:40"]},
    ]
    assert (sent["begin_s"], sent["end_s"]) == (25_200, 32_400)
    schedule = page.locator(".schedule")
    expect(schedule).to_contain_text(f"{day['drones_needed']} drone(s) needed")
    expect(schedule.locator("section")).to_have_count(len(day["stretches"]))
    expect(schedule.locator("svg[role=img]").first).to_be_visible()
    expect(schedule.locator("td").first).to_have_text("Gate <b>1</b>")
    schedule.locator("summary").first.click()
    with page.expect_response("**/plans/pattern") as answered:
        schedule.get_by_role("button", name="Plan it").first.click()
    flight = json.loads(answered.value.request.post_data)
    assert (flight["pattern"], flight["drones"], flight["starts"]) == ("route", 1, [sent["base"]])
    plan = answered.value.json()
    stays = [stay for f in plan["features"] for stay in f["properties"].get("stays_s", []) if stay]
    assert stays == flight["stays_s"] != []
    assert min(stays) >= 60
    expect(page.locator(".planning")).to_contain_text("One drone that stays at each site in turn")


def test_swap_pads_are_clicked_for_areas_and_for_stops_in_turn(planner):
    page = planner("coverage")
    draw(page, "Draw area", (450, 250), (650, 250), (650, 450), (450, 450))
    pad = page.locator(".planning").get_by_role("button", name="Add swap pad").filter(visible=True)
    pad.click()
    click(page, (700, 300))
    expect(page.locator(".zone-label")).to_have_text("Pad 1")
    sent, _ = asked(page, "/plans", "Make the plan")
    assert [f["properties"]["kind"] for f in sent["area"]["features"]] == ["area", "pad"]
    page.locator("#plan-kind").select_option("route")
    draw(page, "Click the stops", (480, 300), (600, 420), (680, 320))
    page.locator("#plan-stay_s").fill("15")
    page.locator("#plan-camera").select_option("mavic3e")
    sent, plan = asked(page, "/plans/pattern", "Make the plan")
    assert (sent["pattern"], sent["stays_s"], len(sent["pads"]), sent["camera"]) == ("route", [15], 1, "mavic3e")
    assert "spacing_m" not in sent
    stays = [stay for f in plan["features"] for stay in f["properties"].get("stays_s", []) if stay]
    assert stays == [15, 15, 15]
    page.locator("#plan-kind").select_option("patrol")
    expect(page.locator(".zone-label")).to_have_count(0)


def test_a_window_that_is_none_is_asked_for_again(planner):
    page = planner("patrol")
    for button, place in [("Pick base", (460, 500)), ("Add site", (500, 300))]:
        page.locator(".planning").get_by_role("button", name=button).click()
        click(page, place)
    page.locator("#patrol-windows-0").fill("morning")
    posted = []
    page.on("request", lambda request: posted.append(request.url) if request.method == "POST" else None)
    page.get_by_role("button", name="Make the schedule").click()
    assert page.locator("#patrol-windows-0").evaluate("input => input.validity.patternMismatch")
    assert posted == []
    page.get_by_role("button", name="Remove Site 1").click()
    expect(page.get_by_role("button", name="Make the schedule")).to_be_disabled()


def test_what_is_left_of_an_operation_that_was_broken_off_is_offered_and_planned(open_page, centre):
    centre.fly(47, lat=29.8999, lon=121.7999)
    page = open_page()
    page.route_web_socket(re.compile(r"/api/v1/live"), lambda ws: _told(ws, ENDED))
    page.route("**/plans/x", lambda route: route.fulfill(json={"type": "FeatureCollection", "features": []}))
    page.route("**/tracks", lambda route: route.fulfill(json={"type": "FeatureCollection", "features": []}))
    page.route("**/plans/rest", lambda route: route.fulfill(json=REST))
    page.reload()
    expect(page.locator('.vehicle-marker[aria-label^="main-47,"]')).to_be_visible()
    page.locator("#operation").get_by_role("button", name="Plan what is left").click()
    expect(page.locator("#plan-kind")).to_be_hidden()
    for box in page.locator(".checkboxes label").all():
        box.locator("input").set_checked("main-47" in box.inner_text())
    sent, _ = asked(page, "/plans/rest", "Plan what nobody has looked at")
    assert (sent["operation"], sent["drones"], len(sent["starts"])) == ("ended", 1, 1)
    expect(page.locator(".planning [role=status] dl")).to_contain_text("50.00 %")


SORTIE = {"drone": 0, "sortie": 0, "vehicle": "main-47", "status": "broken_off", "progress": 3, "items": 9,
              "launched_at": None, "landed_at": None, "battery_start_pct": None, "battery_end_pct": None,
              "reason": "it was aborted", "awaits_clear": False, "cleared_by": None}  # fmt: skip
ENDED = {"id": "ended", "name": "Morning", "purpose": "test", "plan_hash": "x", "status": "aborted", "checks": [],
             "vehicles": ["main-47"], "sorties": [SORTIE], "created_at": "2026-01-01T00:00:00Z", "created_by": "li",
             "authorised_by": "li", "authorise_note": "", "started_at": "2026-01-01T00:01:00Z", "simulated": False,
             "closed_at": "2026-01-01T00:09:00Z", "reason": "rain", "covered_fraction": 0.4,
             "report": None}  # fmt: skip
REST = {
    "type": "FeatureCollection",
    "properties": {"hash": "rest", "covered_fraction": 0.5, "makespan_s": 100},
    "features": [],
}


def _told(ws, operation):
    """The real feed, with an operation of ours in its state."""
    server = ws.connect_to_server()

    def passed(message):
        told = json.loads(message)
        if told["type"] == "state":
            told["state"]["operations"] = [operation]
        ws.send(json.dumps(told))

    server.on_message(passed)


def test_what_somebody_reports_while_one_operation_is_under_way_is_proposed_for_its_report(open_page):
    page = open_page()
    page.route_web_socket(re.compile(r"/api/v1/live"), lambda ws: _told(ws, {**ENDED, "status": "flying"}))
    page.route("**/plans/x", lambda route: route.fulfill(json={"type": "FeatureCollection", "features": []}))
    page.route("**/tracks", lambda route: route.fulfill(json={"type": "FeatureCollection", "features": []}))
    page.reload()
    expect(page.locator("#operation")).to_contain_text("Morning")
    kept = []
    for x, chosen in ((500, "ended"), (700, "")):
        page.locator("#tool-report").click()
        page.locator(".leaflet-container").click(position={"x": x, "y": 400})
        expect(page.locator("#report-operation")).to_have_value("ended")
        page.locator("#report-operation").select_option(chosen)
        with page.expect_response("**/sightings") as answered:
            page.locator(".drawer button[type=submit]").click()
        kept.append(answered.value.json()["operation"])
    assert kept == ["ended", None]


def test_esc_gives_up_the_sketch_only_and_what_was_drawn_survives_a_closed_form(planner):
    page = planner("coverage")
    draw(page, "Draw area", (450, 250), (650, 250), (650, 450), (450, 450))
    page.get_by_role("button", name="Draw no-fly zone").click()
    click(page, (500, 300), (600, 300))
    page.keyboard.press("Escape")
    expect(page.locator(".planning")).to_contain_text("1 area(s), 0 no-fly zone(s)")
    page.keyboard.press("Escape")
    expect(page.locator(".planning")).to_be_visible()
    page.get_by_role("button", name="Close", exact=True).click()
    expect(page.locator(".planning")).to_have_count(0)
    page.locator("#new-operation").click()
    expect(page.locator(".planning")).to_contain_text("1 area(s), 0 no-fly zone(s)")
    page.get_by_role("button", name="Clear").click()
    expect(page.locator(".planning")).to_contain_text("No area yet")
    page.keyboard.press("Escape")
    expect(page.locator(".planning")).to_have_count(0)


def test_what_came_of_planning_is_in_view_with_the_next_step_also_on_a_laptop(planner, centre):
    centre.fly(48, lat=29.8999, lon=121.7999)
    page = planner("coverage")
    page.set_viewport_size({"width": 1366, "height": 768})
    expect(page.locator('.vehicle-marker[aria-label^="main-48,"]')).to_have_count(1)
    page.get_by_role("button", name="Close", exact=True).click()
    page.locator("#new-operation").click()
    page.locator("#plan-altitude_m").fill("61")
    draw(page, "Draw area", (420, 250), (600, 250), (600, 400), (420, 400))
    asked(page, "/plans", "Make the plan")
    expect(page.get_by_role("button", name="Create", exact=True)).to_be_in_viewport()
    expect(page.locator(".planning [role=status] dl")).to_be_in_viewport()


def test_esc_does_not_cost_the_sites_of_a_patrol(planner):
    page = planner("patrol")
    page.get_by_role("button", name="Add site").click()
    click(page, (600, 300))
    page.keyboard.press("Escape")
    expect(page.locator(".planning")).to_contain_text("1 site(s)")


def test_west_and_south_are_named_by_their_letters(open_page):
    page = open_page()
    written = """() => new Promise((done) => {
      const seen = [];
      const real = CanvasRenderingContext2D.prototype.fillText;
      CanvasRenderingContext2D.prototype.fillText = function (text, ...where) {
        if (text.includes('°')) seen.push(text);
        if (text.endsWith('S')) setTimeout(() => done(seen));
        return real.call(this, text, ...where);
      };
      map_main.setView([-33.45, -70.66], 12, { animate: false });
    })"""
    labels = page.evaluate(written)
    assert {text[-1] for text in labels} == {"W", "S"}
    assert not [text for text in labels if "-" in text]


def test_what_is_wrong_with_an_area_is_told_in_the_readers_language(open_page, tmp_path):
    crossed = [[121.84, 29.9], [121.85, 29.91], [121.84, 29.91], [121.85, 29.9], [121.84, 29.9]]
    file = tmp_path / "crossed.geojson"
    file.write_text(json.dumps({"type": "Polygon", "coordinates": [crossed]}))
    page = open_page("/?lang=zh", refusals="422 (Unprocessable")
    page.locator("#new-operation").click()
    page.locator("#area-file").set_input_files(file)
    page.get_by_role("button", name="生成航线").click()
    expect(page.locator(".toast.bad")).to_contain_text("区域有误")
    expect(page.locator(".toast.bad")).to_contain_text("121.845, 29.905")
