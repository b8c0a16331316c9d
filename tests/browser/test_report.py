"""The after-action report in a real browser: from a file, without network, without scripts."""

from datetime import UTC, datetime

import pytest

from gcs.operations.model import Operation, OperationStatus, SortieState, SortieStatus
from maps.report import report_html
from missions.plan import Plan, Sortie, Waypoint

pytestmark = pytest.mark.browser
AT = datetime(2026, 11, 26, 2, 0, tzinfo=UTC)
AREA = ((((121.84, 29.90), (121.85, 29.90), (121.85, 29.91)),),)
PATH = (Waypoint(121.841, 29.901, 60.0), Waypoint(121.849, 29.901, 60.0, survey=True))
NAME = "<img src=http://elsewhere.example/x onerror=document.title='pwned'>"


@pytest.fixture
def file(tmp_path):
    plan = Plan(AREA, (), (Sortie(0, 0, PATH, 800.0, 100.0, 60.0, 10.0),), 100.0, 0.99)
    operation = Operation(
        id="op",
        name=NAME,
        purpose=NAME,
        plan_hash=plan.hash,
        status=OperationStatus.CLOSED,
        vehicles=("main-1",),
        sorties=(SortieState(drone=0, sortie=0, vehicle="main-1", status=SortieStatus.FLOWN),),
        created_at=AT,
        created_by="li",
        simulated=True,
        covered_fraction=0.991,
    )
    track = [(float(n), 29.901 + n * 0.0001, 121.841 + n * 0.0002, 60.0) for n in range(40)]
    path = tmp_path / "report.html"
    path.write_text(report_html(operation, plan, {"main-1": track}, (), (), (), written_at=AT), encoding="utf-8")
    return path


@pytest.fixture
def page(chromium, file):
    context = chromium.new_context(offline=True, java_script_enabled=False, viewport={"width": 900, "height": 900})
    page = context.new_page()
    page.asked, page.said = [], []
    page.on("request", lambda request: page.asked.append(request.url))
    page.on("console", lambda message: page.said.append(message.text))
    page.goto(file.as_uri())
    yield page
    context.close()


def test_it_opens_from_a_file_and_asks_for_nothing(page, file):
    assert page.asked == [file.as_uri()]
    assert page.said == []
    assert NAME in page.title()
    assert page.locator("svg[role=img]").bounding_box()["height"] > 200
    assert page.locator("path.flown.c0").first.is_visible()


def test_its_style_passes_its_own_policy(page):
    heading = page.locator("header").first
    assert heading.evaluate("e => getComputedStyle(e).display") == "flex"


def test_the_language_is_switched_without_a_script(page):
    heading = page.locator("h2").first
    assert heading.inner_text() == "计划与实飞"
    page.locator("label", has_text="English").click()
    assert heading.inner_text() == "Planned and flown"
    assert "EXERCISE" in page.locator(".exercise").inner_text()


def test_it_fits_a_sheet_of_paper(page):
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 720, "height": 1000})
    assert page.evaluate("document.documentElement.scrollWidth") <= 720
