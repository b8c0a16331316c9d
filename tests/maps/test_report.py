"""The after-action report says what was planned, flown, covered, seen and commanded, and can do no harm."""

from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser

import pytest
from msgspec.structs import replace

from gcs.dispatch.model import Unit, UnitKind
from gcs.events import Event
from gcs.operations.check_texts import check_text
from gcs.operations.model import Check, CheckLevel, Operation, OperationStatus, SortieState, SortieStatus
from gcs.sightings.model import Place, Sighting, SightingStatus, Source, Step
from maps.report import report_html
from maps.report_backdrop import land_around
from maps.report_html import el, html
from maps.report_record import concerning, paired
from maps.report_texts import clock, lasted, percent, seat
from missions.areas.zones import Zone
from missions.plan import Plan, Sortie, Waypoint

BEGIN = datetime(2026, 11, 26, 2, 0, 0, tzinfo=UTC)
AREA = ((((121.84, 29.90), (121.85, 29.90), (121.85, 29.91), (121.84, 29.91)),),)
ZONE = ((((121.844, 29.904), (121.846, 29.904), (121.846, 29.906), (121.844, 29.906)),),)
HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "</title></style><svg onload=alert(1)>",
    "{{7*7}} ${7*7} <!-- ]]>",
    "nul\x00 \x1b[2J \u202eevil \ud800",
]
VOID = {"meta", "input", "br"}


