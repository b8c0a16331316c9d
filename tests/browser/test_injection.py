"""Text from outside is shown as text, wherever it comes from and on every page."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser
PWNED = "window.pwned=1"
CORPUS = (
    f"<img src=x onerror={PWNED}>",
    f"<svg/onload={PWNED}>",
    f"<script>{PWNED}</script>",
    f"</script><script>{PWNED}</script>",
    f"${{{PWNED}}}",
    f"`${{{PWNED}}}`",
    f"'\"><iframe srcdoc='<script>parent.{PWNED}</script>'>",
    f"javascript:{PWNED}",
    f"<a href=javascript:{PWNED}>x</a>",
    f"<details open ontoggle={PWNED}>",
    f"{{{{constructor.constructor('{PWNED}')()}}}}",
    f"<style>*{{background:url('javascript:{PWNED}')}}</style>",
    f"<math><mtext></table><img src onerror={PWNED}>",
    f"--><img src=x onerror={PWNED}>",
    f"<template><img src=x onerror={PWNED}></template>",
    f"\\u003cimg src=x onerror={PWNED}\\u003e",
    f"&lt;img src=x onerror={PWNED}&gt;",
    f"<b onmouseover={PWNED}>hover</b>",
)


@pytest.fixture
def planted(centre, open_page):
    """Every string of the corpus as a unit's name, a sighting's note and source, and a status text."""
    drone = centre.fly(31, hostile=True)
    drone.texts.extend(text[:50] for text in CORPUS)
    page = open_page()
    failed = page.evaluate(
        """async (corpus) => {
            const post = (path, body) => fetch('/api/v1' + path, {method: 'POST', body: JSON.stringify(body),
                headers: {'Content-Type': 'application/json', 'X-Seat': encodeURIComponent(body.seat)}});
            const failed = [];
            for (const [i, text] of corpus.entries()) {
                const unit = {id: `hostile-${i}`, name: text.slice(0, 60), kind: 'officer', lat: 29.9, lon: 121.84};
                const seen = {klass: 'crowd', lat: 29.9 + i / 1e4, lon: 121.84, note: text,
                    source: {kind: 'camera', name: text.slice(0, 60)}};
                for (const [path, body] of [['/units', unit], ['/sightings', seen]]) {
                    const answer = await post(path, body);
                    if (!answer.ok) failed.push([path, text, answer.status, await answer.text()]);
                }
            }
            return failed;
        }""",
        list(CORPUS),
    )
    assert failed == []
    yield page
    drone.talking = False


def test_nothing_of_the_corpus_runs(planted, open_page):
    page = planted
    page.locator("#tab-units").click()
    names = page.locator("#units b").all_inner_texts()
    assert {text[:60] for text in CORPUS} <= set(names), "names are shown as they are"
    page.locator("#tab-events").click()
    expect(page.locator("#events li").first).to_be_visible()
    row = page.locator("#fleet li:has(.row)").filter(has_text="<img src=x").first
    row.locator(".row").click()
    expect(row.locator(".texts li").first).to_be_visible()
    page.locator("#tab-sightings").click()
    for i in range(6):
        page.locator("#sightings .row").nth(i).click()
        opened = page.locator("#sightings .details:not(.hidden) dl")
        assert any(text in opened.inner_text() for text in CORPUS)
    page.locator(".sighting-marker").first.hover(force=True)
    unit = open_page("/unit?lang=en")
    expect(unit.locator(".units button")).not_to_have_count(0)
    unit.locator(".units button").filter(has_text="<").first.click()
    expect(unit.locator(".task, .calm").first).to_be_visible()
    for shown in (page, unit):
        assert shown.evaluate("window.pwned") is None
        assert shown.locator("#app img, iframe, #app script, .folium-map script, details[ontoggle]").count() == 0
        assert shown.locator("[onerror], [onload], [onmouseover], [ontoggle], a[href^=javascript]").count() == 0
