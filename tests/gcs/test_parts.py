from gcs.parts import parts


def test_everything_comes_once_and_in_order():
    assert list(parts(range(7), 3)) == [[0, 1, 2], [3, 4, 5], [6]]
    assert list(parts((), 3)) == []


def test_what_changes_meanwhile_disturbs_nobody():
    names = {"a": 1, "b": 2, "c": 3}
    seen = []
    for part in parts(names, 2):
        seen += part
        names["d"] = 4
    assert seen == ["a", "b", "c"]