class Page(HTMLParser):
    """What a browser would make of the page: its elements, and whether each is closed where it belongs."""

    def __init__(self, text):
        super().__init__()
        self.open, self.elements, self.words, self.wrong = [], [], [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        names = [name for name, _ in attrs]
        if len(names) != len(set(names)):
            self.wrong.append(f"<{tag}> has an attribute twice")
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.wrong.append(f"</{tag}> closes something else")

    def handle_data(self, data):
        self.words.append(data)

    @property
    def text(self):
        return "".join(self.words)


def plan():
    path = tuple(
        Waypoint(lon, lat, 60.0, survey=True) for lon, lat in [(121.841, 29.901), (121.849, 29.901), (121.849, 29.909)]
    )
    sorties = tuple(Sortie(drone, 0, path, 1600.0, 200.0, 60.0, 10.0) for drone in (0, 1))
    return Plan(AREA, (Zone(ZONE[0]),), sorties, 200.0, 0.998)


def check(code, level, vehicle="main-1", **data):
    return Check(code=code, level=level, vehicle=vehicle, data={**data, "text": check_text(code, level, data)})


def sortie(vehicle, drone, **changed):
    state = SortieState(
        drone=drone,
        sortie=0,
        vehicle=vehicle,
        status=SortieStatus.FLOWN,
        progress=4,
        items=6,
        launched_at=BEGIN + timedelta(seconds=10),
        landed_at=BEGIN + timedelta(seconds=221),
        battery_start_pct=98,
        battery_end_pct=61,
    )
    return replace(state, **changed)


def operation(**changed):
    whole = Operation(
        id="op1",
        name="Beilun morning",
        purpose="school gates at opening",
        plan_hash=plan().hash,
        status=OperationStatus.CLOSED,
        vehicles=("main-1", "main-2"),
        sorties=(sortie("main-1", 0), sortie("main-2", 1, status=SortieStatus.BROKEN_OFF, reason="landed in RTL")),
        checks=(
            check("battery.enough", CheckLevel.YELLOW, remaining_pct=42, needed_pct=40.0),
            check("gps.satellites", CheckLevel.GREEN, satellites=14),
        ),
        created_at=BEGIN - timedelta(minutes=5),
        created_by="desk",
        authorised_by="captain",
        authorise_note="battery is swapped at noon",
        started_at=BEGIN,
        closed_at=BEGIN + timedelta(seconds=250),
        covered_fraction=0.9937,
    )
    return replace(whole, **changed)


def sighting(**changed):
    def step(seconds, action, status):
        at = BEGIN + timedelta(seconds=seconds)
        return Step(at=at, actor="car-1", action=action, status=status, unit="car-1")

    seen = Sighting(
        id="11111111-1111-4111-8111-111111111111",
        klass="illegal_parking",
        priority=2,
        place=Place(lat_deg=29.9031, lon_deg=121.8423, ce90_m=8.0),
        seen_at=BEGIN + timedelta(seconds=58),
        received_at=BEGIN + timedelta(seconds=60),
        source=Source(kind="camera", name="cam", vehicle="main-1", confidence=0.91),
        status=SightingStatus.RESOLVED,
        unit="car-1",
        outcome="moved",
        operation="op1",
        history=(
            step(61, "assign", SightingStatus.ASSIGNED),
            step(75, "accept", SightingStatus.ACCEPTED),
            step(180, "arrive", SightingStatus.ON_SCENE),
            step(240, "resolve", SightingStatus.RESOLVED),
        ),
    )
    return replace(seen, **changed)


def event(kind, seconds, **changed):
    return Event(kind=kind, at=BEGIN + timedelta(seconds=seconds), **{"actor": "captain", **changed})


EVENTS = [
    event("operation.authorised", -60, operation="op1", data={"note": "battery is swapped at noon"}),
    event(
        "command.sent", 5, vehicle="main-1", data={"command": "COMPONENT_ARM_DISARM", "params": [1.0, 0, 0, 0, 0, 0, 0]}
    ),
    event(
        "command.acked",
        5.4,
        vehicle="main-1",
        data={"command": "COMPONENT_ARM_DISARM", "result": "ACCEPTED", "attempts": 1},
    ),
    event("command.sent", 6, vehicle="main-2", data={"command": "NAV_RETURN_TO_LAUNCH", "params": [None] * 7}),
    event("command.timeout", 9, vehicle="main-2", data={"command": "NAV_RETURN_TO_LAUNCH", "attempts": 10}),
    event("command.sent", 7, actor="system", vehicle="main-1", data={"command": "SET_MESSAGE_INTERVAL"}),
    event("vehicle.stale", 100, actor="main-2", vehicle="main-2"),
    event("command.sent", 50, vehicle="other-9", data={"command": "NAV_LAND"}),
]
CAR = Unit(id="car-1", name="Car One", kind=UnitKind.PATROL_CAR)
TRACKS = {"main-1": [(1.0 * i, 29.901, 121.841 + i * 0.0002, 60.0) for i in range(40)]}


def written(op=None, sightings=None, events=EVENTS, units=(CAR,), tracks=TRACKS, **more):
    seen = [sighting()] if sightings is None else sightings
    return report_html(
        op or operation(), plan(), tracks, seen, units, events, written_at=BEGIN + timedelta(hours=1), **more
    )


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_is_well_formed_and_asks_for_nothing(language):
    page = Page(written(language=language))
    assert page.wrong == []
    assert page.open == []
    assert not {tag for tag, _ in page.elements} & {
        "script",
        "link",
        "img",
        "iframe",
        "object",
        "embed",
        "form",
        "a",
        "use",
    }
    for _, attributes in page.elements:
        assert not {"src", "href", "style", "srcset", "action"} & attributes.keys()
        assert not [name for name in attributes if name.startswith("on")]
    policy = next(a["content"] for tag, a in page.elements if a.get("http-equiv") == "Content-Security-Policy")
    assert "default-src 'none'" in policy
    assert "unsafe-inline" not in policy
    assert "url(http" not in written()


def test_it_says_what_it_must_in_both_languages():
    text = Page(written()).text
    for said in (
        "Beilun morning", "school gates at opening", "captain", "battery is swapped at noon",
        "99.3 %", "98 % → 61 %", "3:31", "landed in RTL", "电量 42%", "battery 42 %", "卫星 14 颗",
        "2026-11-26 02:00:00 UTC", "Car One (car-1)", "moved", "29.903100, 121.842300 ± 8 m", "91%",
        "覆盖", "Coverage", "飞行前检查", "Checks before flight", "指令与结果", "Commands and their results",
        "within 30 m (half the swath of 60 m)",
    ):  # fmt: skip
        assert said in text, said


def test_times_to_accept_arrive_and_resolve_count_from_receipt():
    text = Page(written()).text
    for label, took in (("time to accept", "0:15"), ("time to arrive", "2:00"), ("time to resolve", "3:00")):
        assert text[text.index(label) + len(label) :].startswith(took)


def test_the_map_draws_plan_track_zone_and_sighting():
    classes = [a.get("class", "") for _, a in Page(written()).elements]
    for kind in ("area", "no-fly", "seen", "lane c0", "lane c1", "flown c0", "spot p2", "start"):
        assert kind in classes


def test_a_track_is_cut_where_nobody_heard_the_vehicle():
    gap = [
        (0.0, 29.901, 121.841, 60.0),
        (1.0, 29.901, 121.8411, 60.0),
        (60.0, 29.901, 121.848, 60.0),
        (61.0, 29.901, 121.8481, 60.0),
    ]
    drawn = next(
        a["d"]
        for tag, a in Page(written(tracks={"main-1": gap})).elements
        if a.get("class") == "flown c0" and tag == "path" and len(a["d"]) > 10
    )
    assert drawn.count("M") == 2


def test_the_backdrop_is_the_land_around_the_plan():
    land = land_around(plan())
    assert land
    for ring in land:
        assert all(121.80 < lon < 121.90 and 29.85 < lat < 29.95 for lon, lat in ring)
    page = Page(written())
    assert "land" in [a.get("class") for _, a in page.elements]
    assert "schematic and not for navigation" in page.text


def test_far_from_the_shipped_coast_there_is_no_backdrop():
    page = Page(written(land=()))
    assert "land" not in [a.get("class") for _, a in page.elements]
    assert "schematic" not in page.text
    assert land_around(Plan(((((0.0, 0.0), (0.1, 0.0), (0.1, 0.1)),),), (), (), 0.0, 0.0)) == ()


def test_an_exercise_is_marked_and_a_real_flight_is_not():
    assert "EXERCISE 演习" in Page(written(operation(simulated=True))).text
    assert "EXERCISE" not in Page(written()).text.replace("content:'EXERCISE 演习'", "")


def test_an_unmeasured_coverage_is_not_zero():
    text = Page(written(operation(covered_fraction=None))).text
    assert "not measured" in text
    assert " 0.0 %" not in text


@pytest.mark.parametrize("bad", HOSTILE)
def test_text_from_outside_stays_text(bad):
    op = operation(
        name=bad, purpose=bad, authorise_note=bad, authorised_by=bad, created_by=bad, reason=bad,
        vehicles=(bad, "main-2"), sorties=(sortie(bad, 0, reason=bad),),
        checks=(Check(code=bad, level=CheckLevel.RED, vehicle=bad),),
    )  # fmt: skip
    seen = sighting(
        klass=bad, note=bad, unit=bad, outcome=bad, source=Source(kind=bad, name=bad, vehicle=bad, detector=bad)
    )
    seen = replace(seen, history=tuple(replace(s, actor=bad, action=bad, note=bad, unit=bad) for s in seen.history))
    events = [
        event(bad, 1, actor=bad, vehicle=bad, operation="op1", data={bad: bad}),
        event("command.sent", 2, actor=bad, vehicle=bad, data={"command": bad, "params": [bad]}),
        event("command.refused", 2, actor=bad, vehicle=bad, data={"command": bad, "detail": bad}),
    ]
    unit = Unit(id=bad, name=bad, kind=UnitKind.OFFICER)
    kinds = {tag for tag, _ in Page(written()).elements}
    page = Page(written(op, [seen], events, [unit], {bad: TRACKS["main-1"]}, names={bad: (bad, bad)}))
    assert page.wrong == []
    assert page.open == []
    assert {tag for tag, _ in page.elements} <= kinds
    assert all(not name.startswith("on") for _, attributes in page.elements for name in attributes)
    assert not set("\x00\x1b\u202e\ud800") & set(page.text)


def test_positions_that_are_no_places_do_not_break_the_map():
    nan = float("nan")
    track = [(0.0, nan, nan, nan), (1.0, 99.0, 400.0, 0.0), (2.0, 0.0, 0.0, 0.0), *TRACKS["main-1"]]
    far = sighting(place=Place(lat_deg=-45.0, lon_deg=3.0))
    page = written(tracks={"main-1": track}, sightings=[far])
    assert "nan" not in page[page.index("<svg viewBox") : page.rindex("</svg>")]


def test_an_operation_that_never_flew_has_a_report_too():
    bare = operation(
        status=OperationStatus.ABORTED, checks=(), authorised_by=None, started_at=None, covered_fraction=None
    )
    page = Page(written(bare, [], [], (), {}))
    assert page.wrong == []
    assert "Nothing was reported." in page.text


def test_sightings_of_other_operations_stay_out():
    assert "fire" not in Page(written(sightings=[sighting(klass="fire", operation="op2")])).text


def test_commands_stand_beside_their_answers():
    told = concerning(operation(), [], EVENTS)
    assert [(a.sent.vehicle, a.answered and a.answered.kind) for a in paired(told)] == [
        ("main-1", "command.acked"),
        ("main-2", "command.timeout"),
        ("main-1", None),
    ]
    text = Page(written()).text
    assert "no answer" in text
    assert "1 more requests" in text
    assert "other-9" not in text


def test_what_ground_control_itself_refused_is_listed_as_not_done():
    sent = event("command.sent", 1, vehicle="main-1", data={"command": "NAV_LAND"})
    own = event(
        "command.refused",
        2,
        vehicle="main-1",
        data={"command": "NAV_LAND", "by": "ground control", "detail": "it is armed"},
    )
    answer = event("command.acked", 3, vehicle="main-1", data={"command": "NAV_LAND", "result": "ACCEPTED"})
    assert [(a.sent.kind, a.answered.kind) for a in paired([sent, own, answer])] == [
        ("command.sent", "command.acked"),
        ("command.refused", "command.refused"),
    ]


def test_what_happened_after_the_end_belongs_to_somebody_else():
    late = event("command.sent", 300, vehicle="main-1", data={"command": "NAV_LAND"})
    early = event("command.sent", -600, vehicle="main-1", data={"command": "NAV_LAND"})
    assert concerning(operation(), [], [late, early]) == []


def test_an_alarm_is_told_in_both_languages():
    text = {"zh": "main-1 失去联系", "en": "main-1: link lost"}
    alarm = event(
        "alarm.raised", 100, actor="system", vehicle="main-1", data={"alarm": "link.lost:main-1", "text": text}
    )
    page = Page(written(events=[alarm])).text
    assert "main-1 失去联系main-1: link lost" in page
    assert "告警alarm" in page


@pytest.mark.parametrize(
    ("command", "params", "zh", "en"),
    [
        ("COMPONENT_ARM_DISARM", [1.0, 0.0], "解锁", "arm"),
        ("COMPONENT_ARM_DISARM", [0.0, 0.0], "上锁", "disarm"),
        ("DO_PAUSE_CONTINUE", [0.0], "暂停", "pause"),
        ("DO_SET_MODE", [1.0, 4.0, 0.0], "切换模式", "GUIDED"),
        ("DO_SET_MODE", [1.0, 77.0], "切换模式", "77"),
        ("NAV_RETURN_TO_LAUNCH", [0.0, None], "返航", "return to launch"),
        ("COMMAND 31010", [2.5, 0.0], "COMMAND 31010", "2.5"),
        ("DO_SET_MODE", ["<b>", None, {}], "切换模式", "·"),
    ],
)
def test_a_command_says_what_its_parameters_mean(command, params, zh, en):
    text = Page(
        written(events=[event("command.sent", 2, vehicle="main-1", data={"command": command, "params": params})])
    ).text
    assert zh in text
    assert en in text


def test_what_nobody_but_the_system_did_is_said_in_both_languages():
    said = str(seat("system"))
    assert "系统" in said
    assert "the system" in said
    assert seat("<b>王</b>") == html("<b>王</b>")


def test_shares_are_never_rounded_up():
    assert percent(0.99999) == "99.9 %"
    assert percent(1.0) == "100.0 %"
    assert percent(None) is None


def test_durations_read_like_a_clock():
    assert clock(timedelta(seconds=3723)) == "1:02:03"
    assert clock(timedelta(seconds=-5)) == "-0:05"
    assert lasted(None, BEGIN) is None


def test_the_builder_escapes_what_it_did_not_make():
    assert el("p", "<b>", title='"x"') == '<p title="&quot;x&quot;">&lt;b&gt;</p>'
    assert html(None) == "—"
    assert el("p", el("b", 1)) == "<p><b>1</b></p>"
