"""Thinning, cutting and storing of flown tracks."""

import pytest

from gcs.operations.tracks import Track, TrackSettings

METRE = 1 / 111_320


def _fly(track, points):
    return [track.offer((t, north_m * METRE, 0.0, 50.0)) for t, north_m in points]


def test_a_point_is_kept_after_a_second_or_five_metres():
    track = Track(TrackSettings(interval_s=1.0, step_m=5.0))
    assert _fly(track, [(0.0, 0), (0.2, 2), (0.4, 5.1), (0.6, 6), (1.5, 6)]) == [True, False, True, False, True]


def test_a_track_is_cut_where_nobody_saw_it_fly():
    track = Track(TrackSettings(gap_m=100.0))
    _fly(track, [(0, 0), (1, 20), (60, 900), (61, 920)])
    assert [len(line) for line in track.lines()] == [2, 2]


def test_lines_are_lon_lat():
    track = Track()
    track.offer((0.0, 29.9, 121.84, 50.0))
    assert track.lines() == [[(121.84, 29.9)]]


def test_what_is_stored_is_not_handed_out_again():
    track = Track()
    _fly(track, [(0, 0), (1, 20)])
    assert len(track.unstored()) == 2
    track.stored(2)
    _fly(track, [(2, 40)])
    assert [point[0] for point in track.unstored()] == [2]


def test_after_a_restart_the_stored_part_comes_first_and_is_not_stored_twice():
    track = Track()
    track.restore([(0.0, 0.0, 0.0, 1.0), (1.0, 20 * METRE, 0.0, 1.0)])
    _fly(track, [(2, 40)])
    assert [point[0] for point in track.points] == [0.0, 1.0, 2]
    assert [point[0] for point in track.unstored()] == [2]
    assert track.lines()[0][-1][1] == pytest.approx(40 * METRE)
