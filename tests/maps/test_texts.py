"""Chinese and English: the same texts in both, and none that a page asks for is missing."""

import json
import re
from pathlib import Path

import pytest

from gcs.alarms import Severity
from gcs.dispatch.model import UnitKind, UnitStatus
from gcs.dispatch.requests import Duty
from gcs.operations.lifecycle import Step
from gcs.operations.model import CheckLevel, OperationStatus, SortieStatus
from gcs.sightings.catalogue import PRIORITIES
from gcs.sightings.intake import SOURCE_KINDS
from gcs.sightings.model import SightingStatus
from gcs.sightings.workflow import Action
from gcs.training.model import RunStatus
from simulators.faults import CATALOGUE
from simulators.world import KINDS

ASSETS = Path(__file__).resolve().parents[2] / "maps" / "assets"
TEXTS = {name: json.loads((ASSETS / "i18n" / f"{name}.json").read_text("utf-8")) for name in ("zh", "en")}
SHOWN = {
    "severity": Severity,
    "unit": UnitStatus,
    "kind": UnitKind,
    "checks": CheckLevel,
    "operation.status": OperationStatus,
    "sortie": SortieStatus,
    "sighting": SightingStatus,
    "history": Action,
    "source": SOURCE_KINDS,
    "priority": PRIORITIES,
    "train.number": sorted({name for kind in CATALOGUE.values() for name in kind.numbers}),
    "train.kind": sorted(KINDS),
    "train.status": RunStatus,
    "step": [step for step in Step if step not in (Step.AIRBORNE, Step.HOLD)],
}


def test_both_languages_hold_the_same_texts_in_the_same_order():
    assert list(TEXTS["zh"]) == list(TEXTS["en"])


@pytest.mark.parametrize("language", TEXTS)
def test_no_text_is_empty(language):
    assert [key for key, text in TEXTS[language].items() if not text.strip()] == []


def test_both_languages_fill_in_the_same_values():
    def named(text):
        return sorted(re.findall(r"\{(\w+)\}", text))

    assert {key for key in TEXTS["zh"] if named(TEXTS["zh"][key]) != named(TEXTS["en"][key])} == set()


@pytest.mark.parametrize("group", SHOWN)
def test_every_value_that_is_shown_has_a_text(group):
    missing = [f"{group}.{value}" for value in SHOWN[group] if f"{group}.{value}" not in TEXTS["en"]]
    assert missing == []


def test_duty_is_shown_as_a_status():
    assert {duty.value for duty in Duty} <= {status.value for status in UnitStatus}


def test_every_text_that_a_script_names_exists():
    for path in ASSETS.rglob("*.js"):
        text = path.read_text("utf-8")
        named = re.findall(r"\bt\('([\w.]+)'", text) + re.findall(
            r"labelled\([^;]*?, '([a-z_]+\.[a-z_.]+|close)'", text
        )
        assert [key for key in named if key not in TEXTS["en"]] == [], path.name
