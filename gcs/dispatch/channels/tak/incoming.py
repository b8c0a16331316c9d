"""What TAK clients say: a stream of bytes becomes events, and an event what it means to us. Pure; nothing raises.

Events end with `</event>`. Documents that define entities or name others are refused by defusedxml.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from gcs.sightings.intake import HIGHEST_M, LOWEST_M

LARGEST_EVENT = 64 * 1024
LONGEST_TEXT = 2000
_END = b"</event>"
_START = b"<event"


@dataclass(frozen=True, slots=True)
class Pong:
    """The server is there and has everything that was sent before. Some servers send a ping back instead of answering
    it, to everybody: then `ping` is the uid of that one."""

    ping: str | None = None


@dataclass(frozen=True, slots=True)
class Station:
    """A TAK client says where it is; no position is None."""

    uid: str
    callsign: str
    lat_deg: float | None
    lon_deg: float | None


@dataclass(frozen=True, slots=True)
class Said:
    """A message from one client to us."""

    uid: str
    callsign: str
    to: str
    text: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """A client has our message, or somebody has read it."""

    message_id: str
    read: bool


@dataclass(frozen=True, slots=True)
class Mark:
    """Somebody put a marker on the map."""

    uid: str
    callsign: str
    lat_deg: float
    lon_deg: float
    ce_m: float | None
    text: str
    hae_m: float | None = None


@dataclass(frozen=True, slots=True)
class Emergency:
    """Somebody asks for help, or does not any longer."""

    uid: str
    callsign: str
    lat_deg: float
    lon_deg: float
    kind: str
    cancelled: bool
    hae_m: float | None = None


Heard = Pong | Station | Said | Receipt | Mark | Emergency


@dataclass(slots=True)
class Stream:
    """Cuts a stream into events; what is too long or no event is dropped and counted."""

    dropped: int = 0
    _buffer: bytearray = field(default_factory=bytearray)

    def feed(self, data: bytes) -> list[Heard]:
        """What came in with these bytes."""
        self._buffer += data
        heard: list[Heard] = []
        while (end := self._buffer.find(_END)) >= 0:
            document = bytes(self._buffer[: end + len(_END)])
            del self._buffer[: end + len(_END)]
            found = parse(document)
            if found is None:
                self.dropped += 1
            else:
                heard.extend(found)
        if len(self._buffer) > LARGEST_EVENT:
            self._buffer.clear()
            self.dropped += 1
        return heard


def parse(document: bytes) -> list[Heard] | None:
    """What an event means to us, nothing for most; None when it is none."""
    start = document.find(_START)
    if start < 0 or len(document) - start > LARGEST_EVENT:
        return None
    try:
        root = fromstring(document[start:])
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        return None
    return [heard] if (heard := _meaning(root)) is not None else []


def _meaning(root: Element) -> Heard | None:
    kind, uid = root.get("type", ""), _text(root.get("uid"))
    if kind in ("b-t-f-d", "b-t-f-r"):
        return _receipt(root, uid, read=kind.endswith("r"))
    if kind in ("t-x-c-t", "t-x-c-t-r"):
        return Pong(uid if kind == "t-x-c-t" else None)
    if kind == "b-t-f":
        return _said(root)
    return _seen(root, uid, kind) if uid else None


def _seen(root: Element, uid: str, kind: str) -> Heard | None:
    if kind.startswith("a-f-G"):
        return _station(root, uid)
    if kind.startswith("b-a-o"):
        return _emergency(root, uid, kind)
    return _mark(root, uid) if kind == "b-m-p-s-m" else None


def _receipt(root: Element, uid: str, *, read: bool) -> Receipt:
    named = root.find("./detail/__chatreceipt")
    return Receipt(_text(named.get("messageId")) if named is not None and named.get("messageId") else uid, read)


def _said(root: Element) -> Said | None:
    room, remarks = root.find("./detail/__chat"), root.find("./detail/remarks")
    if room is None or remarks is None:
        return None
    group, link = room.find("chatgrp"), root.find("./detail/link")
    sender = link.get("uid") if link is not None else group.get("uid0") if group is not None else None
    to = remarks.get("to") or (group.get("uid1") if group is not None else None) or room.get("id")
    return Said(_text(sender), _text(room.get("senderCallsign")), _text(to), (remarks.text or "")[:LONGEST_TEXT])


def _station(root: Element, uid: str) -> Station | None:
    callsign = _callsign(root)
    if not callsign or root.find("./detail/contact[@endpoint]") is None:
        return None
    place = _place(root)
    return Station(uid, callsign, *(place or (None, None)))


def _emergency(root: Element, uid: str, kind: str) -> Emergency | None:
    said, place = root.find("./detail/emergency"), _place(root)
    cancelled = kind == "b-a-o-can" or (said is not None and said.get("cancel") == "true")
    if place is None and not cancelled:
        return None
    sort = _text(said.get("type")) if said is not None else ""
    return Emergency(uid, _callsign(root), *(place or (0.0, 0.0)), sort or kind, cancelled, _height(root))


def _mark(root: Element, uid: str) -> Mark | None:
    place, remarks = _place(root), root.find("./detail/remarks")
    if place is None:
        return None
    text = (remarks.text or "")[:LONGEST_TEXT] if remarks is not None else ""
    point = root.find("point")
    ce_m = _number(point.get("ce")) if point is not None else None
    ce_m = ce_m if ce_m is not None and 0 < ce_m < 4000 else None
    return Mark(uid, _callsign(root), *place, ce_m, text, _height(root))


def _callsign(root: Element) -> str:
    contact = root.find("./detail/contact")
    return _text(contact.get("callsign")) if contact is not None else ""


def _place(root: Element) -> tuple[float, float] | None:
    """None for nowhere on Earth, and for 0, 0, which is what a device without a fix says."""
    point = root.find("point")
    if point is None:
        return None
    lat, lon = _number(point.get("lat")), _number(point.get("lon"))
    if lat is None or lon is None or not (-90 <= lat <= 90 and -180 <= lon <= 180) or (lat, lon) == (0, 0):
        return None
    return lat, lon


def _height(root: Element) -> float | None:
    """Above the ellipsoid; None for what is no height on Earth (9999999.0 is unknown), and for 0, which is what clients
    that know no heights say."""
    point = root.find("point")
    hae_m = _number(point.get("hae")) if point is not None else None
    return hae_m if hae_m and LOWEST_M <= hae_m <= HIGHEST_M else None


def _number(text: str | None) -> float | None:
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _text(text: str | None) -> str:
    return (text or "").strip()[:200]
