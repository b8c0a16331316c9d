"""A vehicle's cameras: pictures, video, zoom, focus, and what they follow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

import msgspec
from msgspec import Meta

from gcs.fleet.payloads import Camera
from gcs.web.commanding import CommandAnswer, send_command
from gcs.web.holding import confirmed, take_lease
from gcs.web.problem import ProblemError, not_found
from gcs.web.route import Call, Route
from telemetry.dialect import ARDUPILOTMEGA, Message
from telemetry.services import camera
from telemetry.services.camera import CameraCan
from telemetry.services.commands import request_message
from telemetry.services.peer import Address

NUMBERS = 1_000_000
"""Numbers of pictures begin anew after so many: a float holds them."""
Share = Annotated[float, Meta(ge=0, le=1)]
SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Device:
    """The address of a camera's component, the camera's number there, and a new number for the next picture."""

    target: Address
    camera: int
    next_picture: int


class _Deed(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="action"):
    """`camera` is one of the vehicle's `cameras`, by id; without it the first, or the autopilot's. `confirm` names the
    vehicle again."""

    needs: ClassVar[CameraCan]
    shown_by: ClassVar[str | None] = "CAMERA_CAPTURE_STATUS"
    """The message that shows what came of it; None where the camera was asked to stream it."""
    confirm: Annotated[str, Meta(max_length=100)]
    camera: Annotated[str, Meta(max_length=20)] | None = None

    def message(self, to: Device) -> Message:
        """What is sent to the camera."""
        raise NotImplementedError


class Photo(_Deed, tag="photo", frozen=True, kw_only=True):
    needs = CameraCan.IMAGE

    def message(self, to: Device) -> Message:
        return camera.take_image(to.target, to.next_picture, to.camera)


class StartVideo(_Deed, tag="start_video", frozen=True, kw_only=True):
    needs = CameraCan.VIDEO

    def message(self, to: Device) -> Message:
        return camera.start_video(to.target, to.camera)


class StopVideo(_Deed, tag="stop_video", frozen=True, kw_only=True):
    needs = CameraCan.VIDEO

    def message(self, to: Device) -> Message:
        return camera.stop_video(to.target, to.camera)


class Zoom(_Deed, tag="zoom", frozen=True, kw_only=True):
    """`share` 0 is the widest, 1 the longest."""

    needs = CameraCan.ZOOM
    shown_by = "CAMERA_SETTINGS"
    share: Share

    def message(self, to: Device) -> Message:
        return camera.zoom_to(to.target, self.share, to.camera)


class Focus(_Deed, tag="focus", frozen=True, kw_only=True):
    """`share` 0 is the nearest, 1 the farthest; null leaves it to the camera."""

    needs = CameraCan.FOCUS
    shown_by = "CAMERA_SETTINGS"
    share: Share | None

    def message(self, to: Device) -> Message:
        if self.share is None:
            return camera.focus_by_itself(to.target, to.camera)
        return camera.focus_to(to.target, self.share, to.camera)


class TrackPoint(_Deed, tag="track_point", frozen=True, kw_only=True):
    """Fractions of the picture from its upper left."""

    needs = CameraCan.TRACK_POINT
    shown_by = None
    x: Share
    y: Share

    def message(self, to: Device) -> Message:
        return camera.track_point(to.target, self.x, self.y, to.camera)


class TrackBox(_Deed, tag="track_box", frozen=True, kw_only=True):
    """Left, top, right and bottom in fractions of the picture from its upper left."""

    needs = CameraCan.TRACK_RECTANGLE
    shown_by = None
    box: tuple[Share, Share, Share, Share]

    def message(self, to: Device) -> Message:
        return camera.track_rectangle(to.target, self.box, to.camera)


class StopTracking(_Deed, tag="stop_tracking", frozen=True, kw_only=True):
    needs = CameraCan.TRACK_POINT | CameraCan.TRACK_RECTANGLE
    shown_by = None

    def message(self, to: Device) -> Message:
        return camera.stop_tracking(to.target, to.camera)


CameraDeed = Photo | StartVideo | StopVideo | Zoom | Focus | TrackPoint | TrackBox | StopTracking


async def use_camera(call: Call[CameraDeed]) -> CommandAnswer:
    """Refused where the camera has said that it cannot; a camera that has said nothing decides for itself."""
    deed, vehicle = call.body, confirmed(call, call.body.confirm)
    device, known = _camera(call, vehicle, deed.camera)
    name = str(type(deed).__struct_config__.tag)
    if known.info is not None and not known.info.can & deed.needs:
        raise ProblemError(409, "camera.cannot", f"this camera says that it cannot do this: {name}")
    take_lease(call, vehicle)
    answer = await send_command(call, vehicle, name, deed.message(device))
    await call.services.station.command(vehicle, _telling(deed, device.target), SYSTEM)
    return answer


def _telling(deed: CameraDeed, target: Address) -> Message:
    """Asks the camera to show what came of it."""
    if deed.shown_by is None:
        return camera.tell_tracking(target)
    return request_message(target, ARDUPILOTMEGA.by_name[deed.shown_by].TYPE.id)


def _camera(call: Call[Any], vehicle: str, wanted: str | None) -> tuple[Device, Camera]:
    """Which camera is meant, and what is known of it."""
    sysid, compid = call.services.station.target(vehicle)
    cameras = call.services.fleet.payloads.of(vehicle).cameras
    heard = {f"{key[0]}-{key[1]}": key for key in sorted(cameras)}
    if wanted is not None and wanted not in heard:
        raise not_found("camera", wanted)
    key = heard[wanted] if wanted is not None else next(iter(heard.values()), (compid, 0))
    next_picture = int(call.services.clock.utc().timestamp()) % NUMBERS
    return Device((sysid, key[0]), key[1], next_picture), cameras.get(key, Camera())


ROUTES = (
    Route(
        "POST", "/vehicles/{id}/camera", use_camera, "pictures, video, zoom, focus, and what a camera follows",
        "vehicles", body=CameraDeed, answer=CommandAnswer, problems=(409, 504),
    ),
)  # fmt: skip
