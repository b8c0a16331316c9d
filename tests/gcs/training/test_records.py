"""Runs are kept line by line; who is current follows from them."""

from datetime import UTC, datetime, timedelta

from gcs.training.model import RunRecord
from gcs.training.records import CURRENT_FOR, Records, currency, earlier_runs
from missions.drill_score import Score

NOW = datetime(2026, 6, 1, tzinfo=UTC)


def run(number, *, days_ago=0, points=80.0, passed=True, trainee="Li", drill="school-gate"):
    return RunRecord(
        id=f"r{number}", drill=drill, zh="演练", en="Drill", trainee=trainee, at=NOW - timedelta(days=days_ago),
        duration_s=600.0, speedup=1.0, score=Score(points=points, of=100.0, passed=passed, lines=()), debrief=True,
    )  # fmt: skip


def test_what_was_added_is_read_back_also_by_another(tmp_path):
    records = Records(tmp_path / "training")
    assert records.all() == ()
    for number in (1, 2):
        records.add(run(number))
    assert Records(tmp_path / "training").all() == (run(1), run(2))


def test_a_damaged_line_costs_only_itself(tmp_path):
    records = Records(tmp_path)
    records.add(run(1))
    with (tmp_path / "runs.jsonl").open("ab") as file:
        file.write(b'{"id": "half\n[]\n')
    records.add(run(2))
    assert [one.id for one in records.all()] == ["r1", "r2"]


def test_a_debrief_is_found_only_of_a_run_on_record(tmp_path):
    records = Records(tmp_path)
    for name in ("r1", "other"):
        folder = records.run_folder(name)
        folder.mkdir(parents=True)
        (folder / "debrief.html").write_text("page", "utf-8")
    records.add(run(1))
    assert records.debrief("r1").read_text("utf-8") == "page"
    assert records.debrief("other") is None
    assert records.debrief("../runs/r1") is None


def test_a_trainee_is_current_for_ninety_days_after_passing():
    assert CURRENT_FOR.days == 90
    runs = [run(1, days_ago=89), run(2, days_ago=91, trainee="Wang"), run(3, passed=False, trainee="Zhao")]
    assert {(one.trainee, one.current) for one in currency(runs, NOW)} == {
        ("Li", True),
        ("Wang", False),
        ("Zhao", False),
    }


def test_the_best_and_the_last_count_together():
    runs = [run(1, days_ago=30, points=90.0), run(2, days_ago=5, points=40.0, passed=False)]
    (one,) = currency(runs, NOW)
    assert (one.runs, one.best, one.current) == (2, 0.9, True)
    assert (one.zh, one.en) == ("演练", "Drill")
    assert one.last_at == NOW - timedelta(days=5)
    assert one.passed_at == NOW - timedelta(days=30)


def test_earlier_runs_are_those_of_the_same_drill_newest_first():
    runs = [run(1, days_ago=9), run(2, days_ago=3), run(3, days_ago=1, drill="other"), run(4)]
    assert [one.id for one in earlier_runs(runs, "school-gate", NOW)] == ["r2", "r1"]
