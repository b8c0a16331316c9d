"""Which files are served, and that nothing else can be reached."""

import re
from pathlib import Path

import pytest

from maps.assets import MissingAssetError, asset_names, asset_url, find_asset

ASSETS = Path(__file__).resolve().parents[2] / "maps" / "assets"
SCRIPTS = sorted(path for path in ASSETS.rglob("*.js"))


@pytest.mark.parametrize("path", [
    "../page.py", "js/../../page.py", "..%2fpage.py", "/etc/passwd", "js", "", ".", "..", "js/", "basemap/NOTICE.md",
    "leaflet/../js_lib_leaflet/apps.py", "leaflet/leaflet-src.js", "JS/CENTRE/MAIN.JS", "js/centre/main.js\x00",
    "\\..\\page.py",
])  # fmt: skip
def test_nothing_outside_is_found(path):
    assert find_asset(path) is None


@pytest.mark.parametrize(("path", "kind"), [
    ("js/centre/main.js", "text/javascript; charset=utf-8"), ("css/base.css", "text/css; charset=utf-8"),
    ("i18n/zh.json", "application/json; charset=utf-8"), ("icon.svg", "image/svg+xml; charset=utf-8"),
    ("basemap/coast.geojson", "application/geo+json; charset=utf-8"),
    ("leaflet/leaflet.js", "text/javascript; charset=utf-8"),
    ("leaflet/images/layers.png", "image/png"), ("unit.webmanifest", "application/manifest+json; charset=utf-8"),
])  # fmt: skip
def test_files_say_what_they_are(path, kind):
    asset = find_asset(path)
    assert asset.content_type == kind
    assert re.fullmatch(r'"[0-9a-f]{20}"', asset.etag)
    assert len(asset.content) > 50


def test_leaflet_is_the_version_that_folium_needs():
    assert b"Leaflet 1.9.4" in find_asset("leaflet/leaflet.js").content


def test_the_units_worker_may_serve_the_units_page_and_no_other():
    assert find_asset("js/unit/worker.js").headers == {"Service-Worker-Allowed": "/unit"}
    assert [name for name in asset_names() if find_asset(name).headers] == ["js/unit/worker.js"]


def test_a_missing_file_is_an_error_of_ours():
    with pytest.raises(MissingAssetError):
        asset_url("js/nothing.js")


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.relative_to(ASSETS).as_posix())
def test_our_scripts_never_make_markup_or_code_of_text(path):
    text = path.read_text("utf-8")
    forbidden = r"\.innerHTML\s*=|outerHTML|insertAdjacentHTML|document\.write|bindPopup|bindTooltip"
    forbidden += r"|\beval\(|new Function|setTimeout\(['\"`]"
    assert not re.findall(forbidden, text)
    assert not re.findall(r"https?://(?!www\.w3\.org/)", text)
    assert len(text.splitlines()) <= 300, "one concern a file"


def test_imports_between_scripts_lead_to_files():
    for path in SCRIPTS:
        for name in re.findall(r"(?:from|import) '(\.[^']+)'", path.read_text("utf-8")):
            assert (path.parent / name).resolve().is_file(), f"{path.name}: {name}"


def test_the_backdrop_is_small_and_carries_its_notice():
    assert sum((ASSETS / "basemap" / name).stat().st_size for name in ("coast.geojson", "districts.geojson")) < 400_000
    notice = (ASSETS / "basemap" / "NOTICE.md").read_text("utf-8")
    assert "not for navigation" in notice
    assert "LGPL" in notice
    assert "Tianditu" in notice
