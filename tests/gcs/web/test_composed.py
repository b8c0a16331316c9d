"""All pages come from a process of their own, and each answer has a nonce of its own."""

import asyncio
import subprocess
import sys

import pytest

from gcs.config import Basemap
from gcs.web import composed as module
from gcs.web.composed import MARK, PagesError, all_pages, compose_early, composed
from maps.page import centre_page, pilot_page, train_page, unit_page

BASEMAPS = (Basemap(name="Site", url="https://tiles.example/{z}/{x}/{y}.png", datum="gcj02"),)


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_a_page_is_what_its_maker_makes(language):
    for exercise in (False, True):
        for kind, make in (("centre", centre_page), ("pilot", pilot_page)):
            page = await composed(kind, "N0nce", language, BASEMAPS, exercise=exercise, replay=True)
            assert page == make("N0nce", language, BASEMAPS, exercise=exercise, replay=True)
        for kind, make in (("unit", unit_page), ("train", train_page)):
            page = await composed(kind, "N0nce", language, BASEMAPS, exercise=exercise, replay=True)
            assert page == make("N0nce", language, BASEMAPS)
            assert MARK not in page


def test_serving_loads_nothing_of_folium():
    told = "import sys, gcs.cli.serve; print(sorted({'folium', 'branca', 'pyvrp', 'alembic'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("does", "said"),
    [("import sys; sys.exit('leaflet.js: missing')", "leaflet.js: missing"), ("import sys; sys.exit(3)", "3")],
)
def test_pages_that_cannot_be_composed_say_why(monkeypatch, does, said):
    monkeypatch.setattr(module, "COMMAND", (sys.executable, "-c", does))
    with pytest.raises(PagesError, match=said):
        all_pages((), replay=False)
    monkeypatch.setattr(module, "COMMAND", ("/nothing/is/here",))
    asyncio.run(compose_early((), replay=False, after_s=0.0))
    with pytest.raises(PagesError):
        all_pages((), replay=False)
