"""The pages: nothing from another host, scripts only with the nonce, settings as inert JSON."""

import json
import re
from html.parser import HTMLParser

import pytest
from branca.element import MacroElement
from folium.elements import JSCSSMixin
from folium.template import Template

from gcs.config import Basemap
from maps.assets import MissingAssetError, find_asset
from maps.page import LocalFigure, LocalMap, centre_page, pilot_page, unit_page

HOSTILE = ("</script><script>alert(1)</script>", "${alert(1)}", "<img src=x onerror=alert(1)>", "`;alert(1);//",
           "{{7*7}}", "<!--", "\u2028alert(1)", '"};alert(1)//')  # fmt: skip
BASEMAPS = tuple(
    Basemap(name=text, url="https://tiles.example.org/{z}/{x}/{y}.png", attribution=text) for text in HOSTILE
)
PAGES = {
    "centre zh": lambda: centre_page("N0nce", "zh", BASEMAPS, exercise=True),
    "centre en": lambda: centre_page("N0nce", "en", replay=True),
    "pilot zh": lambda: pilot_page("N0nce", "zh", BASEMAPS),
    "pilot en": lambda: pilot_page("N0nce", "en", replay=True),
    "unit zh": lambda: unit_page("N0nce", "zh"),
    "unit en": lambda: unit_page("N0nce", "en", BASEMAPS),
}


class Reader(HTMLParser):
    """The tags of a page, and the text of its scripts."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.scripts, self._in_script = [], [], False
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self._in_script = tag == "script"

    def handle_endtag(self, tag):
        self._in_script = False

    def handle_data(self, data):
        if self._in_script:
            self.scripts.append((self.tags[-1][1], data))

    def addresses(self):
        return [attrs[name] for _, attrs in self.tags for name in ("src", "href") if name in attrs]


@pytest.fixture(params=PAGES.values(), ids=PAGES.keys())
def page(request):
    return request.param()


def test_every_address_is_a_file_that_is_served(page):
    addresses = Reader(page).addresses()
    assert len(addresses) >= 6
    for address in addresses:
        assert address.startswith("/assets/"), address
        assert find_asset(address.removeprefix("/assets/")) is not None, address


def test_no_page_names_another_host(page):
    reader = Reader(page)
    assert not [text for _, text in reader.scripts if "//" in text and "example.org" in text]
    assert "https:" not in page
    assert not re.search(r"url\((?!#)", page)


def test_every_inline_script_carries_the_nonce(page):
    for attrs, text in Reader(page).scripts:
        if text.strip():
            assert attrs.get("nonce") == "N0nce"


def test_no_handler_stands_in_an_attribute(page):
    assert not [name for _, attrs in Reader(page).tags for name in attrs if name.startswith("on")]


def test_a_phone_may_zoom(page):
    (viewport,) = (
        attrs["content"] for tag, attrs in Reader(page).tags if tag == "meta" and attrs.get("name") == "viewport"
    )
    assert "user-scalable" not in viewport
    assert "maximum-scale" not in viewport


def settings_of(page):
    (text,) = (text for attrs, text in Reader(page).scripts if attrs.get("id") == "settings")
    return json.loads(text)


def test_hostile_names_of_base_maps_stay_data():
    page = centre_page("N0nce", "zh", BASEMAPS)
    reader = Reader(page)
    assert [basemap["name"] for basemap in settings_of(page)["basemaps"]] == list(HOSTILE)
    assert "img" not in [tag for tag, _ in reader.tags]
    assert sum("alert(1)" in text for _, text in reader.scripts) == 1, "in the settings and nowhere else"
    assert "alert(1)</script>" not in page
    assert "49" not in [basemap["name"] for basemap in settings_of(page)["basemaps"]]


def test_tiles_are_asked_of_this_program_only():
    for basemap in settings_of(centre_page("N", basemaps=BASEMAPS))["basemaps"]:
        assert re.fullmatch(r"/tiles/base\d+/\{z\}/\{x\}/\{y\}", basemap["url"])


@pytest.mark.parametrize(("datum", "crs"), [("wgs84", "L.CRS.EPSG3857"), ("gcj02", "L.CRS.GCJ02")])
def test_the_map_takes_the_datum_of_the_base_map_it_opens_with(datum, crs):
    basemaps = (Basemap(name="one", url="http://127.0.0.1/{z}/{x}/{y}", datum=datum),)
    assert crs in centre_page("N", basemaps=basemaps)


def test_the_steps_that_pages_offer_are_those_of_the_tables():
    settings = settings_of(centre_page("N"))
    assert settings["legalSteps"]["draft"] == ["check", "abort"]
    assert settings["legalActions"]["resolved"] == ["reopen", "assess"]
    assert not [status for status, actions in settings["legalActions"].items() if "expire" in actions]


def test_an_unknown_language_becomes_chinese():
    assert '<html lang="zh">' in centre_page("N", '"><script>alert(1)</script>')


def test_an_asset_that_nobody_maps_is_refused():
    class Plugin(JSCSSMixin, MacroElement):
        _template = Template("")
        default_js = [("some_plugin", "https://cdn.example.org/some_plugin.js")]  # noqa: RUF012

    figure = LocalFigure("N", {"language": "zh"}, "centre", "js/centre/main.js")
    patrol_map = LocalMap(location=(29.9, 121.8), tiles=None)
    patrol_map.add_child(Plugin())
    figure.add_child(patrol_map)
    with pytest.raises(MissingAssetError, match="some_plugin"):
        figure.render()


def test_the_nonce_is_escaped():
    assert '"><x>' not in centre_page('"><x>')


@pytest.mark.parametrize(("language", "title"), [("zh", "AeroPatrol 飞手"), ("en", "AeroPatrol pilot")])
def test_a_page_is_titled_in_its_language(language, title):
    assert f"<title>{title}</title>" in pilot_page("n", language)
