"""DJI's waypoint missions: a `.kmz` of `wpmz/template.kml` and `wpmz/waylines.wpml`, one sortie a file.

Element names, order and values are those of DJI's published WPML format, version 1.0.2. Heights are above
the take-off point; the drone stops at each waypoint, looks along its course, and goes home at the end and
when control is lost.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from missions.geodesy import LocalFrame
from missions.plan import Plan, Sortie, Waypoint

KML = "http://www.opengis.net/kml/2.2"
WPML = "http://www.dji.com/wpmz/1.0.2"
HEAD = f'<?xml version="1.0" encoding="UTF-8"?>\n<kml xmlns="{KML}" xmlns:wpml="{WPML}"><Document>'
MAVIC_3_ENTERPRISE = (77, 0)
SAFE_TAKE_OFF_M = 20.0
SLOWEST_M_S, FASTEST_M_S = 1.0, 15.0
LEAST_STEP_M = 0.5
EARLIEST_ZIP_TIME = (1980, 1, 1, 0, 0, 0)


def dumps(plan: Plan, drone: int = 0, sortie: int = 0) -> bytes:
    """One sortie of `plan` as an archive, the same for the same sortie. KeyError when there is no such sortie."""
    for candidate in plan.sorties:
        if (candidate.drone, candidate.sortie) == (drone, sortie):
            return _archive({"wpmz/template.kml": template(candidate), "wpmz/waylines.wpml": waylines(candidate)})
    raise KeyError((drone, sortie))


def template(sortie: Sortie) -> str:
    """The part that DJI Pilot edits."""
    points = _points(sortie)
    height = sortie.path[0].alt_rel_m
    marks = "".join(
        f"<Placemark>{_place(w)}<wpml:index>{i}</wpml:index><wpml:ellipsoidHeight>{w.alt_rel_m:g}</wpml:ellipsoidHeight>"
        f"<wpml:height>{w.alt_rel_m:g}</wpml:height><wpml:useGlobalHeight>0</wpml:useGlobalHeight>"
        "<wpml:useGlobalSpeed>1</wpml:useGlobalSpeed><wpml:useGlobalHeadingParam>1</wpml:useGlobalHeadingParam>"
        f"<wpml:useGlobalTurnParam>1</wpml:useGlobalTurnParam>{_stay(points, i)}</Placemark>"
        for i, w in enumerate(points)
    )
    return (
        f"{HEAD}<wpml:author>AeroPatrol</wpml:author>{_config(sortie)}<Folder>"
        "<wpml:templateType>waypoint</wpml:templateType><wpml:templateId>0</wpml:templateId>"
        "<wpml:waylineCoordinateSysParam><wpml:coordinateMode>WGS84</wpml:coordinateMode>"
        "<wpml:heightMode>relativeToStartPoint</wpml:heightMode></wpml:waylineCoordinateSysParam>"
        f"<wpml:autoFlightSpeed>{_speed(sortie):g}</wpml:autoFlightSpeed>"
        f"<wpml:globalHeight>{height:g}</wpml:globalHeight><wpml:gimbalPitchMode>manual</wpml:gimbalPitchMode>"
        f"<wpml:globalWaypointHeadingParam>{_heading()}</wpml:globalWaypointHeadingParam>"
        f"<wpml:globalWaypointTurnMode>{_TURN}</wpml:globalWaypointTurnMode>"
        f"<wpml:globalUseStraightLine>1</wpml:globalUseStraightLine>{marks}</Folder></Document></kml>\n"
    )


def waylines(sortie: Sortie) -> str:
    """The part that the drone flies."""
    points = _points(sortie)
    marks = "".join(
        f"<Placemark>{_place(w)}<wpml:index>{i}</wpml:index><wpml:executeHeight>{w.alt_rel_m:g}</wpml:executeHeight>"
        f"<wpml:waypointSpeed>{_speed(sortie):g}</wpml:waypointSpeed>"
        f"<wpml:waypointHeadingParam>{_heading()}</wpml:waypointHeadingParam>"
        f"<wpml:waypointTurnParam><wpml:waypointTurnMode>{_TURN}</wpml:waypointTurnMode>"
        "<wpml:waypointTurnDampingDist>0</wpml:waypointTurnDampingDist></wpml:waypointTurnParam>"
        f"<wpml:useStraightLine>1</wpml:useStraightLine>{_stay(points, i)}</Placemark>"
        for i, w in enumerate(points)
    )
    return (
        f"{HEAD}{_config(sortie)}<Folder><wpml:templateId>0</wpml:templateId>"
        "<wpml:executeHeightMode>relativeToStartPoint</wpml:executeHeightMode><wpml:waylineId>0</wpml:waylineId>"
        f"<wpml:distance>{sortie.length_m:.1f}</wpml:distance><wpml:duration>{sortie.duration_s:.1f}</wpml:duration>"
        f"<wpml:autoFlightSpeed>{_speed(sortie):g}</wpml:autoFlightSpeed>{marks}</Folder></Document></kml>\n"
    )


_TURN = "toPointAndStopWithDiscontinuityCurvature"


def _points(sortie: Sortie) -> list[Waypoint]:
    """The waypoints between take-off and landing; DJI refuses waypoints closer than half a metre."""
    way = list(sortie.path[1:] if sortie.lands_at_end else sortie.path[1:-1]) or [sortie.path[0]]
    frame = LocalFrame(way[0].lon_deg, way[0].lat_deg)
    steps = np.diff(frame.to_local(np.array([(w.lon_deg, w.lat_deg) for w in way])), axis=0)
    far = np.hypot(steps[:, 0], steps[:, 1]) >= LEAST_STEP_M
    kept = [way[0]]
    for waypoint, is_far in zip(way[1:], far.tolist(), strict=True):
        if is_far:
            kept.append(waypoint)
        else:  # what is left out is stayed at by the one before
            kept[-1] = replace(kept[-1], stay_s=kept[-1].stay_s + waypoint.stay_s)
    return kept


def _stay(points: Sequence[Waypoint], index: int) -> str:
    """The drone hovers when it has got there. Groups of actions are numbered from 0 without gaps."""
    stay_s = points[index].stay_s
    if not stay_s:
        return ""
    group = sum(1 for waypoint in points[:index] if waypoint.stay_s)
    return (
        f"<wpml:actionGroup><wpml:actionGroupId>{group}</wpml:actionGroupId>"
        f"<wpml:actionGroupStartIndex>{index}</wpml:actionGroupStartIndex>"
        f"<wpml:actionGroupEndIndex>{index}</wpml:actionGroupEndIndex>"
        "<wpml:actionGroupMode>sequence</wpml:actionGroupMode>"
        "<wpml:actionTrigger><wpml:actionTriggerType>reachPoint</wpml:actionTriggerType></wpml:actionTrigger>"
        "<wpml:action><wpml:actionId>0</wpml:actionId><wpml:actionActuatorFunc>hover</wpml:actionActuatorFunc>"
        f"<wpml:actionActuatorFuncParam><wpml:hoverTime>{stay_s:g}</wpml:hoverTime>"
        "</wpml:actionActuatorFuncParam></wpml:action></wpml:actionGroup>"
    )


def _speed(sortie: Sortie) -> float:
    return min(max(sortie.speed_m_s, SLOWEST_M_S), FASTEST_M_S)


def _place(waypoint: Waypoint) -> str:
    return f"<Point><coordinates>{waypoint.lon_deg:.7f},{waypoint.lat_deg:.7f}</coordinates></Point>"


def _heading() -> str:
    return (
        "<wpml:waypointHeadingMode>followWayline</wpml:waypointHeadingMode>"
        "<wpml:waypointHeadingAngle>0</wpml:waypointHeadingAngle>"
        "<wpml:waypointPoiPoint>0.000000,0.000000,0.000000</wpml:waypointPoiPoint>"
        "<wpml:waypointHeadingPathMode>followBadArc</wpml:waypointHeadingPathMode>"
    )


def _config(sortie: Sortie) -> str:
    model, sub_model = MAVIC_3_ENTERPRISE
    return (
        "<wpml:missionConfig><wpml:flyToWaylineMode>safely</wpml:flyToWaylineMode>"
        f"<wpml:finishAction>{'autoLand' if sortie.lands_at_end else 'goHome'}</wpml:finishAction>"
        "<wpml:exitOnRCLost>executeLostAction</wpml:exitOnRCLost>"
        "<wpml:executeRCLostAction>goBack</wpml:executeRCLostAction>"
        f"<wpml:takeOffSecurityHeight>{max(SAFE_TAKE_OFF_M, sortie.path[0].alt_rel_m):g}</wpml:takeOffSecurityHeight>"
        f"<wpml:globalTransitionalSpeed>{_speed(sortie):g}</wpml:globalTransitionalSpeed><wpml:droneInfo>"
        f"<wpml:droneEnumValue>{model}</wpml:droneEnumValue><wpml:droneSubEnumValue>{sub_model}</wpml:droneSubEnumValue>"
        "</wpml:droneInfo></wpml:missionConfig>"
    )


def _archive(texts: dict[str, str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in texts.items():
            archive.writestr(zipfile.ZipInfo(name, EARLIEST_ZIP_TIME), text, zipfile.ZIP_DEFLATED)
    return out.getvalue()
