"""What cameras and gimbals of a vehicle have not yet said of themselves, and whom to ask for it. Pure.

Asked are components that call themselves camera or gimbal, and the autopilot once something of it shows that it
carries one: a vehicle without a payload is not bothered.
"""

from __future__ import annotations

from gcs.fleet.payloads import Payload
from telemetry.constants import MavType
from telemetry.services.camera import CameraCan

Question = tuple[int, str]
"""Component id, and the message that it is asked for."""
MOST_TIMES = 2


def open_questions(payload: Payload, autopilot: int) -> tuple[Question, ...]:
    """Everything that is worth asking now, in the order in which to ask."""
    kinds = payload.components
    gimbals = {compid for compid, kind in kinds.items() if kind == MavType.GIMBAL}
    cameras = {compid for compid, kind in kinds.items() if kind == MavType.CAMERA} | {c for c, _ in payload.cameras}
    if payload.gimbal is not None or payload.control is not None:
        gimbals.add(autopilot)
        cameras.add(autopilot)
    questions = [(compid, "GIMBAL_MANAGER_INFORMATION") for compid in sorted(gimbals) if payload.limits is None]
    for compid in sorted(cameras):
        known = [camera for (component, _), camera in payload.cameras.items() if component == compid and camera.info]
        if not known:
            questions.append((compid, "CAMERA_INFORMATION"))
        elif known[0].info is not None:
            if known[0].capture is None:
                questions.append((compid, "CAMERA_CAPTURE_STATUS"))
            if CameraCan.STREAM in known[0].info.can and known[0].stream is None:
                questions.append((compid, "VIDEO_STREAM_INFORMATION"))
    return tuple(questions)
