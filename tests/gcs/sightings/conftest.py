"""A report that is right, to be made wrong."""

from datetime import UTC, datetime

import pytest

from gcs.sightings.catalogue import default_catalogue
from gcs.sightings.intake import SightingReport, make_sighting

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
ID = "0f8fad5b-d9cb-469f-a165-70867728950e"


@pytest.fixture(scope="session")
def catalogue():
    return default_catalogue()


@pytest.fixture
def make(catalogue):
    """Makes the sighting of a report with the given fields."""

    def make(**fields):
        report = SightingReport(**{"klass": "crowd", "lat": 29.9, "lon": 121.84, **fields})
        return make_sighting(report, catalogue, new_id=ID, now=NOW, actor="desk")

    return make
