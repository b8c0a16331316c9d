"""Lost frames are seen by the gaps they leave."""

import pytest

from telemetry.sequence import SequenceTracker


@pytest.mark.parametrize(
    ("seqs", "lost"),
    [
        ([5], 0),
        ([5, 6, 7], 0),
        ([254, 255, 0, 1], 0),
        ([254, 1], 2),
        ([10, 20], 9),
        ([10, 10], 0),
        ([10, 12, 11, 13], 2),
        ([200, 3], 58),
        ([200, 50], 105),
        ([50, 0, 1], 0),
    ],
)
def test_gaps_count_and_what_is_old_or_doubled_does_not(seqs, lost):
    tracker = SequenceTracker()
    for seq in seqs:
        tracker.note(1, 1, seq)

    assert (tracker.lost, tracker.seen) == (lost, len(seqs))


def test_each_sender_counts_by_itself():
    tracker = SequenceTracker()
    found = [tracker.note(sysid, compid, seq) for sysid, compid, seq in [(1, 1, 5), (1, 154, 90), (2, 1, 7), (1, 1, 7)]]

    assert found == [0, 0, 0, 1]


def test_loss_is_that_of_the_last_seconds_and_follows_what_happens():
    tracker, seq = SequenceTracker(), 0
    assert tracker.recent_loss(0.0) is None

    def hear(seconds, *, every, start):
        nonlocal seq
        for second in range(seconds):
            for _ in range(20):
                seq += 1
                if seq % every:
                    tracker.note(1, 1, seq & 255)
            tracker.recent_loss(start + second)
        return tracker.recent_loss(start + seconds - 1)

    assert hear(10, every=10_000, start=1.0) == 0.0
    assert hear(20, every=4, start=11.0) == pytest.approx(0.25, abs=0.03)
    assert hear(20, every=10_000, start=31.0) < 0.01
    assert tracker.recent_loss(60.0) < 0.01, "silence is no loss: nothing says that anything was sent"
