"""A sighting as a Common Alerting Protocol message (OASIS CAP 1.2), in Chinese and English. Pure.

Each step of a sighting is a message of its own that refers to the first; dismissing cancels. Simulated sightings
have the status Exercise. The area is a circle with the radius that holds the truth nine times in ten.
"""

from __future__ import annotations

from datetime import UTC, datetime
from xml.etree.ElementTree import Element, SubElement, tostring

from gcs.sightings.catalogue import Catalogue
from gcs.sightings.model import Sighting, SightingStatus

NAMESPACE = "urn:oasis:names:tc:emergency:cap:1.2"
UNKNOWN_RADIUS_M = 100.0
_URGENCY = ("Immediate", "Immediate", "Expected", "Future")
_SEVERITY = ("Severe", "Moderate", "Minor", "Minor")
_STATUS_TEXT = {
    SightingStatus.NEW: ("待派警", "not assigned yet"),
    SightingStatus.ASSIGNED: ("已派警", "assigned"),
    SightingStatus.ACCEPTED: ("已接警", "accepted, on the way"),
    SightingStatus.ON_SCENE: ("已到场", "on scene"),
    SightingStatus.RESOLVED: ("已处置", "resolved"),
    SightingStatus.DISMISSED: ("已排除", "dismissed"),
    SightingStatus.ASSESSED: ("已评估", "assessed"),
    SightingStatus.DUPLICATE: ("重复线索", "a duplicate of another"),
    SightingStatus.ARCHIVED: ("已归档", "archived"),
}


def cap_message(sighting: Sighting, catalogue: Catalogue, sender: str) -> bytes:
    """The message about the sighting as it is now, UTF-8. `sender` names the station: no spaces, commas or <, &."""
    alert = Element("alert", xmlns=NAMESPACE)
    _add(alert, "identifier", _identifier(sighting, len(sighting.history)))
    _add(alert, "sender", sender)
    _add(alert, "sent", _time(_sent(sighting)))
    _add(alert, "status", "Exercise" if sighting.simulated else "Actual")
    _add(alert, "msgType", _kind(sighting))
    _add(alert, "scope", "Restricted")
    _add(alert, "restriction", "for the forces that deal with it")
    if len(sighting.history) > 1:
        _add(alert, "references", f"{sender},{_identifier(sighting, 1)},{_time(sighting.received_at)}")
    for language in ("zh-CN", "en-US"):
        _info(alert, sighting, catalogue, language)
    message: bytes = tostring(alert, encoding="utf-8", xml_declaration=True)
    return message


def _info(alert: Element, sighting: Sighting, catalogue: Catalogue, language: str) -> None:
    klass = catalogue.get(sighting.klass)
    chinese = language == "zh-CN"
    name = sighting.klass if klass is None else klass.zh if chinese else klass.en
    status = _STATUS_TEXT[sighting.status][0 if chinese else 1]
    exercise = ("演练：" if chinese else "EXERCISE: ") if sighting.simulated else ""
    info = SubElement(alert, "info")
    _add(info, "language", language)
    _add(info, "category", "Other" if klass is None else klass.cap)
    _add(info, "event", name)
    _add(info, "urgency", "Past" if _kind(sighting) == "Cancel" else _URGENCY[sighting.priority - 1])
    _add(info, "severity", _SEVERITY[sighting.priority - 1])
    _add(info, "certainty", "Observed")
    _add(info, "onset", _time(sighting.seen_at))
    _add(info, "headline", f"{exercise}{name}：{status}" if chinese else f"{exercise}{name}: {status}")
    if sighting.note:
        _add(info, "description", sighting.note)
    area = SubElement(info, "area")
    _add(area, "areaDesc", f"{sighting.place.lat_deg:.6f}, {sighting.place.lon_deg:.6f}")
    _add(area, "circle", _circle(sighting))


def _circle(sighting: Sighting) -> str:
    """Latitude, longitude, and the radius in kilometres."""
    place = sighting.place
    radius_m = UNKNOWN_RADIUS_M if place.ce90_m is None else place.ce90_m
    return f"{place.lat_deg:.7f},{place.lon_deg:.7f} {radius_m / 1000:.3f}"


def _kind(sighting: Sighting) -> str:
    if sighting.status in (SightingStatus.DISMISSED, SightingStatus.DUPLICATE):
        return "Cancel"
    return "Alert" if len(sighting.history) <= 1 else "Update"


def _identifier(sighting: Sighting, step: int) -> str:
    return f"{sighting.id}.{max(1, step)}"


def _sent(sighting: Sighting) -> datetime:
    return sighting.history[-1].at if len(sighting.history) > 1 else sighting.received_at


def _time(at: datetime) -> str:
    """As CAP wants it: to the second, UTC written as -00:00."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}-00:00"


def _add(parent: Element, tag: str, text: str) -> None:
    SubElement(parent, tag).text = "".join(c for c in text if c not in "\ufffe\uffff")
