"""Simulated and real never look the same: what is not as the banner says is marked, and a real unit amid an exercise
is told that its tasks are real."""

from urllib.parse import urljoin

import pytest
from playwright.sync_api import expect
from pymavlink.dialects.v20 import ardupilotmega as mavlink

pytestmark = pytest.mark.browser
SIMULATED = mavlink.MAVLink(None).simstate_encode(0, 0, 0, 0, 0, 9.8, 0, 0, 0, 299000000, 1218400000)


def tell(page, path, **body):
    answer = page.request.post(urljoin(page.url, f"/api/v1{path}"), data=body)
    assert answer.ok, answer.text()


def unit(page, name, *, simulated):
    tell(page, "/units", id=name, name=name, kind="patrol_car", lat=29.9, lon=121.84, simulated=simulated)


def see(page, note, *, simulated):
    tell(page, "/sightings", klass="crowd", lat=29.9, lon=121.84, note=note, simulated=simulated)


@pytest.fixture
def exercise(centre, open_page):
    """The centre's page while everything that flies is simulated."""
    centre.fly(1, says=[SIMULATED])
    page = open_page()
    expect(page.locator(".banner.exercise")).to_be_visible()
    return page


def test_a_real_unit_amid_an_exercise_is_told_that_its_tasks_are_real(exercise, open_page):
    unit(exercise, "real-1", simulated=False)
    unit(exercise, "played-1", simulated=True)
    real = open_page("/unit?lang=en&unit=real-1", phone=True)
    expect(real.locator(".strip.real")).to_contain_text("this unit is real and gets real tasks only")
    expect(real.locator(".strip.exercise")).to_have_count(0)
    played = open_page("/unit?lang=en&unit=played-1", phone=True)
    expect(played.locator(".strip.exercise")).to_be_visible()
    see(exercise, "real crowd", simulated=False)
    see(exercise, "played crowd", simulated=True)
    expect(real.locator(".task .words")).to_have_text("real crowd")
    expect(played.locator(".task .words")).to_have_text("played crowd")


def test_what_is_real_amid_an_exercise_stands_out(exercise):
    unit(exercise, "real-1", simulated=False)
    see(exercise, "real crowd", simulated=False)
    see(exercise, "played crowd", simulated=True)
    marks = exercise.locator("#sightings .mark")
    expect(marks).to_have_text(["REAL"])
    expect(exercise.locator('.sighting-marker[aria-label^="REAL"]')).to_have_count(1)
    expect(exercise.locator('.unit-marker[aria-label^="REAL"]')).to_have_count(1)


def test_what_is_simulated_amid_real_work_stands_out(centre, open_page):
    page = open_page()
    unit(page, "played-1", simulated=True)
    see(page, "played crowd", simulated=True)
    see(page, "real crowd", simulated=False)
    expect(page.locator("#sightings .mark")).to_have_text(["EXERCISE"])
    expect(page.locator('.unit-marker[aria-label^="EXERCISE"]')).to_have_count(1)
    phone = open_page("/unit?lang=en&unit=played-1", phone=True)
    expect(phone.locator(".strip.exercise")).to_be_visible()
