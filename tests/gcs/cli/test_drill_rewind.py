"""What a rewound drill asks of its ground control: nothing is deleted, what was open comes again."""

from gcs.cli.drill_rewind import UNDONE, ended_since, undoing


def sighting(name, status, steps):
    place = {"lat_deg": 29.9, "lon_deg": 121.8, "ce90_m": 5.0}
    return {"id": name, "status": status, "klass": "fire", "place": place, "history": [{}] * steps}


def operation(name, status):
    return {"id": name, "name": name.upper(), "status": status}


BEFORE = {
    "sightings": [sighting("open", "assigned", 2), sighting("quiet", "assigned", 2), sighting("done", "resolved", 5)],
    "operations": [operation("a", "flying"), operation("b", "flying"), operation("c", "checked")],
}


def test_what_came_or_went_on_since_is_marked_and_what_was_open_then_comes_again():
    now = {
        "sightings": [
            sighting("open", "on_scene", 4), sighting("quiet", "assigned", 2), sighting("done", "assessed", 6),
            sighting("new", "new", 1), sighting("new-settled", "resolved", 5), sighting("new-copy", "duplicate", 2),
        ],
        "operations": [],
    }  # fmt: skip
    found = undoing(BEFORE, now, "run-r1")
    assert [(path, body["action"]) for path, body in found.sightings] == [
        ("sightings/open/steps", "dismiss"), ("sightings/done/steps", "analyse"),
        ("sightings/new/steps", "dismiss"), ("sightings/new-settled/steps", "assess"),
    ]  # fmt: skip
    assert {body["note"] for _, body in found.sightings} == {UNDONE}
    assert list(found.again) == ["open"]
    again = found.again["open"]
    assert (again["klass"], again["lat"], again["lon"]) == ("fire", 29.9, 121.8)
    assert again["id"] != undoing(BEFORE, now, "run-r2").again["open"]["id"]


def test_operations_begun_since_are_aborted_and_ended_ones_are_told():
    now = {
        "sightings": [],
        "operations": [operation("a", "flying"), operation("b", "closed"), operation("c", "flying"),
                       operation("d", "launching"), operation("e", "aborted")],
    }  # fmt: skip
    assert [path for path, _ in undoing(BEFORE, now, "r").operations] == ["operations/c/abort", "operations/d/abort"]
    assert ended_since(BEFORE, now) == ["B"]
