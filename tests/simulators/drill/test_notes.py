"""What ground control says of itself becomes notes: once each, at the time of its own history."""

import pytest

from simulators.drill.notes import Notes

AT = "2026-01-01T00:00:{:02d}Z"
MIDNIGHT = 1767225600.0


@pytest.fixture
def notes():
    return Notes(lambda unix_s: (unix_s - MIDNIGHT) * 10)


def sighting(*steps, views=()):
    history = [{"at": AT.format(at), "actor": "x", "action": action, "unit": unit} for at, action, unit in steps]
    return {
        "id": "s", "klass": "crowd", "place": {"lat_deg": 29.9, "lon_deg": 121.84}, "history": history,
        "views": [{"id": view} for view in views],
    }  # fmt: skip


def state(*sightings, at=30, operations=(), alarms=()):
    return {
        "at": AT.format(at), "sightings": list(sightings), "operations": list(operations), "alarms": list(alarms),
    }  # fmt: skip


def test_each_step_is_noted_once_at_its_own_time(notes):
    reported = (1, "report", None)
    first = notes.of_state(state(sighting(reported)))
    assert [(at, kind) for at, kind, _ in first] == [(10.0, "sighting.report")]
    assert first[0][2]["reports"] == ["s"]
    assert notes.of_state(state(sighting(reported))) == []
    later = notes.of_state(state(sighting(reported, (2, "assign", "car"), (4, "accept", "car"))))
    assert [(at, kind, data["unit"]) for at, kind, data in later] == [
        (20.0, "sighting.assign", "car"),
        (40.0, "sighting.accept", "car"),
    ]


def test_a_thing_seen_again_is_noted_with_all_its_reports(notes):
    notes.of_state(state(sighting((1, "report", None))))
    again = notes.of_state(state(sighting((1, "report", None), views=("s", "t"))))
    assert [(kind, data["reports"]) for _, kind, data in again] == [("sighting.seen_again", ["s", "t"])]


def test_operations_are_noted_when_they_change_and_alarms_when_they_come(notes):
    flying = {"id": "o", "name": "n", "status": "flying", "covered_fraction": None}
    alarm = {"id": "a", "code": "link.lost", "severity": "critical", "vehicle": "v", "at": AT.format(3)}
    alarm["text"] = {"zh": "失联", "en": "lost"}
    seen = state(operations=[flying], alarms=[alarm])
    assert [kind for _, kind, _ in notes.of_state(seen)] == ["operation", "alarm"]
    assert notes.of_state(seen) == []


def test_a_result_has_the_parameters_of_its_command(notes):
    sent = {"command": "DO_SET_MODE", "params": [1.0, 4.0]}
    events = [
        {"at": AT.format(5), "kind": kind, "actor": "Li", "vehicle": "drill-1", "data": data}
        for kind, data in (("command.sent", sent), ("command.acked", {"command": "DO_SET_MODE"}))
    ]
    ((_, kind, data),) = notes.of_events(events)
    assert (kind, data["params"], data["result"]) == ("command", [1.0, 4.0], "acked")


def test_only_commands_of_persons_are_noted(notes):
    events = [
        {"at": AT.format(5), "kind": kind, "actor": actor, "vehicle": "drill-1", "data": {"command": "rtl"}}
        for kind, actor in (("command.refused", "Li"), ("command.timeout", "system"), ("command.sent", "Li"))
    ]
    assert [(at, data["result"]) for at, _, data in notes.of_events(events)] == [(50.0, "refused")]


def test_a_notice_is_what_a_vehicle_has_said(notes):
    def used(**data):
        return {"at": AT.format(5), "kind": "payload.used", "actor": "Li", "vehicle": "drill-2", "data": data}

    said = used(payload="loudspeaker", on=True, text="stay at home", taken=True)
    not_taken, off = used(on=True, text="x", taken=False), used(on=False, text="", taken=True)
    assert notes.of_events([said, not_taken, off]) == [(50.0, "notice", {"vehicle": 2, "by": "Li"})]
