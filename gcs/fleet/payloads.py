"""What components beside the autopilot say: cameras, gimbals, remote identification, other aircraft. Pure.

Kept where it is heard, by vehicle; aircraft once for all vehicles, since several hear the same one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from telemetry.received import Received
from telemetry.services import camera, drone_id, gimbal, operator_control
from telemetry.services.camera import CameraInfo, CaptureStatus, LensState, Tracking, VideoStream
from telemetry.services.drone_id import DroneIdLocation, DroneIdStatus
from telemetry.services.gimbal import GimbalControl, GimbalLimits, GimbalPointing
from telemetry.services.operator_control import CONTROL_STATUS, OperatorControl
from telemetry.services.traffic import Aircraft, Traffic

OtherAircraft = Aircraft
"""An aircraft that is none of ours, as it was heard last."""
MAX_CAMERAS = 8
MAX_COMPONENTS = 16
CameraKey = tuple[int, int]
"""Component id, and the number of the camera behind it (0 for the component's only one)."""


@dataclass(frozen=True, slots=True)
class Camera:
    """One camera of a vehicle; None is not heard."""

    info: CameraInfo | None = None
    capture: CaptureStatus | None = None
    stream: VideoStream | None = None
    tracking: Tracking | None = None
    lens: LensState | None = None


@dataclass(frozen=True, slots=True)
class Payload:
    """What is known of everything a vehicle carries; None is not heard."""

    gimbal: GimbalPointing | None = None
    control: GimbalControl | None = None
    limits: GimbalLimits | None = None
    cameras: Mapping[CameraKey, Camera] = field(default_factory=dict)
    drone_id: DroneIdStatus | None = None
    identity: str | None = None
    broadcast: DroneIdLocation | None = None
    """What its own transmitter tells everybody around: who it is, and where."""
    operator: OperatorControl | None = None
    components: Mapping[int, int] = field(default_factory=dict)
    """MAV_TYPE by id of each component beside the autopilot that has a heartbeat."""


NOTHING = Payload()


class Payloads:
    """The payloads of all vehicles, and the aircraft around them."""

    def __init__(self) -> None:
        self._payloads: dict[str, Payload] = {}
        self.traffic = Traffic()

    def of(self, vehicle_id: str) -> Payload:
        return self._payloads.get(vehicle_id, NOTHING)

    def forget(self) -> None:
        """Nothing was ever heard."""
        self._payloads.clear()
        self.traffic.forget()

    def beat(self, vehicle_id: str, compid: int, kind: int) -> None:
        """A component beside the autopilot has said that it is there, and what it is (MAV_TYPE)."""
        payload = self.of(vehicle_id)
        if payload.components.get(compid) != kind and len(payload.components) < MAX_COMPONENTS:
            self._payloads[vehicle_id] = replace(payload, components={**payload.components, compid: kind})

    def receive(self, vehicle_id: str, received: Received, now_s: float) -> None:
        """Take in a message of one of `MESSAGES`."""
        if received.message.message_name == "ADSB_VEHICLE":
            self.traffic.receive(received.message, now_s)
            return
        handler = HANDLERS[received.message.message_name]
        self._payloads[vehicle_id] = handler(self.of(vehicle_id), received)


def _pointing(payload: Payload, received: Received) -> Payload:
    pointing = gimbal.pointing_of(received.message)
    return payload if pointing is None else replace(payload, gimbal=pointing)


def _control(payload: Payload, received: Received) -> Payload:
    return replace(payload, control=gimbal.control_of(received.message))


def _limits(payload: Payload, received: Received) -> Payload:
    return replace(payload, limits=gimbal.limits_of(received.message))


def _drone_id(payload: Payload, received: Received) -> Payload:
    return replace(payload, drone_id=drone_id.status_of(received.message))


def _identity(payload: Payload, received: Received) -> Payload:
    message = received.message
    return payload if any(message.id_or_mac) else replace(payload, identity=drone_id.id_of(message))


def _broadcast(payload: Payload, received: Received) -> Payload:
    """Of its own only: a source is named where a receiver on it has heard another."""
    told = drone_id.location_of(received.message)
    return payload if any(told.source) else replace(payload, broadcast=told)


def _operator(payload: Payload, received: Received) -> Payload:
    told = operator_control.control_of(received.message, received.compid)
    return payload if told is None else replace(payload, operator=told)


def _info(payload: Payload, received: Received) -> Payload:
    info = camera.info_of(received.message)
    return _camera(payload, received, info.camera, lambda kept: replace(kept, info=info))


def _capture(payload: Payload, received: Received) -> Payload:
    capture = camera.capture_of(received.message)
    return _camera(payload, received, capture.camera, lambda kept: replace(kept, capture=capture))


def _stream(payload: Payload, received: Received) -> Payload:
    stream = camera.stream_of(received.message)
    return _camera(payload, received, stream.camera, lambda kept: replace(kept, stream=stream))


def _tracking(payload: Payload, received: Received) -> Payload:
    tracking = camera.tracking_of(received.message)
    return _camera(payload, received, tracking.camera, lambda kept: replace(kept, tracking=tracking))


def _lens(payload: Payload, received: Received) -> Payload:
    lens = camera.lens_of(received.message)
    return _camera(payload, received, lens.camera, lambda kept: replace(kept, lens=lens))


def _camera(payload: Payload, received: Received, number: int, change: Callable[[Camera], Camera]) -> Payload:
    key = (received.compid, number)
    if key not in payload.cameras and len(payload.cameras) >= MAX_CAMERAS:
        return payload
    return replace(payload, cameras={**payload.cameras, key: change(payload.cameras.get(key, Camera()))})


HANDLERS: Mapping[str, Callable[[Payload, Received], Payload]] = MappingProxyType(
    {
        "GIMBAL_DEVICE_ATTITUDE_STATUS": _pointing,
        "GIMBAL_MANAGER_STATUS": _control,
        "GIMBAL_MANAGER_INFORMATION": _limits,
        "CAMERA_INFORMATION": _info,
        "CAMERA_CAPTURE_STATUS": _capture,
        "CAMERA_SETTINGS": _lens,
        "VIDEO_STREAM_INFORMATION": _stream,
        "CAMERA_TRACKING_IMAGE_STATUS": _tracking,
        "OPEN_DRONE_ID_ARM_STATUS": _drone_id,
        "OPEN_DRONE_ID_BASIC_ID": _identity,
        "OPEN_DRONE_ID_LOCATION": _broadcast,
        CONTROL_STATUS: _operator,
    }
)
MESSAGES = frozenset(HANDLERS) | {"ADSB_VEHICLE"}
"""Messages that payloads are made of."""
BEYOND_ARDUPILOT = frozenset({CONTROL_STATUS})
"""Those of them that only a custom dialect has."""
SUBSCRIBED = MESSAGES - BEYOND_ARDUPILOT
