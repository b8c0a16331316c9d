"""What a detector saw in one picture becomes reports: each box is placed on the ground. Pure.

Two forms are taken (examples in docs/detectors.md): like COCO, with `categories` and `annotations` whose `bbox` is
`[left, top, width, height]`, and DeepStream's minimal message, whose `objects` are texts
`track|left|top|right|bottom|label` with the confidence behind it where there is one.

A thing stands where the middle of its box's lower edge meets the ground: the relief where files know it, else flat.
"""

from __future__ import annotations

import math
import uuid
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import msgspec
from msgspec import Meta
from msgspec.structs import replace

from gcs.sightings.errors import InvalidReportError
from gcs.sightings.intake import LARGEST_PICTURE_PX, SightingReport, SourceReport, Time
from gcs.sightings.lens import Lens
from gcs.sightings.locate import CameraPose, Located, NotLocatedError, locate
from gcs.sightings.relief import ERRORS, HeightDatum, Relief

MOST_BOXES = 200
_NAMES = uuid.UUID("3f8a6b52-30d5-5a59-8d2e-0c1b5f6a7d10")
Side = Annotated[int, Meta(ge=16, le=LARGEST_PICTURE_PX)]
Angle = Annotated[float, Meta(gt=1, lt=170)]


class Size(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Of the picture in which the boxes are, in pixels."""

    width: Side
    height: Side


class PoseReport(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where the camera was: degrees WGS-84, metres above what `height_datum` says, how the optical axis pointed.
    `roll_deg` as in `gcs.sightings.locate`."""

    lat: float
    lon: float
    height_m: Annotated[float, Meta(ge=-500, le=10_000)]
    bearing_deg: float
    depression_deg: Annotated[float, Meta(ge=-90, le=90)]
    roll_deg: float = 0.0
    height_datum: HeightDatum = HeightDatum.GROUND


class Category(msgspec.Struct, frozen=True):
    id: int
    name: str


class Annotation(msgspec.Struct, frozen=True):
    bbox: tuple[float, float, float, float]
    category_id: int
    score: float | None = None


class DeepStream(msgspec.Struct, frozen=True):
    """DeepStream's minimal message, as it comes."""

    objects: Annotated[tuple[str, ...], Meta(max_length=MOST_BOXES)]
    id: str | int = ""


class Detections(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One picture's boxes. `classes` names our class for the detector's own labels; a label that is one of our
    classes needs none. Without `pose` it is that of the vehicle now, as far as its camera says where it looks."""

    frame_id: Annotated[str, Meta(min_length=1, max_length=100)]
    image: Size
    hfov_deg: Angle
    camera: Annotated[str, Meta(max_length=100)] = ""
    vehicle: Annotated[str, Meta(max_length=100)] | None = None
    detector: Annotated[str, Meta(max_length=100)] | None = None
    taken_at: Time | None = None
    pose: PoseReport | None = None
    classes: dict[str, str] = {}
    least_score: Annotated[float, Meta(ge=0, le=1)] = 0.5
    categories: tuple[Category, ...] = ()
    annotations: Annotated[tuple[Annotation, ...], Meta(max_length=MOST_BOXES)] = ()
    deepstream: DeepStream | None = None
    simulated: bool = False


class Box(msgspec.Struct, frozen=True):
    """Pixels; `score` None where the detector gives none."""

    label: str
    left: float
    top: float
    right: float
    bottom: float
    score: float | None = None


class Skipped(msgspec.Struct, frozen=True, kw_only=True):
    """A box that became no report, by its number in the request, and why."""

    box: int
    reason: str


def reports_of(
    asked: Detections, pose: CameraPose, known: Mapping[str, Any], relief: Relief | None = None
) -> tuple[list[tuple[int, SightingReport]], list[Skipped]]:
    """The reports by the number of their box, and the boxes that became none. `pose.height_m` is above flat ground,
    or above mean sea level where there is a `relief`, as `relief.stand` gives both.

    Raises InvalidReportError for boxes that are none at all.
    """
    reports, skipped = list[tuple[int, SightingReport]](), list[Skipped]()
    lens = _lens(asked)
    for number, box in enumerate(_boxes(asked)):
        klass = asked.classes.get(box.label, box.label)
        if klass not in known:
            skipped.append(Skipped(box=number, reason=f"no class for the label {box.label[:60]!r}"))
        elif box.score is not None and box.score < asked.least_score:
            skipped.append(Skipped(box=number, reason=f"score {box.score:.2f} is below {asked.least_score:.2f}"))
        else:
            try:
                found = _on_ground(lens, pose, _foot(box), relief)
                report = _report(asked, box, number, klass, found)
                reports.append((number, report if relief is None else _levelled(report, found, relief)))
            except NotLocatedError as error:
                skipped.append(Skipped(box=number, reason=str(error)))
    return reports, skipped


def _on_ground(lens: Lens, pose: CameraPose, pixel: tuple[float, float], relief: Relief | None) -> Located:
    return locate(lens, pose, pixel, 0.0) if relief is None else locate(lens, pose, pixel, relief, ERRORS)


def _levelled(report: SightingReport, found: Located, relief: Relief) -> SightingReport:
    """The report with the height of the place."""
    hae_m = relief.hae_m(found.lat_deg, found.lon_deg, found.height_m)
    return replace(report, msl_m=round(found.height_m, 1), hae_m=None if hae_m is None else round(hae_m, 1))


def _report(asked: Detections, box: Box, number: int, klass: str, found: Located) -> SightingReport:
    name, (across, down) = f"{asked.vehicle or asked.camera}:{asked.frame_id}:{number}", _foot(box)
    return SightingReport(
        id=str(uuid.uuid5(_NAMES, name)),
        klass=klass,
        lat=found.lat_deg,
        lon=found.lon_deg,
        ce90_m=round(found.ellipse.ce90_m, 2),
        seen_at=asked.taken_at,
        source=SourceReport(
            kind="camera",
            name=asked.camera,
            vehicle=asked.vehicle,
            detector=asked.detector,
            confidence=box.score,
            frame=asked.frame_id,
            pixel=(round(across, 1), round(down, 1)),
        ),
        simulated=asked.simulated,
    )


def _lens(asked: Detections) -> Lens:
    """A pinhole with square pixels."""
    focal = asked.image.width / 2 / math.tan(math.radians(asked.hfov_deg) / 2)
    return Lens(asked.image.width, asked.image.height, focal, focal)


def _foot(box: Box) -> tuple[float, float]:
    return (box.left + box.right) / 2, box.bottom


def _boxes(asked: Detections) -> Sequence[Box]:
    found = [_of_coco(asked, number) for number in range(len(asked.annotations))]
    if asked.deepstream is not None:
        found += [_of_deepstream(text, number) for number, text in enumerate(asked.deepstream.objects)]
    size = asked.image
    for number, box in enumerate(found):
        inside = 0 <= box.left < box.right <= size.width and 0 <= box.top < box.bottom <= size.height
        if not inside:
            raise InvalidReportError(f"box {number}", f"does not lie within {size.width} x {size.height} pixels")
    return found


def _of_coco(asked: Detections, number: int) -> Box:
    annotation = asked.annotations[number]
    label = next((c.name for c in asked.categories if c.id == annotation.category_id), None)
    if label is None:
        raise InvalidReportError(f"annotations[{number}]", f"category {annotation.category_id} is not in categories")
    left, top, width, height = annotation.bbox
    return Box(label, left, top, left + width, top + height, _score(annotation.score, f"annotations[{number}]"))


def _of_deepstream(text: str, number: int) -> Box:
    where = f"deepstream.objects[{number}]"
    parts = text.split("|")
    if len(parts) < 6:
        raise InvalidReportError(where, "must be track|left|top|right|bottom|label")
    try:
        left, top, right, bottom = (float(part) for part in parts[1:5])
    except ValueError:
        raise InvalidReportError(where, "has sides that are no numbers") from None
    return Box(parts[5], left, top, right, bottom, _score(_number(parts[-1]) if len(parts) > 6 else None, where))


def _score(score: float | None, where: str) -> float | None:
    if score is not None and not 0 <= score <= 1:
        raise InvalidReportError(where, "has a score that is not 0 to 1")
    return score


def _number(text: str) -> float | None:
    """DeepStream puts classifier attributes behind the label; only a number that is alone there is the confidence."""
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None
