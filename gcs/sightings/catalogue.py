"""The classes of sightings: their names, priorities, timers and who may be sent. Data is `classes.toml`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import resources
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Literal

import msgspec
from msgspec.structs import replace

from gcs.dispatch.model import UnitKind

PRIORITIES = (1, 2, 3, 4)
"""1 urgent, 2 high, 3 normal, 4 low."""

Priority = Annotated[int, msgspec.Meta(ge=1, le=4)]
Seconds = Annotated[float, msgspec.Meta(gt=0)]
CapCategory = Literal[
    "Geo", "Met", "Safety", "Security", "Rescue", "Fire", "Health", "Env", "Transport", "Infra", "CBRNE", "Other"
]
TakType = Annotated[str, msgspec.Meta(pattern=r"^[a-z](-[A-Za-z0-9]+){1,9}$")]
Metres = Annotated[float, msgspec.Meta(gt=0)]
Times = Annotated[float, msgspec.Meta(ge=1)]


class CatalogueError(ValueError):
    """A catalogue that cannot be used; one line that names the entry."""


class Timers(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """By priority 1..4: seconds a unit's device has to say that it has the task before the next channel is tried,
    seconds to accept, and seconds until an unsettled sighting is late. `late_after` is how often the expected time of
    its way a unit may take, `red_after` how often the limit until amber becomes red."""

    receipt_s: tuple[Seconds, Seconds, Seconds, Seconds] = (10.0, 10.0, 10.0, 10.0)
    accept_s: tuple[Seconds, Seconds, Seconds, Seconds] = (60.0, 180.0, 300.0, 600.0)
    resolve_s: tuple[Seconds, Seconds, Seconds, Seconds] = (1800.0, 3600.0, 14400.0, 86400.0)
    late_after: Times = 1.5
    red_after: Times = 2.0


class SightingClass(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One class. `units` may be sent without a dispatcher choosing them; `receipt_s`, `accept_s`, `resolve_s`,
    `late_after` and `red_after` replace the figures of `Timers`. `merge_s` and `merge_m` bound what may be one thing
    seen twice. `skills`: who goes must have all of them. `tak` is the type of its marker on TAK. `automatic`: the best
    unit is sent at once; else a dispatcher chooses. `emergency`: TAK clients are alerted until it is settled.
    """

    id: str = ""
    zh: str
    en: str
    priority: Priority
    units: tuple[UnitKind, ...]
    merge_s: Seconds = 60.0
    merge_m: Metres = 30.0
    cap: CapCategory = "Other"
    automatic: bool = True
    skills: tuple[str, ...] = ()
    tak: TakType = "b-m-p-s-m"
    emergency: bool = False
    receipt_s: Seconds | None = None
    accept_s: Seconds | None = None
    resolve_s: Seconds | None = None
    late_after: Times | None = None
    red_after: Times | None = None


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    timers: Timers = Timers()
    classes: dict[str, SightingClass] = msgspec.field(name="class", default_factory=dict)


class Catalogue(Mapping[str, SightingClass]):
    """Classes by id, in the order of the file."""

    def __init__(self, classes: Mapping[str, SightingClass], timers: Timers | None = None) -> None:
        self._classes = MappingProxyType({key: replace(klass, id=key) for key, klass in classes.items()})
        self._timers = timers or Timers()

    def __getitem__(self, key: str) -> SightingClass:
        return self._classes[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._classes)

    def __len__(self) -> int:
        return len(self._classes)

    def receipt_s(self, klass: str, priority: int) -> float:
        """Seconds a unit's device has to say that it has the task, before the next channel is tried. Here as below, a
        class no longer in the catalogue keeps the figures of its priority."""
        return self._own(klass, "receipt_s") or self._timers.receipt_s[priority - 1]

    def accept_s(self, klass: str, priority: int) -> float:
        """Seconds a unit has to accept."""
        return self._own(klass, "accept_s") or self._timers.accept_s[priority - 1]

    def resolve_s(self, klass: str, priority: int) -> float:
        """Seconds until a sighting that is not settled is late."""
        return self._own(klass, "resolve_s") or self._timers.resolve_s[priority - 1]

    def late_after(self, klass: str) -> float:
        """How often the expected time of its way a unit may take before it is asked after."""
        return self._own(klass, "late_after") or self._timers.late_after

    def red_after(self, klass: str) -> float:
        """How often the limit until an unsettled sighting is red."""
        return self._own(klass, "red_after") or self._timers.red_after

    def _own(self, klass: str, figure: str) -> float | None:
        found: float | None = getattr(self._classes.get(klass), figure, None)
        return found

    def automatic(self, klass: str) -> bool:
        """Whether the best unit is sent without anybody asking; so it is for a class no longer in the catalogue."""
        return self._classes[klass].automatic if klass in self._classes else True

    def skills(self, klass: str) -> frozenset[str]:
        """What whoever goes must be able to do."""
        return frozenset(self._classes[klass].skills if klass in self._classes else ())

    def kinds(self, klass: str) -> frozenset[UnitKind]:
        """The kinds of units that may be sent; every kind for a class no longer in the catalogue."""
        return frozenset(self._classes[klass].units if klass in self._classes else UnitKind)


def read_catalogue(text: str, name: str) -> Catalogue:
    """The catalogue in TOML `text`; raises CatalogueError that starts with `name`."""
    try:
        file = msgspec.toml.decode(text, type=_File)
    except msgspec.MsgspecError as error:
        raise CatalogueError(f"{name}: {error}") from error
    if not file.classes:
        raise CatalogueError(f"{name}: holds no classes")
    return Catalogue(file.classes, file.timers)


def load_catalogue(file: str) -> Catalogue:
    """The classes in a TOML file, or those that come with the program when none is named. Raises CatalogueError."""
    if not file:
        return default_catalogue()
    try:
        return read_catalogue(Path(file).read_text("utf-8"), file)
    except OSError as error:
        raise CatalogueError(f"{file}: cannot be read ({error.strerror}); name an existing TOML file") from error
    except UnicodeDecodeError as error:
        raise CatalogueError(f"{file}: not UTF-8: {error}") from error


def default_catalogue() -> Catalogue:
    """The classes that come with the program."""
    return read_catalogue(resources.files("gcs.sightings").joinpath("classes.toml").read_text("utf-8"), "classes.toml")
