"""Vehicles, units, sightings and tasks as Cursor on Target. Pure."""

from __future__ import annotations

import colorsys
from datetime import datetime

from gcs.dispatch.channels.tak import cot
from gcs.dispatch.channels.tak.cot import Head, Spot
from gcs.dispatch.model import Unit, UnitKind, UnitStatus
from gcs.fleet.state import VehicleState
from gcs.sightings.catalogue import Catalogue
from gcs.sightings.ellipse import CE90_OF_A_CIRCLE
from gcs.sightings.looks import Look
from gcs.sightings.model import Place, Sighting, SightingStatus
from gcs.sightings.workflow import SETTLED

DRONE, GROUND_UNIT, SPOT_MARKER, POINT_OF_INTEREST = "a-f-A-M-H-Q", "a-f-G-U-C", "b-m-p-s-m", "b-m-p-s-p-i"
CHAT, ALERT, ALERT_ENDS = "b-t-f", "b-a-o-tbl", "b-a-o-can"
ALERT_HOLDS_S = 30.0
"""Alerts are said again every 10 s; clients drop those that are not."""
TRACK_HOLDS_S, UNIT_HOLDS_S, OPEN_HOLDS_S, SETTLED_HOLDS_S = 10.0, 300.0, 86_400.0, 60.0
OFF_THE_MAP = frozenset({SightingStatus.DISMISSED, SightingStatus.DUPLICATE, SightingStatus.ARCHIVED})
_PREFIX = "aeropatrol"
_ROLES = {UnitKind.PATROL_CAR: "Team Lead", UnitKind.VOLUNTEER: "RTO"}
_HUES = (0.0, 0.08, 0.15, 0.55)


def uid_of(kind: str, name: str) -> str:
    """Ours begin so, and nobody else's."""
    return f"{_PREFIX}.{kind}.{name}"


def is_ours(uid: str) -> bool:
    return uid.startswith(f"{_PREFIX}.")


def hello(uid: str, callsign: str, at: datetime, *, exercise: bool) -> bytes:
    """Who we are: an ordinary station, so that servers route messages to us."""
    root, detail = cot.event(Head(uid, GROUND_UNIT, cot.TYPED, at, UNIT_HOLDS_S, exercise), cot.NOWHERE)
    cot.add(detail, "contact", callsign=callsign, endpoint="*:-1:stcp")
    cot.add(detail, "uid", Droid=callsign)
    cot.add(detail, "__group", name="Dark Blue", role="HQ")
    cot.add(detail, "takv", device="server", platform="AeroPatrol", os="Linux", version="1")
    cot.add(detail, "status", battery="100")
    return cot.as_bytes(root)


def track(
    state: VehicleState, look: Look | None, at: datetime, station: str, hae_m: float | None = None
) -> tuple[bytes, ...]:
    """A drone, with its camera's cone and the point it looks at where they are known; nothing without a position.
    `hae_m` is its height above the ellipsoid, as far as the site knows its geoid."""
    position = state.position
    if position is None:
        return ()
    exercise = state.simulated is True
    uid = uid_of("vehicle", state.id)
    spot = Spot(position.lat_deg, position.lon_deg, None, hae_m)
    root, detail = cot.event(Head(uid, DRONE, cot.MEASURED, at, TRACK_HOLDS_S, exercise), spot)
    cot.add(detail, "contact", callsign=state.name or state.id)
    speed = state.speeds.ground_m_s if state.speeds else 0.0
    cot.add(detail, "track", course=f"{state.heading_deg or 0.0:.1f}", speed=f"{speed:.1f}", slope="0")
    if look is not None and look.azimuth_deg is not None and look.elevation_deg is not None:
        cot.add(
            detail, "sensor", azimuth=f"{look.azimuth_deg:.1f}", elevation=f"{look.elevation_deg:.1f}",
            fov=f"{look.hfov_deg:.1f}", vfov=f"{look.vfov_deg:.1f}", range=f"{look.range_m or 0.0:.0f}", roll="0",
            type="r-e", version="0.6", model=state.id,
        )  # fmt: skip
    if state.attitude is not None:
        spatial = cot.add(detail, "spatial")
        a = state.attitude
        cot.add(spatial, "attitude", roll=f"{a.roll_deg:.1f}", pitch=f"{a.pitch_deg:.1f}", yaw=f"{a.yaw_deg:.1f}")
    cot.add(detail, "link", uid=station, type=GROUND_UNIT, relation="p-p")
    cot.add(detail, "remarks", _about(state))
    point = () if look is None or look.lat_deg is None else (_point_of_interest(state, uid, look, at),)
    return (cot.as_bytes(root), *point)


def unit(unit: Unit, at: datetime) -> bytes | None:
    """A unit on the ground; None without a position."""
    if unit.lat_deg is None or unit.lon_deg is None or unit.status is UnitStatus.OFF:
        return None
    kind = DRONE if unit.kind is UnitKind.DRONE else GROUND_UNIT
    head = Head(uid_of("unit", unit.id), kind, cot.MEASURED, at, UNIT_HOLDS_S, unit.simulated)
    root, detail = cot.event(head, Spot(unit.lat_deg, unit.lon_deg))
    cot.add(detail, "contact", callsign=unit.name)
    cot.add(detail, "__group", name="Blue", role=_ROLES.get(unit.kind, "Team Member"))
    cot.add(detail, "remarks", f"{unit.kind.value} · {unit.status.value}")
    return cot.as_bytes(root)


