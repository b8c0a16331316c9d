"""Cells of a battery: told one by one, or counted by its voltage."""

import pytest

from gcs.fleet.cells import most_cells, told_cells_mv, working_cells

UNUSED = (65535,)
NO_MORE = (0, 0, 0, 0)


@pytest.mark.parametrize(
    ("voltages", "more", "cells"),
    [
        ((4100, 4110, 4090) + UNUSED * 7, NO_MORE, (4100, 4110, 4090)),
        ((12600,) + UNUSED * 9, NO_MORE, ()),
        ((65534, 2000) + UNUSED * 8, NO_MORE, ()),
        ((4100,) + UNUSED * 9, NO_MORE, ()),
        ((4100, 0, 4090) + UNUSED * 7, NO_MORE, (4100, 0, 4090)),
        ((4100, 4090) + (0,) * 8, NO_MORE, (4100, 4090)),
        ((4100,) * 10, (4000, 3900, 0, 0), (4100,) * 10 + (4000, 3900)),
        (UNUSED * 10, NO_MORE, ()),
        ((), (), ()),
    ],
    ids=["three", "whole", "whole and spilled", "one", "dead", "zeros after", "twelve", "none", "older"],
)
def test_what_is_a_cell(voltages, more, cells):
    assert told_cells_mv(voltages, more) == cells


@pytest.mark.parametrize(
    ("volts", "left", "cells"), [(12.6, 100, 3.0), (11.52, 50, 3.0), (25.2, 100, 6.0), (6.54, 0, 2.0)]
)
def test_voltage_counts_cells_by_what_is_left(volts, left, cells):
    assert working_cells(volts, left) == pytest.approx(cells)


@pytest.mark.parametrize(("volts", "left"), [(None, 50), (12.6, None), (0.0, 50)])
def test_unknown_stays_unknown(volts, left):
    assert working_cells(volts, left) is None


def test_the_most_that_worked_is_kept():
    assert most_cells(None, 12.6, 100) == pytest.approx(3.0)
    assert most_cells(3.0, 8.4, 100) == 3.0
    assert most_cells(3.0, 12.6, 30) == 3.0, "an empty battery says little"
    assert most_cells(3.0, None, 100) == 3.0
