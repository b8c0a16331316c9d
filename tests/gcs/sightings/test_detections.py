"""Boxes of a detector on the ground: the examples of the guide, the two forms, and boxes that are none."""

import json
import re
from pathlib import Path

import msgspec
import pytest

from gcs.dispatch.assign import ground_distance_m
from gcs.sightings.detections import Detections, reports_of
from gcs.sightings.errors import InvalidReportError
from gcs.sightings.locate import CameraPose

GUIDE = Path(__file__).resolve().parents[3] / "docs" / "detectors.md"
EXAMPLES = [json.loads(text) for text in re.findall(r"```json\n(.*?)```", GUIDE.read_text("utf-8"), re.DOTALL)]
MIDDLE = {"bbox": [940, 440, 40, 100], "category_id": 1, "score": 0.9}


def detections(**changes):
    whole = {**EXAMPLES[0], "categories": [{"id": 1, "name": "crowd"}], "annotations": [MIDDLE], **changes}
    return msgspec.convert(whole, Detections)


def pose_of(asked):
    pose = asked.pose
    return CameraPose(pose.lat, pose.lon, pose.height_m, pose.bearing_deg, pose.depression_deg)


def placed(catalogue, **changes):
    asked = detections(**changes)
    pose = CameraPose(
        asked.pose.lat, asked.pose.lon, asked.pose.height_m, asked.pose.bearing_deg, asked.pose.depression_deg
    )
    return reports_of(asked, pose, catalogue)


def test_both_examples_of_the_guide_tell_of_the_same_car_at_the_same_place(catalogue):
    found = []
    for example in EXAMPLES:
        asked = msgspec.convert(example, Detections)
        ((_, report),), skipped = reports_of(asked, pose_of(asked), catalogue)
        assert (report.klass, report.source.confidence, skipped) == ("illegal_parking", 0.91, [])
        found.append((report.lat, report.lon, report.ce90_m))
    assert found[0] == pytest.approx(found[1], abs=1e-9)


def test_the_middle_of_the_picture_at_45_degrees_is_as_far_away_as_the_camera_is_high(catalogue):
    ((_, report),), _ = placed(catalogue)
    assert ground_distance_m(29.898, 121.84, report.lat, report.lon) == pytest.approx(80, rel=0.01)
    assert report.lon > 121.84, "the camera looks east"
    assert 5 < report.ce90_m < 30


def test_a_picture_sent_twice_has_the_same_ids_and_another_picture_others(catalogue):
    first, again, other = (placed(catalogue, frame_id=name)[0][0][1].id for name in ("1", "1", "2"))
    assert first == again != other


def test_what_becomes_no_report_says_why(catalogue):
    boxes = [{**MIDDLE, "score": 0.4}, {**MIDDLE, "category_id": 2}, {**MIDDLE, "score": None}]
    categories = [{"id": 1, "name": "crowd"}, {"id": 2, "name": "cat"}]
    reports, skipped = placed(catalogue, annotations=boxes, categories=categories)
    assert [number for number, _ in reports] == [2]
    assert [(s.box, s.reason) for s in skipped] == [
        (0, "score 0.40 is below 0.50"),
        (1, "no class for the label 'cat'"),
    ]


def test_a_report_says_in_which_frame_and_where_in_it(catalogue):
    ((_, report),), _ = placed(catalogue)
    assert (report.source.frame, report.source.pixel) == (EXAMPLES[0]["frame_id"], (960.0, 540.0))


def test_a_box_near_the_horizon_is_left_out(catalogue):
    pose = {**EXAMPLES[0]["pose"], "depression_deg": 10}
    reports, (skipped,) = placed(catalogue, pose=pose)
    assert reports == []
    assert "degrees below the horizon" in skipped.reason


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"annotations": [{**MIDDLE, "bbox": [1900, 0, 50, 50]}]}, "box 0"),
        ({"annotations": [{**MIDDLE, "bbox": [0, 0, 0, 50]}]}, "box 0"),
        ({"annotations": [{**MIDDLE, "category_id": 9}]}, "annotations[0]"),
        ({"annotations": [{**MIDDLE, "score": 2}]}, "annotations[0]"),
        ({"annotations": [], "deepstream": {"objects": ["1|2|3"]}}, "deepstream.objects[0]"),
        ({"annotations": [], "deepstream": {"objects": ["1|a|b|c|d|Car"]}}, "deepstream.objects[0]"),
        ({"annotations": [], "deepstream": {"objects": ["1|nan|0|9|9|Car"]}}, "box 0"),
        ({"annotations": [], "deepstream": {"objects": ["1|0|0|9|9|Car|7"]}}, "deepstream.objects[0]"),
    ],
)
def test_a_box_that_is_none_is_named(catalogue, changes, field):
    with pytest.raises(InvalidReportError) as refused:
        placed(catalogue, **changes)
    assert refused.value.field == field


def test_attributes_of_deepstream_behind_the_label_are_no_confidence(catalogue):
    ((_, report),), _ = placed(catalogue, annotations=[], deepstream={"objects": ["1|940|440|980|540|crowd|#|red|"]})
    assert report.source.confidence is None
