"""Text from outside is shown as text, wherever it comes from and on every page: more than 300 payloads, none runs."""

import json
from itertools import product
from urllib.parse import quote

import pytest
from playwright.sync_api import expect

from gcs.dispatch.payloads import PayloadSettings

pytestmark = pytest.mark.browser
CALLS = (
    "window.pwned=1",
    "top['pw'+'ned']=1",
    "eval(atob('d2luZG93LnB3bmVkPTE='))",
    "Function`window.pwned=1```",
    "import('data:text/javascript,window.pwned=1')",
    "setTimeout('window.pwned=1')",
    "alert(1)",
    "location='javascript:window.pwned=1'",
)
FORMS = (
    "<img src=x onerror={}>",
    '<img src=x onerror="{}">',
    "<img/src=x/onerror={}>",
    "<svg/onload={}>",
    "<svg><script>{}</script></svg>",
    "<svg><animate onbegin={} attributeName=x dur=1s>",
    "<script>{}</script>",
    "</script><script>{}</script>",
    "<ScRiPt >{}</sCrIpT>",
    "${{{}}}",
    "`${{{}}}`",
    "{{{{constructor.constructor(`{}`)()}}}}",
    "{{% raw %}}{}{{% endraw %}}",
    "'\"><iframe srcdoc='<script>parent.{}</script>'>",
    '<iframe src="javascript:{}">',
    "javascript:{}",
    '<a href="javascript:{}">x</a>',
    "<details open ontoggle={}>",
    "<input autofocus onfocus={}>",
    "<video><source onerror={}></video>",
    "<body onload={}>",
    "<style>@import 'javascript:{}'</style>",
    "<style>*{{background:url('javascript:{}')}}</style>",
    "<math><mtext></table><img src onerror={}>",
    '<object data="javascript:{}">',
    '<embed src="javascript:{}">',
    '<form action="javascript:{}"><input type=submit>',
    "--><img src=x onerror={}>",
    "<template><img src=x onerror={}></template>",
    "]]><script>{}</script><![CDATA[",
    "</textarea><img src=x onerror={}>",
    "</title><img src=x onerror={}>",
    "</style><img src=x onerror={}>",
    "\\u003cimg src=x onerror={}\\u003e",
    "&lt;img src=x onerror={}&gt;",
    "%3Cimg src=x onerror={}%3E",
    "<b onmouseover={}>hover</b>",
    '" onmouseover="{}',
    "' onfocus='{}' autofocus='",
)
CORPUS = tuple(form.format(call) for form, call in product(FORMS, CALLS))
FOURS = tuple(zip(*(CORPUS[i::4] for i in range(4)), strict=True))
"""What one sighting carries: its note has all four."""
NAME = 60
PLANT = """async ([fours, most]) => {
    const failed = [];
    const post = async (path, body, seat) => {
        const headers = {'Content-Type': 'application/json', 'X-Seat': encodeURIComponent(seat)};
        const answer = await fetch('/api/v1' + path, {method: 'POST', body: JSON.stringify(body), headers});
        if (!answer.ok) failed.push([path, answer.status, await answer.text()]);
        return answer.json().catch(() => ({}));
    };
    const plant = async ([a, b, c, d], i) => {
        const unit = {id: `hostile-${i}`, name: a.slice(0, most), kind: 'officer', lat: 29.9, lon: 121.84,
                      group: b.slice(0, most), skills: [c.slice(0, most), d.slice(0, most)]};
        const source = {kind: 'camera', name: b.slice(0, most), detector: c.slice(0, most), frame: d.slice(0, most)};
        const seen = {klass: 'crowd', lat: 29.9 + i / 1e4, lon: 121.84, note: [a, b, c, d].join('\\n'), source};
        if (i < 30) await post('/units', unit, a.slice(0, 40));
        const {id} = await post('/sightings', seen, b.slice(0, 40));
        await post(`/sightings/${id}/steps`, {action: 'supervise', note: d}, c.slice(0, 40));
        if (i < 20) await post('/intakes', {name: a.slice(0, most), klass: 'crowd'}, b.slice(0, 40));
    };
    for (let i = 0; i < fours.length; i += 16)
        await Promise.all(fours.slice(i, i + 16).map((four, j) => plant(four, i + j)));
    const get = async (path) => (await fetch('/api/v1' + path)).json();
    const holders = (await get('/units')).filter((unit) => unit.sighting);
    for (const [i, unit] of holders.entries())
        for (const action of ['accept', 'arrive', 'feedback', 'resolve']) {
            const outcome = action === 'resolve' ? fours[i][0].slice(0, most) : null;
            await post(`/sightings/${unit.sighting}/steps`, {action, note: fours[i][3], outcome}, 'x');
        }
    const ring = [[121.84, 29.9], [121.842, 29.9], [121.842, 29.902], [121.84, 29.902], [121.84, 29.9]];
    const area = {type: 'Polygon', coordinates: [ring]};
    const plan = await post('/plans', {area, drones: 1, swath_m: 60, altitude_m: 50}, 'x');
    const vehicles = (await get('/state')).vehicles.slice(0, 1).map((vehicle) => vehicle.id);
    for (const [i, four] of fours.slice(0, 24).entries()) {
        const name = four[i % 4].slice(0, 100), purpose = four.join('\\n').slice(0, 500);
        const {id} = await post('/operations', {plan_hash: plan.properties.hash, name, purpose, vehicles}, 'x');
        if (i < 6) await post(`/operations/${id}/abort`, {reason: four.join(' ').slice(0, 500)}, four[3].slice(0, 40));
    }
    return failed;
}"""
OPEN_ALL = """async () => {
    const shown = [];
    for (const row of document.querySelectorAll('#sightings .row')) {
        row.click();
        shown.push(document.querySelector('#sightings .details:not(.hidden)').innerText);
    }
    return shown;
}"""
AS_TASKS = """async (texts) => {
    const [{ Task }, { Classes }, { Photos }] = await Promise.all(
        ['unit/task.js', 'shared/classes.js', 'unit/photos.js'].map((name) => import(`/assets/js/${name}`)));
    const [seen] = await (await fetch('/api/v1/sightings')).json();
    const room = document.body.appendChild(document.createElement('div'));
    const task = new Task(room, new Classes(), () => {}, new Photos({photos: [], photosOf: () => []}));
    const shown = [];
    for (const text of texts) {
        const picture = {name: text, at: seen.seen_at, by: text, masked: false};
        task.show({...seen, klass: text, note: text, pictures: [picture]}, 'accepted', undefined);
        shown.push(room.querySelector('.words').innerText);
    }
    await new Promise(requestAnimationFrame);
    room.remove();
    return shown;
}"""
BAD = "[onerror],[onload],[onmouseover],[onfocus],[ontoggle],[onbegin],a[href^=javascript],iframe,object,embed,math"