def marker(sighting: Sighting, catalogue: Catalogue, at: datetime) -> bytes:
    """A sighting as spot marker, in the colour of its urgency; the same again is an update."""
    settled = sighting.status in SETTLED
    how = {"camera": cot.FROM_IMAGE, "person": cot.ESTIMATED}.get(sighting.source.kind, cot.TYPED)
    holds_s = SETTLED_HOLDS_S if settled else OPEN_HOLDS_S
    place = sighting.place
    klass = catalogue.get(sighting.klass)
    kind = klass.tak if klass else SPOT_MARKER
    head = Head(uid_of("sighting", sighting.id), kind, how, at, holds_s, sighting.simulated)
    root, detail = cot.event(head, Spot(place.lat_deg, place.lon_deg, _one_sigma(place), place.hae_m))
    if not settled:
        cot.add(detail, "archive")
    colour = str(_argb(0.35 if settled else _HUES[sighting.priority - 1]))
    cot.add(detail, "contact", callsign=title(sighting, catalogue))
    cot.add(detail, "color", argb=colour)
    if kind == SPOT_MARKER:
        cot.add(detail, "usericon", iconsetpath=f"COT_MAPPING_SPOTMAP/{SPOT_MARKER}/{colour}")
    cot.add(detail, "precisionlocation", geopointsrc="CALC", altsrc="DTED")
    if sighting.source.vehicle:
        cot.add(detail, "link", uid=uid_of("vehicle", sighting.source.vehicle), type=DRONE, relation="p-p")
    cot.add(detail, "remarks", _remarks(sighting))
    cot.add(
        detail, "__aeropatrol", sighting=sighting.id, klass=sighting.klass, priority=str(sighting.priority),
        status=sighting.status.value, ce90="" if place.ce90_m is None else f"{place.ce90_m:.1f}",
    )  # fmt: skip
    return cot.as_bytes(root)


def alert(sighting: Sighting, catalogue: Catalogue, at: datetime, station: str) -> bytes:
    """Somebody needs help there; once the sighting is settled, that the alert is over."""
    over = sighting.status in SETTLED
    place, uid = sighting.place, uid_of("alert", sighting.id)
    head = Head(uid, ALERT_ENDS if over else ALERT, cot.TYPED, at, ALERT_HOLDS_S, sighting.simulated)
    root, detail = cot.event(head, Spot(place.lat_deg, place.lon_deg, _one_sigma(place), place.hae_m))
    name = title(sighting, catalogue)
    cot.add(detail, "link", uid=station, type=GROUND_UNIT, relation="p-p")
    cot.add(detail, "contact", callsign=f"{name}-Alert")
    cot.add(detail, "emergency", name, **({"cancel": "true"} if over else {"type": "911 Alert"}))
    return cot.as_bytes(root)


def chat(
    sender: tuple[str, str], to: tuple[str, str], message_id: str, text: str, at: datetime, *, exercise: bool
) -> bytes:
    """A message to one TAK client, which answers with receipts that carry `message_id`. (uid, callsign) each."""
    (own, callsign), (uid, name) = sender, to
    root, detail = cot.event(
        Head(f"GeoChat.{own}.{uid}.{message_id}", CHAT, cot.TYPED, at, 86_400.0, exercise), cot.NOWHERE
    )
    room = cot.add(
        detail, "__chat", parent="RootContactGroup", groupOwner="false", messageId=message_id, chatroom=name, id=uid,
        senderCallsign=callsign,
    )  # fmt: skip
    cot.add(room, "chatgrp", uid0=own, uid1=uid, id=uid)
    cot.add(detail, "link", uid=own, type=GROUND_UNIT, relation="p-p")
    time = root.get("time", "")
    cot.add(detail, "remarks", text, source=f"BAO.F.ATAK.{own}", to=uid, time=time)
    marti = cot.add(detail, "marti")
    cot.add(marti, "dest", callsign=name)
    return cot.as_bytes(root)


def title(sighting: Sighting, catalogue: Catalogue) -> str:
    """What it is, and the end of its number: `违法停车 #0e`."""
    klass = catalogue.get(sighting.klass)
    exercise = "演练 " if sighting.simulated else ""
    return f"{exercise}{klass.zh if klass else sighting.klass} #{sighting.id[-4:]}"


def _point_of_interest(state: VehicleState, uid: str, look: Look, at: datetime) -> bytes:
    head = Head(f"{uid}.SPI1", POINT_OF_INTEREST, cot.FROM_IMAGE, at, TRACK_HOLDS_S, state.simulated is True)
    spot = Spot(look.lat_deg or 0.0, look.lon_deg or 0.0)
    root, detail = cot.event(head, spot)
    cot.add(detail, "contact", callsign=f"{state.name or state.id} SPI")
    cot.add(detail, "link", uid=uid, type=DRONE, relation="p-p")
    return cot.as_bytes(root)


def _one_sigma(place: Place) -> float | None:
    return None if place.ce90_m is None else place.ce90_m / CE90_OF_A_CIRCLE


def _about(state: VehicleState) -> str:
    charge = state.battery.remaining_pct if state.battery else None
    return " · ".join([state.mode, *([] if charge is None else [f"{charge} %"])])


def _remarks(sighting: Sighting) -> str:
    lines = [f"P{sighting.priority} · {sighting.status.value}", sighting.note, sighting.outcome or ""]
    if sighting.place.ce90_m is not None:
        lines.append(f"±{sighting.place.ce90_m:.0f} m (90 %)")
    return "\n".join(line for line in lines if line)


def _argb(hue: float) -> int:
    """As a signed 32-bit number, which is how the format has colours."""
    red, green, blue = (round(255 * part) for part in colorsys.hsv_to_rgb(hue, 0.9, 1.0))
    value = 0xFF000000 | red << 16 | green << 8 | blue
    return value - (1 << 32)
