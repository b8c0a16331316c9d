"""The pages, composed once by Folium: map, coordinate system, links. What is live is in `maps/assets/js/`.

Folium names its assets by address on other hosts and writes inline scripts without a nonce. Both are
put right here: every link is replaced by a local file of that name, a name without one raises, and every
script carries the nonce. What Folium's elements render is read as a template once more, so no text from
outside goes through them: the page's settings are one block of JSON, written by `maps.escape` into the
outermost template, whose output is final.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

import folium
from branca.element import CssLink, Element, Figure, JavascriptLink, MacroElement
from folium.elements import JSCSSMixin
from folium.template import Template

from gcs.config import Basemap, basemap_key
from gcs.dispatch.model import UnitKind
from gcs.operations.lifecycle import TRANSITIONS
from gcs.sightings.model import SightingStatus
from gcs.sightings.workflow import SETTLED, legal_actions
from maps.assets import MissingAssetError, asset_url
from maps.escape import json_in_script, text
from missions.camera import CAMERAS

LANGUAGES = ("zh", "en")
START = (29.9, 121.84)
START_ZOOM = 14
LOCAL_ASSETS: Mapping[str, str] = MappingProxyType(
    {
        "leaflet": "leaflet/leaflet.js",
        "leaflet_css": "leaflet/leaflet.css",
        "gcj02": "js/gcj02.js",
        "base_css": "css/base.css",
        "map_css": "css/map.css",
        "centre_css": "css/centre.css",
        "unit_css": "css/unit.css",
        "train_css": "css/train.css",
        "pilot_css": "css/pilot.css",
    }
)
CRS_BY_DATUM: Mapping[str, str] = MappingProxyType({"wgs84": "EPSG3857", "gcj02": "GCJ02"})
TITLES: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "centre": {"zh": "AeroPatrol 空中精密智控", "en": "AeroPatrol 空中精密智控"},
        "pilot": {"zh": "AeroPatrol 飞手", "en": "AeroPatrol pilot"},
        "unit": {"zh": "AeroPatrol 出警", "en": "AeroPatrol unit"},
        "train": {"zh": "AeroPatrol 演练", "en": "AeroPatrol drills"},
    }
)


class LocalFigure(Figure):
    """A page that loads nothing but what this program serves. Rendering raises MissingAssetError."""

    _template = Template(
        "<!DOCTYPE html>\n"
        '<html lang="{{ this.language }}">\n<head>\n'
        "<title>{{ this.title }}</title>\n"
        '<meta name="viewport" content="width=device-width, initial-scale=1"/>\n'
        "{{ this.header.render(**kwargs) }}\n</head>\n"
        '<body class="{{ this.body_class }}">\n{{ this.html.render(**kwargs) }}\n'
        '<script type="application/json" id="settings" nonce="{{ this.nonce }}">{{ this.settings }}</script>\n'
        '<div id="app"></div>\n'
        '<script nonce="{{ this.nonce }}">\n{{ this.script.render(**kwargs) }}\n</script>\n'
        '<script type="module" src="{{ this.entry }}"></script>\n</body>\n</html>\n'
    )

    def __init__(self, nonce: str, settings: Mapping[str, Any], body_class: str, entry: str) -> None:
        self.language, self.body_class, self.entry = settings["language"], body_class, asset_url(entry)
        super().__init__(title=TITLES[body_class][self.language])
        self.nonce, self.settings = text(nonce), json_in_script(settings)
        self.header.add_child(Element(f'<link rel="icon" href="{asset_url("icon.svg")}" type="image/svg+xml"/>'))

    def render(self, **kwargs: Any) -> str:
        for child in tuple(self._children.values()):
            child.render(**kwargs)
        for name, child in self.header._children.items():  # noqa: SLF001 - branca has no other way to its links
            if isinstance(child, CssLink | JavascriptLink):
                child.url = _local(name)
        return str(self._template.render(this=self, kwargs=kwargs))


class LocalMap(folium.Map):
    """Folium's map without its page-wide styles, its ban on zooming and its unused libraries."""

    default_js = [("leaflet", ""), ("gcj02", "")]  # noqa: RUF012 - Folium's way to name assets
    default_css = [("leaflet_css", ""), ("base_css", ""), ("map_css", "")]  # noqa: RUF012
    _template = Template(
        "{% macro html(this, kwargs) %}"
        '<div id={{ this.get_name()|tojson }} class="folium-map"></div>'
        "{% endmacro %}"
        "{% macro script(this, kwargs) %}"
        "var {{ this.get_name() }} = L.map({{ this.get_name()|tojson }}, {"
        "center: {{ this.location|tojson }}, crs: L.CRS.{{ this.crs }}, ...{{ this.options|tojavascript }}});"
        "{% endmacro %}"
    )


