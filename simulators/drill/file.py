"""Drill files: TOML, strictly. Whatever is wrong is one line that names the file and the key. Pure."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from importlib.resources import files
from pathlib import PurePath

import msgspec

from simulators.drill.checks import problems
from simulators.drill.model import Drill

_PLACE = re.compile(r" - at `\$\.?(?P<place>[^`]*)`$")
_UNKNOWN = re.compile(r"^Object contains unknown field `(?P<key>[^`]*)`")


class DrillError(ValueError):
    """A drill file that cannot be used; the text names the file and the key."""


def load_drill(text: str, name: str, classes: Iterable[str] = ()) -> Drill:
    """The drill in `text`. `classes` are the classes of sightings there are (none: not checked). DrillError."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise DrillError(f"{name}: {error}") from error
    if "id" in raw:
        raise DrillError(f"{name}: id: unknown key; a drill is called as its file")
    try:
        drill = msgspec.convert({**raw, "id": PurePath(name).stem}, Drill)
    except msgspec.ValidationError as error:
        raise DrillError(f"{name}: {_said(str(error))}") from error
    for key, problem in problems(drill, frozenset(classes)):
        raise DrillError(f"{name}: {key}: {problem}")
    return drill


def shipped_drills() -> Mapping[str, str]:
    """The drills that come with the program: their texts by name."""
    folder = files("simulators") / "drills"
    found = {
        PurePath(item.name).stem: item.read_text("utf-8") for item in folder.iterdir() if item.name.endswith(".toml")
    }
    return dict(sorted(found.items()))


def _said(text: str) -> str:
    """`key: what is wrong` from what the converter says."""
    found = _PLACE.search(text)
    place = found["place"] if found else ""
    what = text[: found.start()] if found else text
    unknown = _UNKNOWN.match(what)
    if unknown:
        return f"{place}.{unknown['key']}: unknown key".removeprefix(".")
    return f"{place}: {what[:1].lower()}{what[1:]}" if place else what
