"""The debrief: whole, in two languages, without a script, and nothing from outside becomes markup."""

import base64
import hashlib
import re
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser

import pytest
from msgspec.structs import replace

from gcs.training.model import Currency, RunRecord
from maps.debrief import debrief_html
from maps.debrief_scene import Happening, Mark, Mover, Scene
from missions.drill_score import Reason, Score, ScoreLine

AT = datetime(2026, 3, 1, 8, tzinfo=UTC)
HOSTILE = "</script><img src=x onerror=alert(1)>\u202e'\"&"
LINE = ScoreLine(
    kind="find", value=0.5, target=1.0, points=10.0, of=20.0, reasons=(Reason(zh="漏报", en="missed", at_s=61.0),)
)
RUN = RunRecord(
    id="run-1", drill="school-gate", zh="学校门口", en="School gate", trainee="Li", at=AT, duration_s=600.0,
    speedup=1.0, score=Score(points=10.0, of=20.0, passed=False, lines=(LINE,)),
)  # fmt: skip
AREA = ((121.84, 29.90), (121.843, 29.90), (121.843, 29.902), (121.84, 29.902))
TRACK = tuple((float(n), 121.84 + 0.00005 * n, 29.901) for n in range(60))
SCENE = Scene(
    AREA, (), (121.8395, 29.8995), 600.0, 50.0, (Mover("1", TRACK),),
    (Mover("van", ((0.0, 121.841, 29.901),), klass="illegal_parking"),), (Mark(30.0, 121.841, 29.901, "crowd"),),
    ((40.0, "first look"), (300.0, "late")), (Happening(30.0, "上报", "reported"),),
)  # fmt: skip


class Reader(HTMLParser):
    def __init__(self, page):
        super().__init__()
        self.tags, self.text = [], []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.text.append(data)


def page(run=RUN, scene=SCENE, earlier=(), standing=()):
    return debrief_html(run, ("任务", "the task"), scene, earlier, standing)


def test_it_makes_no_request_and_runs_no_script():
    shown = page()
    reader = Reader(shown)
    assert not [tag for tag, attrs in reader.tags if tag in {"script", "img", "link", "iframe", "object"}]
    assert not [
        attrs for _, attrs in reader.tags if any(name.startswith("on") or name in {"src", "href"} for name in attrs)
    ]
    assert "url(http" not in shown


def test_its_policy_is_the_digest_of_its_own_style():
    shown = page()
    style = re.search(r"<style>(.*?)</style>", shown, re.DOTALL)[1]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"sha256-{digest}" in shown.replace("&#x27;", "'")


@pytest.mark.parametrize("field", ["zh", "en", "trainee", "id"])
def test_no_text_from_outside_becomes_markup(field):
    hostile = replace(RUN, **{field: HOSTILE})
    reader = Reader(page(hostile))
    assert "img" not in {tag for tag, _ in reader.tags}
    assert "onerror=alert(1)" in "".join(reader.text)


def test_it_is_an_exercise_in_both_languages():
    shown = page()
    for words in ("EXERCISE", "演习", "学校门口", "School gate", "漏报", "missed", "未通过", "not passed"):
        assert words in shown


def test_vehicles_move_through_their_track():
    shown = page()
    moves = [attrs for tag, attrs in Reader(shown).tags if tag == "animate" and attrs["attributename"] == "cx"]
    values = [float(value) for value in moves[0]["values"].split(";")]
    assert values == sorted(values)
    assert values[-1] > values[0] + 50


def test_each_bookmark_is_a_still_picture():
    reader = Reader(page())
    radios = [attrs for tag, attrs in reader.tags if tag == "input" and attrs.get("name") == "moment"]
    assert [radio["id"] for radio in radios] == ["m0", "m1"]
    assert {"0:40 first look", "5:00 late"} <= set(reader.text)


def test_a_run_is_compared_with_the_last_one():
    before = replace(
        RUN, id="run-0", at=AT - timedelta(days=3), score=replace(RUN.score, lines=(replace(LINE, points=4.0),))
    )
    assert "+6.0" in page(earlier=(before,))
    assert "这是第一次" in page()


def test_currency_says_what_is_due():
    due = Currency(
        trainee="Li", drill="pier", zh="码头", en="Pier", runs=2, best=0.6, last_at=AT, passed_at=None, current=False
    )
    shown = page(standing=(due,))
    assert "需复训" in shown
    assert "码头" in shown
    assert "pier<" in page(standing=(replace(due, zh="", en=""),))


def test_a_drill_in_which_nothing_happened_has_a_debrief():
    empty = Scene(AREA, (), (121.8395, 29.8995), 0.0, 50.0, (), (), (), (), ())
    assert "EXERCISE" in page(scene=empty)
