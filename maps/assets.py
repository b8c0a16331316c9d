"""Files that pages load: our own scripts, styles, texts and backdrop, and Leaflet's from its package.

Only names that were found in the two folders at start are known, so a request can reach nothing else.
"""

from __future__ import annotations

import hashlib
import importlib.util
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import MappingProxyType

OWN_FOLDER = Path(__file__).parent / "assets"
LEAFLET_PACKAGE = "js_lib_leaflet"
LEAFLET_FILES = ("leaflet.js", "leaflet.css", "images/layers.png", "images/layers-2x.png", "images/marker-icon.png")
CONTENT_TYPES: Mapping[str, str] = MappingProxyType(
    {
        ".js": "text/javascript; charset=utf-8",
        ".css": "text/css; charset=utf-8",
        ".json": "application/json; charset=utf-8",
        ".geojson": "application/geo+json; charset=utf-8",
        ".webmanifest": "application/manifest+json; charset=utf-8",
        ".svg": "image/svg+xml; charset=utf-8",
        ".png": "image/png",
        ".wav": "audio/wav",
        ".txt": "text/plain; charset=utf-8",
    }
)
SERVICE_WORKER = "js/unit/worker.js"


class MissingAssetError(LookupError):
    """A page names a file that is not served: the page would be broken without the internet."""


@dataclass(frozen=True, slots=True)
class Asset:
    """A file and how to answer for it. `etag` is quoted, as in the header; `headers` are those beyond."""

    content: bytes
    content_type: str
    etag: str
    headers: Mapping[str, str] = field(default_factory=dict)


def find_asset(path: str) -> Asset | None:
    """The file of that name below `/assets/`; None when there is none. Never reads outside its folders."""
    file = _known().get(path)
    return _load(path, file) if file is not None else None


def asset_url(path: str) -> str:
    """The address of a file for pages. Raises MissingAssetError."""
    if path not in _known():
        raise MissingAssetError(path)
    return f"/assets/{path}"


def asset_names() -> tuple[str, ...]:
    return tuple(sorted(_known()))


@cache
def _known() -> Mapping[str, Path]:
    own = {
        file.relative_to(OWN_FOLDER).as_posix(): file
        for file in OWN_FOLDER.rglob("*")
        if file.is_file() and file.suffix in CONTENT_TYPES
    }
    leaflet = _leaflet_folder()
    return MappingProxyType(own | {f"leaflet/{name}": leaflet / name for name in LEAFLET_FILES})


def _leaflet_folder() -> Path:
    """The package is found and not imported: importing it would ask for Django."""
    spec = importlib.util.find_spec(LEAFLET_PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise MissingAssetError("Leaflet: install the package django-js-lib-leaflet")
    return Path(spec.submodule_search_locations[0]) / "static" / LEAFLET_PACKAGE


@cache
def _load(path: str, file: Path) -> Asset:
    content = file.read_bytes()
    headers = {"Service-Worker-Allowed": "/unit"} if path == SERVICE_WORKER else {}
    etag = f'"{hashlib.sha256(content).hexdigest()[:20]}"'
    return Asset(content, CONTENT_TYPES[file.suffix], etag, MappingProxyType(headers))