class Style(JSCSSMixin, MacroElement):
    """One more style sheet of LOCAL_ASSETS."""

    _template = Template("")

    def __init__(self, name: str) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.default_css = [(name, "")]


def centre_page(
    nonce: str,
    language: str = "zh",
    basemaps: Sequence[Basemap] = (),
    *,
    exercise: bool = False,
    replay: bool = False,
) -> str:
    """The command centre's page. `basemaps` are the site's own; the backdrop is always there."""
    settings = {
        **_shared_settings(language, basemaps),
        "cameras": [{"name": camera.name, "title": camera.title} for camera in CAMERAS.values()],
        "exercise": exercise,
        "replay": replay,
        "legalSteps": {status.value: [step.value for step in steps] for status, steps in TRANSITIONS.items()},
        "legalActions": {status.value: [action.value for action in legal_actions(status)] for status in SightingStatus},
    }
    figure = LocalFigure(nonce, settings, "centre", "js/centre/main.js")
    return _page(figure, "centre_css", basemaps)


def unit_page(nonce: str, language: str = "zh", basemaps: Sequence[Basemap] = ()) -> str:
    """The page of a unit on the ground, for phones."""
    figure = LocalFigure(nonce, _shared_settings(language, basemaps), "unit", "js/unit/main.js")
    figure.header.add_child(Element(f'<link rel="manifest" href="{asset_url("unit.webmanifest")}"/>'))
    figure.header.add_child(Element('<meta name="theme-color" content="#0f2438"/>'))
    return _page(figure, "unit_css", basemaps)


def pilot_page(
    nonce: str,
    language: str = "zh",
    basemaps: Sequence[Basemap] = (),
    *,
    exercise: bool = False,
    replay: bool = False,
) -> str:
    """The page of a pilot: one vehicle at a time, for a laptop beside it."""
    settings = {**_shared_settings(language, basemaps), "exercise": exercise, "replay": replay}
    figure = LocalFigure(nonce, settings, "pilot", "js/pilot/main.js")
    return _page(figure, "pilot_css", basemaps)


def train_page(nonce: str, language: str = "zh", basemaps: Sequence[Basemap] = ()) -> str:
    """The page of whoever leads a drill."""
    figure = LocalFigure(nonce, _shared_settings(language, basemaps), "train", "js/train/main.js")
    return _page(figure, "train_css", basemaps)


def _shared_settings(language: str, basemaps: Sequence[Basemap]) -> dict[str, Any]:
    return {
        "language": _language(language),
        "settled": sorted(status.value for status in SETTLED),
        "unitKinds": [kind.value for kind in UnitKind],
        "basemaps": [
            {
                "name": basemap.name,
                "url": f"/tiles/{basemap_key(index)}/{{z}}/{{x}}/{{y}}",
                "attribution": basemap.attribution,
                "datum": basemap.datum,
                "maxZoom": basemap.max_zoom,
            }
            for index, basemap in enumerate(basemaps)
        ],
    }


def _page(figure: LocalFigure, style: str, basemaps: Sequence[Basemap]) -> str:
    patrol_map = LocalMap(
        location=START,
        zoom_start=START_ZOOM,
        tiles=None,
        crs=CRS_BY_DATUM[basemaps[0].datum if basemaps else "wgs84"],
        zoom_control=False,
        zoom_snap=0.5,
        min_zoom=5,
        max_zoom=20,
    )
    patrol_map._id = "main"  # noqa: SLF001 - gives the map a name that our scripts know
    patrol_map.add_child(Style(style))
    figure.add_child(patrol_map)
    return figure.render()


def _local(name: str) -> str:
    try:
        return asset_url(LOCAL_ASSETS[name])
    except KeyError:
        raise MissingAssetError(f"{name}: name a local file for it in LOCAL_ASSETS") from None


def _language(said: str) -> str:
    return said if said in LANGUAGES else LANGUAGES[0]
