"""Cursor on Target events as bytes, in version 2.0 XML. Pure.

Places carry seven decimals, a centimetre. `ce` is one sigma, as the format has it; heights are above the ellipsoid and
unknown is 9999999.0. In an exercise every event says `how="m-s"` and `opex="s"`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from xml.etree.ElementTree import Element, SubElement, tostring

UNKNOWN = 9_999_999.0
SIMULATED = "m-s"
MEASURED, FROM_IMAGE, ESTIMATED, TYPED = "m-g", "m-i", "h-e", "h-g-i-g-o"


@dataclass(frozen=True, slots=True)
class Spot:
    """Where an event is. `ce_m` is one sigma on the ground, `hae_m` above the ellipsoid; None = unknown."""

    lat_deg: float
    lon_deg: float
    ce_m: float | None = None
    hae_m: float | None = None


NOWHERE = Spot(0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Head:
    """What every event has: its uid (the same again is an update), type, how it came about and how long it holds."""

    uid: str
    type: str
    how: str
    at: datetime
    holds_s: float
    exercise: bool = False


def event(head: Head, spot: Spot) -> tuple[Element, Element]:
    """An event and its empty detail."""
    how = SIMULATED if head.exercise else head.how
    begins, ends = _time(head.at), _time(head.at + timedelta(seconds=head.holds_s))
    root = Element("event", version="2.0", uid=clean(head.uid), type=head.type, how=how)
    root.set("time", begins)
    root.set("start", begins)
    root.set("stale", ends)
    if head.exercise:
        root.set("opex", "s-exercise")
    SubElement(
        root,
        "point",
        lat=f"{spot.lat_deg:.7f}",
        lon=f"{spot.lon_deg:.7f}",
        hae=_metres(spot.hae_m),
        ce=_metres(spot.ce_m),
        le=f"{UNKNOWN}",
    )
    return root, SubElement(root, "detail")


def add(parent: Element, tag: str, text: str = "", /, **attributes: str) -> Element:
    """A child element; characters that XML cannot hold are left out."""
    child = SubElement(parent, tag, {name: clean(value) for name, value in attributes.items()})
    if text:
        child.text = clean(text)
    return child


def as_bytes(root: Element) -> bytes:
    """As it goes on the wire: no declaration and nothing after the end tag, which delimits events."""
    written: bytes = tostring(root, encoding="utf-8")
    return written.partition(b"?>")[2].lstrip() if written.startswith(b"<?xml") else written


def ping(uid: str, at: datetime) -> bytes:
    """Asks the server, under the uid of the ping, to say that it is there, and thereby that it has everything sent
    before."""
    return as_bytes(event(Head(uid, "t-x-c-t", MEASURED, at, 10.0), NOWHERE)[0])


def deletion(uid: str, at: datetime, *, exercise: bool) -> bytes:
    """Takes what was shown under `uid` off the map."""
    root, detail = event(Head(f"{uid}-delete", "t-x-d-d", TYPED, at, 60.0, exercise), NOWHERE)
    add(detail, "link", uid=uid, relation="none", type="none")
    add(detail, "__forcedelete")
    return as_bytes(root)


def clean(text: str) -> str:
    """`text` without characters that XML 1.0 cannot hold."""
    return "".join(
        c for c in text if c in "\t\n\r" or "\x20" <= c <= "\ud7ff" or "\ue000" <= c <= "\ufffd" or c > "\uffff"
    )


def _metres(value: float | None) -> str:
    return f"{UNKNOWN}" if value is None else f"{value:.1f}"


def _time(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}"[:-3] + "Z"
