"""KML and KMZ as areas: polygons and points of placemarks, nothing that reaches outside the file.

A placemark is a no-fly zone when its style is `#no_fly`, its data `kind` says so, or its name begins with
no_fly, no-fly or 禁飞; data `floor_m`, `ceiling_m` and `above` give it a band of heights. A point of kind, or with
a name, of home or start (起降点) is a start point. What could fetch or expand something (network links, doctypes,
entities, archives that unpack to too much) is refused.
"""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass, field
from typing import Any
from xml.parsers import expat

from missions.areas.checks import AreaError

LARGEST_KML_BYTES = 32 * 2**20
MOST_ENTRIES = 1_000
DEEPEST = 64
ZONE_NAMES = ("no_fly", "no-fly", "no fly", "禁飞")
HOME_NAMES = ("home", "start", "起降点", "起飞点")
BAND_HEIGHTS = ("floor_m", "ceiling_m")
REACHES_OUT = ("networklink", "networklinkcontrol", "link")


def is_kml(data: bytes) -> bool:
    """Does the file look like KML or KMZ rather than JSON?"""
    return data.startswith(b"PK\x03\x04") or data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<"


def kml_document(data: bytes, name: str) -> dict[str, Any]:
    """The placemarks as a GeoJSON FeatureCollection. AreaError: one line with file, place and fix."""
    if data.startswith(b"PK\x03\x04"):
        data = _unzipped(data, name)
    reader = _Reader(name)
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    parser.StartDoctypeDeclHandler = reader.doctype
    parser.buffer_text = True
    try:
        parser.Parse(data, True)  # noqa: FBT003  expat takes no keywords
    except expat.ExpatError as error:
        what = expat.errors.messages.get(error.code, "broken")
        raise AreaError(f"{name}: is not KML: {what} at line {error.lineno}, column {error.offset + 1}") from error
    if not reader.is_kml:
        raise AreaError(f"{name}: is XML but not KML: save it as KML or GeoJSON")
    return {"type": "FeatureCollection", "features": reader.features or [{"type": "Feature", "geometry": None}]}


def _unzipped(data: bytes, name: str) -> bytes:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            if len(entries) > MOST_ENTRIES:
                raise AreaError(f"{name}: holds {len(entries)} files: a KMZ area needs one .kml")
            documents = [entry for entry in entries if entry.filename.lower().endswith(".kml")]
            if not documents:
                raise AreaError(f"{name}: holds no .kml file: save it as KMZ or KML")
            if documents[0].file_size > LARGEST_KML_BYTES:
                raise AreaError(_too_large(name))
            with archive.open(documents[0]) as member:
                text = member.read(LARGEST_KML_BYTES + 1)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError) as error:
        if isinstance(error, AreaError):
            raise
        raise AreaError(f"{name}: is a broken archive: save it again as KMZ or KML") from error
    if len(text) > LARGEST_KML_BYTES:
        raise AreaError(_too_large(name))
    return text


def _too_large(name: str) -> str:
    return f"{name}: unpacks to more than {LARGEST_KML_BYTES // 2**20} MB: simplify the outline"


@dataclass
class _Placemark:
    """What one placemark holds while it is read."""

    name: str = ""
    style: str = ""
    kind: str = ""
    band: dict[str, Any] = field(default_factory=dict)
    polygons: list[list[Any]] = field(default_factory=list)
    points: list[Any] = field(default_factory=list)


class _Reader:
    """Collects placemarks from the parser's events."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.is_kml = False
        self.features: list[dict[str, Any]] = []
        self._path: list[str] = []
        self._text: list[str] = []
        self._data_name = ""
        self._mark: _Placemark | None = None

    def doctype(self, *_: object) -> None:
        raise AreaError(f"{self.name}: has a DOCTYPE, which may hold entities: remove it")

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        local = tag.rpartition(" ")[2].lower()
        if local in REACHES_OUT[:2] or (local == "link" and "placemark" not in self._path):
            raise AreaError(f"{self.name}: has a network link: save the linked data itself into the file")
        if len(self._path) >= DEEPEST:
            raise AreaError(f"{self.name}: is nested more than {DEEPEST} deep")
        self.is_kml = self.is_kml or local == "kml"
        self._path.append(local)
        self._text = []
        if local == "placemark":
            self._mark = _Placemark()
        elif local == "data":
            self._data_name = attributes.get("name", "")
        elif local == "polygon" and self._mark is not None:
            self._mark.polygons.append([])

    def text(self, text: str) -> None:
        self._text.append(text)

    def end(self, _tag: str) -> None:
        local = self._path.pop()
        mark, text = self._mark, "".join(self._text).strip()
        self._text = []
        if mark is None:
            return
        if local == "placemark":
            self._finish(mark)
        elif local == "name" and self._path[-1] == "placemark":
            mark.name = text
        elif local == "styleurl":
            mark.style = text
        elif local == "value" and self._data_name == "kind":
            mark.kind = text
        elif local == "value" and self._data_name in BAND_HEIGHTS:
            mark.band[self._data_name] = self._height(text, mark)
        elif local == "value" and self._data_name == "above":
            mark.band["above"] = text.lower()
        elif local == "coordinates":
            self._coordinates(mark, text)

    def _coordinates(self, mark: _Placemark, text: str) -> None:
        places = [self._place(word, mark) for word in text.split()]
        if "polygon" in self._path and mark.polygons:
            outer = "outerboundaryis" in self._path
            rings = mark.polygons[-1]
            rings.insert(0, places) if outer else rings.append(places)
        elif self._path[-1] == "point" and places:
            mark.points.append(places[0])

    def _height(self, text: str, mark: _Placemark) -> float:
        try:
            return float(text)
        except ValueError:
            raise AreaError(
                f"{self.name}: {mark.name or 'placemark'}: {self._data_name} is {text[:40]!r}: must be metres"
            ) from None

    def _place(self, word: str, mark: _Placemark) -> list[float]:
        try:
            return [float(part) for part in word.split(",")[:3]]
        except ValueError:
            raise AreaError(f"{self.name}: {mark.name or 'placemark'}: {word[:40]!r} is not lon,lat[,height]") from None

    def _finish(self, mark: _Placemark) -> None:
        self._mark = None
        named = mark.name.lower()
        kind = mark.kind.lower() or ("no_fly" if mark.style == "#no_fly" or named.startswith(ZONE_NAMES) else "")
        if mark.polygons:
            geometry = {"type": "MultiPolygon", "coordinates": mark.polygons}
            self.features.append(
                {"type": "Feature", "properties": {**mark.band, "kind": kind or "area"}, "geometry": geometry}
            )
        if mark.points and (kind in HOME_NAMES or named.startswith(HOME_NAMES)):
            geometry = {"type": "Point", "coordinates": mark.points[0]}
            self.features.append({"type": "Feature", "properties": {"kind": "home"}, "geometry": geometry})
