"""What cameras and gimbals of a vehicle have not yet said of themselves, and whom to ask for it. Pure.

Asked are components that call themselves camera or gimbal, and the autopilot once something of it shows that it
carries one: a vehicle without a payload is not bothered.
"""

from __future__ import annotations

from collections.abc import Iterator

from gcs.fleet.payloads import NOTHING, Payload
from telemetry.constants import MavType
from telemetry.services.camera import CameraCan

Question = tuple[int, str]
"""Component id, and the message that it is asked for."""
MOST_TIMES = 2
_LENS = CameraCan.ZOOM | CameraCan.FOCUS


def open_questions(payload: Payload, autopilot: int) -> tuple[Question, ...]:
    """Everything that is worth asking now, in the order in which to ask."""
    if payload is NOTHING:
        return ()
    kinds = payload.components
    gimbals = {compid for compid, kind in kinds.items() if kind == MavType.GIMBAL}
    cameras = {compid for compid, kind in kinds.items() if kind == MavType.CAMERA} | {c for c, _ in payload.cameras}
    if payload.gimbal is not None or payload.control is not None:
        gimbals.add(autopilot)
        cameras.add(autopilot)
    questions = [(compid, "GIMBAL_MANAGER_INFORMATION") for compid in sorted(gimbals) if payload.limits is None]
    for compid in sorted(cameras):
        questions += [(compid, name) for name in _of_camera(payload, compid)]
    return tuple(questions)


def _of_camera(payload: Payload, compid: int) -> Iterator[str]:
    """What the first camera behind a component has not said."""
    for (component, _), camera in payload.cameras.items():
        if component == compid and camera.info is not None:
            if camera.capture is None:
                yield "CAMERA_CAPTURE_STATUS"
            if _LENS & camera.info.can and camera.lens is None:
                yield "CAMERA_SETTINGS"
            if CameraCan.STREAM in camera.info.can and camera.stream is None:
                yield "VIDEO_STREAM_INFORMATION"
            return
    yield "CAMERA_INFORMATION"
