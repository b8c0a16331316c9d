"""The catalogue of classes."""

import pytest

from gcs.dispatch.model import UnitKind
from gcs.sightings.catalogue import CatalogueError, default_catalogue, load_catalogue, read_catalogue

EXPECTED = {
    "illegal_parking", "blocked_fire_lane", "congestion", "rider_without_helmet", "crowd", "fire_smoke",
    "open_burning", "accident", "person_in_distress", "missing_person", "trespass", "flying_object", "site_hazard",
    "flooding", "fallen_tree", "damaged_road", "checkpoint_queue",
}  # fmt: skip
ONE = '[class.x]\nzh="某"\nen="X"\npriority=2\nunits=["officer"]\n'


def test_every_class_of_the_trade_is_there_with_both_names(catalogue):
    assert set(catalogue) >= EXPECTED
    for key, klass in catalogue.items():
        assert klass.id == key
        assert klass.zh
        assert klass.zh != klass.en
        assert klass.en.isascii()
        assert klass.units


def test_lives_come_first(catalogue):
    urgent = {key for key, klass in catalogue.items() if klass.priority == 1}
    assert urgent == {"fire_smoke", "accident", "person_in_distress", "missing_person"}


def test_time_to_accept_follows_the_priority_unless_the_class_says_otherwise(catalogue):
    assert [catalogue.accept_s("crowd", priority) for priority in (1, 2, 3, 4)] == [60, 180, 300, 600]
    own = read_catalogue(ONE + "accept_s=30\n", "own.toml")
    assert own.accept_s("x", 4) == 30
    assert own.resolve_s("x", 1) == 1800


def test_every_figure_of_the_chain_stands_in_the_catalogue_and_a_class_may_have_its_own(catalogue):
    assert (catalogue.receipt_s("crowd", 1), catalogue.late_after("crowd"), catalogue.red_after("crowd")) == (
        10,
        1.5,
        2,
    )
    timers = "[timers]\nreceipt_s=[5,10,20,40]\nlate_after=1.2\n"
    own = read_catalogue(timers + ONE + "red_after=3\n", "own.toml")
    assert [own.receipt_s("x", priority) for priority in (1, 4)] == [5, 40]
    assert (own.late_after("x"), own.red_after("x"), own.red_after("gone")) == (1.2, 3, 2)
    impatient = read_catalogue(timers + ONE + "receipt_s=3\nlate_after=1\n", "own.toml")
    assert (impatient.receipt_s("x", 4), impatient.late_after("x")) == (3, 1)


def test_a_class_that_was_taken_out_still_has_figures(catalogue):
    assert catalogue.accept_s("gone", 2) == 180
    assert catalogue.kinds("gone") == frozenset(UnitKind)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "holds no classes"),
        ("[class.x", "own.toml: "),
        (ONE.replace("officer", "wizard"), "wizard"),
        (ONE.replace("priority=2", "priority=9"), "<= 4"),
        (ONE.replace('zh="某"\n', ""), "zh"),
        (ONE + "colour='red'\n", "colour"),
        ("[timers]\naccept_s=[1,2]\n" + ONE, "accept_s"),
        (ONE + "late_after=0.5\n", "late_after"),
    ],
)
def test_a_wrong_catalogue_is_refused_with_one_line(text, problem):
    with pytest.raises(CatalogueError, match=problem) as refused:
        read_catalogue(text, "own.toml")
    assert "\n" not in str(refused.value)


def test_an_agency_brings_its_own_classes_without_code(tmp_path):
    file = tmp_path / "classes.toml"
    file.write_text(
        '[class.stray_dog]\nzh = "流浪犬"\nen = "Stray dog"\npriority = 4\nunits = ["grid_worker"]\ntak = "b-m-p-w"'
    )
    catalogue = load_catalogue(str(file))
    assert list(catalogue) == ["stray_dog"]
    assert (catalogue["stray_dog"].tak, catalogue.automatic("stray_dog")) == ("b-m-p-w", True)
    assert list(load_catalogue("")) == list(default_catalogue())


@pytest.mark.parametrize("text", [b"\xff", b"", b'[class.x]\nzh="x"\nen="x"\npriority=1\nunits=[]\ntak="<b>"'])
def test_a_file_of_classes_that_cannot_be_used_is_named(tmp_path, text):
    file = tmp_path / "classes.toml"
    file.write_bytes(text)
    for name in (file, tmp_path / "nowhere.toml"):
        with pytest.raises(CatalogueError, match=name.stem):
            load_catalogue(str(name))
