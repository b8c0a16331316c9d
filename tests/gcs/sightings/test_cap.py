"""Common Alerting Protocol messages, held against the order and the value lists of the standard."""

import re
from datetime import timedelta
from xml.etree import ElementTree as ET

import pytest

from gcs.sightings.cap import NAMESPACE, cap_message
from gcs.sightings.workflow import Action, Asked, take

from .conftest import ID, NOW

ALERT = ["identifier", "sender", "sent", "status", "msgType", "source", "scope", "restriction", "addresses", "code",
         "note", "references", "incidents", "info"]  # fmt: skip
INFO = ["language", "category", "event", "responseType", "urgency", "severity", "certainty", "audience", "eventCode",
        "effective", "onset", "expires", "senderName", "headline", "description", "instruction", "web", "contact",
        "parameter", "resource", "area"]  # fmt: skip
VALUES = {
    "status": {"Actual", "Exercise", "System", "Test", "Draft"},
    "msgType": {"Alert", "Update", "Cancel", "Ack", "Error"},
    "scope": {"Public", "Restricted", "Private"},
    "category": {"Geo", "Met", "Safety", "Security", "Rescue", "Fire", "Health", "Env", "Transport", "Infra", "CBRNE",
                 "Other"},
    "urgency": {"Immediate", "Expected", "Future", "Past", "Unknown"},
    "severity": {"Extreme", "Severe", "Moderate", "Minor", "Unknown"},
    "certainty": {"Observed", "Likely", "Possible", "Unlikely", "Unknown"},
}  # fmt: skip
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[-+]\d\d:\d\d")


@pytest.fixture
def told(catalogue):
    """The message of a sighting, parsed and held against the standard."""

    def told(sighting):
        root = ET.fromstring(cap_message(sighting, catalogue, "aeropatrol@station"))
        assert root.tag == f"{{{NAMESPACE}}}alert"
        for parent, order in ((root, ALERT), *((info, INFO) for info in root.iter(f"{{{NAMESPACE}}}info"))):
            tags = [child.tag.removeprefix(f"{{{NAMESPACE}}}") for child in parent]
            assert tags == sorted(tags, key=order.index)
        for element in root.iter():
            tag = element.tag.removeprefix(f"{{{NAMESPACE}}}")
            assert element.text in VALUES.get(tag, {element.text})
            assert tag not in ("sent", "onset") or TIME.fullmatch(element.text)
        return root

    return told


def texts(root, tag):
    return [element.text for element in root.iter(f"{{{NAMESPACE}}}{tag}")]


def test_a_new_sighting_is_an_alert_in_two_languages(told, make):
    root = told(make(klass="open_burning", ce90_m=12.5, note="空地焚烧"))
    assert texts(root, "msgType") == ["Alert"]
    assert texts(root, "status") == ["Actual"]
    assert texts(root, "identifier") == [f"{ID}.1"]
    assert texts(root, "event") == ["露天焚烧", "Open burning"]
    assert texts(root, "category") == ["Env", "Env"]
    assert texts(root, "circle")[0] == "29.9000000,121.8400000 0.013"
    assert texts(root, "description") == ["空地焚烧"] * 2
    assert texts(root, "sent") == ["2026-03-01T12:00:00-00:00"]


def test_steps_are_updates_and_a_dismissal_cancels_and_all_refer_to_the_first(told, make):
    sighting = take(make(), Asked(Action.ASSIGN, NOW + timedelta(seconds=5), "x", "car-1"))
    root = told(sighting)
    assert (texts(root, "msgType"), texts(root, "identifier")) == (["Update"], [f"{ID}.2"])
    assert texts(root, "references") == [f"aeropatrol@station,{ID}.1,2026-03-01T12:00:00-00:00"]
    root = told(take(sighting, Asked(Action.DISMISS, NOW, "x", note="a shadow")))
    assert (texts(root, "msgType"), texts(root, "urgency")) == (["Cancel"], ["Past", "Past"])


def test_an_exercise_says_so_in_status_and_headline(told, make):
    root = told(make(simulated=True))
    assert texts(root, "status") == ["Exercise"]
    assert [text.split("：")[0].split(":")[0] for text in texts(root, "headline")] == ["演练", "EXERCISE"]


@pytest.mark.parametrize("note", ["<script>alert(1)</script>", "]]>&amp;\ufffe\uffff", "\x00\x0b\ud800 & < > \" '"])
def test_hostile_text_stays_text(told, make, note):
    root = told(make(note=note))
    assert texts(root, "description")[0] == make(note=note).note.replace("\ufffe", "").replace("\uffff", "")


@pytest.mark.parametrize("priority", [1, 2, 3, 4])
def test_every_class_and_priority_has_values_of_the_standard(told, make, catalogue, priority):
    for klass in catalogue:
        told(make(klass=klass, priority=priority))
