"""The corpus of `test_injection` on the instructor's page and in the debrief: names of drills, trainees, bookmarks,
things, units, notices, seats, and reasons of scores that were kept before. All are shown, none runs."""

from datetime import UTC, datetime

import pytest
from msgspec.structs import replace
from playwright.sync_api import expect

from gcs.cli.drill import all_drills
from gcs.training.model import RunRecord
from gcs.training.records import Records
from missions.drill_score import Reason, Score, ScoreLine

from .test_injection import CORPUS, NAME, nothing_ran
from .test_train import Instructor

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]
HOSTILE_ID = "<img src=x onerror=window.pwned=1>"
MARKS = CORPUS[::6]
PLANT = """async ([notes, marks]) => {
    const failed = [];
    const post = async (path, body, seat) => {
        const headers = {'Content-Type': 'application/json', 'X-Seat': encodeURIComponent(seat)};
        const answer = await fetch('/api/v1/training/' + path, {method: 'POST', body: JSON.stringify(body), headers});
        if (!answer.ok) failed.push([path, answer.status, await answer.text()]);
    };
    for (const [i, note] of notes.entries())
        await post('things', {kind: 'car', lat: 29.896, lon: 121.841 + i / 1e5, note}, note.slice(0, 40));
    for (const name of marks) await post('bookmarks', {name}, name.slice(0, 40));
    return failed;
}"""


def hostile_drill(number):
    """A drill that ships, with every text of its file a payload."""
    made, texts = all_drills(None)["isolated-district"], iter(CORPUS[number * 20 :] + CORPUS)
    text = lambda: next(texts)[:NAME]  # noqa: E731
    return replace(
        made,
        id=HOSTILE_ID if number == 0 else f"hostile-{number}",
        zh=text(), en=text(), brief_zh=text(), brief_en=text(),
        place=replace(made.place, zh=text(), en=text()),
        things=tuple(replace(thing, note=text()) for thing in made.things),
        units=tuple(replace(unit, name=text()) for unit in made.units),
        notices=tuple(replace(notice, zh=text(), en=text()) for notice in made.notices),
    )  # fmt: skip


def kept_run(number, text):
    reasons = tuple(Reason(zh=each, en=each, at_s=1.0) for each in CORPUS[number::16])
    line = ScoreLine(kind="find", value=0.5, target=1.0, points=1.0, of=2.0, reasons=reasons)
    return RunRecord(
        id=f"{text}-{number}", drill=text, zh=text, en=text, trainee=text, at=datetime(2026, 1, 1, number, tzinfo=UTC),
        duration_s=60.0, speedup=1.0, score=Score(points=1.0, of=2.0, passed=False, lines=(line,)), debrief=True,
    )  # fmt: skip


@pytest.fixture
def centre(tmp_path, chromium):
    """Takes the place of the usual ground control."""
    records = Records(tmp_path / "training")
    for number, text in enumerate(CORPUS[::20]):
        records.add(kept_run(number, text))
    drills = {drill.id: drill for drill in map(hostile_drill, range(4))}
    found = Instructor(tmp_path / "training", drills)
    yield found
    found.close()


def words(text):
    return " ".join(text.split())


def test_nothing_of_the_corpus_runs_on_the_instructors_page_nor_in_the_debrief(open_page):
    page = open_page("/train?lang=en", refusals="ERR_CONNECTION")
    expect(page.locator("#drills li")).to_have_count(4)
    expect(page.locator("#record .runs").first.locator("li")).to_have_count(len(CORPUS[::20]))
    for details in page.locator("#drills details").all():
        details.locator("summary").click()
    page.locator("#trainee").fill(CORPUS[5][:NAME])
    page.locator("#drills li").first.locator("button").click()
    expect(page.locator("#run .chip")).to_have_text("running", timeout=30_000)
    assert page.evaluate(PLANT, [CORPUS, [mark[:NAME] for mark in MARKS]]) == []
    expect(page.locator("#run .marks li")).to_have_count(len(MARKS), timeout=20_000)
    shown = words(page.locator("#run .truth").inner_text())
    assert [text for text in CORPUS if words(text) not in shown] == [], "every payload is shown as it is"
    shown = words(page.locator("#run .marks").inner_text())
    assert [mark for mark in MARKS if words(mark[:NAME]) not in shown] == []
    page.locator("#fault").select_option("GpsLoss")
    page.get_by_role("button", name="Set the fault").click()
    expect(page.locator("#faults .active li")).to_have_count(1)
    nothing_ran(page)
    chinese = open_page("/train?lang=zh", refusals="ERR_CONNECTION")
    expect(chinese.locator("#run .marks li")).to_have_count(len(MARKS), timeout=20_000)
    nothing_ran(chinese)

    page.get_by_role("button", name="End (hold)").focus()
    page.keyboard.down("Enter")
    expect(page.locator("#run .chip")).to_have_text("over", timeout=30_000)
    page.keyboard.up("Enter")
    expect(page.locator("#record .runs").first.locator("li")).to_have_count(len(CORPUS[::20]) + 1)
    nothing_ran(page)
    with page.expect_popup() as opened:
        page.locator("#record a").first.click()
    debrief = opened.value
    expect(debrief.locator(".exercise")).to_be_visible()
    told = words(debrief.locator("body").inner_text())
    assert words(MARKS[0][:NAME]) in told
    nothing_ran(debrief)