def site_file(tmp_path):
    """Sites with hostile names, as far as the file may have them."""
    ring = [[121.84, 29.9], [121.841, 29.9], [121.841, 29.901], [121.84, 29.901], [121.84, 29.9]]
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Polygon", "coordinates": [ring]},
            "properties": {"id": f"site-{i}", "kind": "school_gate", "zh": text[:NAME], "en": text[:NAME]},
        }
        for i, text in enumerate(CORPUS[::8])
    ]
    path = tmp_path / "sites.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), "utf-8")
    return str(path)


@pytest.fixture
def settings(tmp_path):
    carried = [PayloadSettings(name=text, zh=text, en=text, relay=0) for text in CORPUS[::40]]
    return {"sites": site_file(tmp_path), "payloads": tuple(carried)}


@pytest.fixture
def planted(centre, open_page):
    """Every payload as note, source, detector, seat, words of a step; many as names of units, their groups and skills,
    intakes, operations, their purposes and why they were ended, what came of tasks, status texts."""
    drone = centre.fly(31, hostile=True)
    drone.texts.extend(text[:50] for text in CORPUS[::8])
    assert open_page("/unit?lang=en").evaluate(PLANT, [FOURS, NAME]) == []
    yield open_page()
    drone.talking = False


def look_around(page):
    """Opens whatever the centre's page has to open."""
    page.locator("#tab-units").click()
    names = page.locator("#units b").all_inner_texts()
    assert {a[:NAME].strip() for a, *_ in FOURS[:30]} <= {name.strip() for name in names}, "names are shown as they are"
    page.locator("#tab-events").click()
    expect(page.locator("#events li").first).to_be_visible()
    row = page.locator("#fleet li:has(.row)").filter(has_text="<img src=x").first
    row.locator(".row").click()
    expect(row.locator(".texts li").first).to_be_visible()
    page.locator("#tab-sightings").click()
    expect(page.locator("#sightings .row")).to_have_count(len(FOURS))
    shown = "\n".join(page.evaluate(OPEN_ALL))
    assert [text for text in CORPUS if text not in shown] == [], "every payload is shown as it is"
    page.locator("#sightings .row").first.click()
    page.locator("#sightings .details:not(.hidden) .drone-help summary").click()
    expect(page.locator("#sightings .drone-help .hold").first).to_be_attached()
    page.locator(".sighting-marker").first.dispatch_event("mouseover")
    page.locator("#tool-sites").click()
    expect(page.locator(".site-name").first).to_be_attached()
    page.locator("path.leaflet-interactive").first.dispatch_event("mouseover")
    for tool in ("analysis", "systems"):
        page.locator(f"#tool-{tool}").click()
        expect(page.locator(".drawer .form")).to_be_visible()
    expect(page.locator("#intakes li")).to_have_count(20)
    page.locator("#open-links").click()
    expect(page.locator("#links .chip").filter(has_text="network <img")).to_be_visible()
    choice = page.locator("#operation-choice")
    expect(choice.locator("option")).to_have_count(24)
    for operation in choice.locator("option").evaluate_all("options => options.map((option) => option.value)")[::4]:
        choice.select_option(operation)
        expect(page.locator(".operation .status")).to_be_visible()


def nothing_ran(page):
    assert page.evaluate("window.pwned") is None
    assert page.locator(BAD).count() == 0
    assert page.locator("#app script, .folium-map script, #app style, #app form[action]").count() == 0
    assert page.locator("#app img:not([src^='/api/v1/pictures/'])").count() == 0


def test_nothing_of_the_corpus_runs(planted, open_page):
    assert len(set(CORPUS)) >= 300
    page = planted
    look_around(page)
    unit = open_page("/unit?lang=en", refusals="Failed to load resource")
    expect(unit.locator(".units button")).to_have_count(30)
    shown = unit.evaluate(AS_TASKS, CORPUS)
    assert [s.strip() for s in shown] == [text.strip() for text in CORPUS]
    unit.locator(".units button").filter(has_text="<").first.click()
    expect(unit.locator(".task, .calm").first).to_be_visible()
    pilot = open_page(f"/pilot?lang=en&vehicle={quote('<img src=x onerror=window.pwned=1>-31')}")
    expect(pilot.locator("#app")).to_contain_text("<img src=x")
    printed = open_page("/api/v1/analysis/page", watched=False)
    for seen in (page, unit, pilot, printed):
        nothing_ran(seen)
