"""Heights come out of strips and tiles, packed and differenced, as they went in; what does not fit is an error."""

import struct
import zlib
from itertools import product

import numpy as np
import pytest

from missions.ground.tiff_blocks import (
    BITS,
    COMPRESSION,
    COUNTS,
    DEFLATE,
    DIFFERENCES,
    FORMAT,
    HEIGHT,
    NO_PREDICTOR,
    OF_FLOATS,
    OFFSETS,
    PLAIN,
    PREDICTOR,
    ROWS,
    TILE_COUNTS,
    TILE_HEIGHT,
    TILE_OFFSETS,
    TILE_WIDTH,
    WIDTH,
    samples,
)

FORMATS = {"u": 1, "i": 2, "f": 3}


def differenced(block, predictor):
    """A block as a writer leaves it, by the book."""
    if predictor == OF_FLOATS:
        rows, columns = block.shape
        size = block.dtype.itemsize
        big = np.ascontiguousarray(block.astype(f">f{size}"))
        planes = big.view(np.uint8).reshape(rows, columns, size).transpose(0, 2, 1).reshape(rows, -1)
        return np.diff(planes, axis=1, prepend=np.uint8(0)).astype(np.uint8).tobytes()
    if predictor == DIFFERENCES:
        order = block.dtype.str[0]
        whole = block.astype(block.dtype.newbyteorder("=")).view(f"=u{block.dtype.itemsize}")
        steps = np.diff(whole, axis=1, prepend=whole.dtype.type(0)).astype(whole.dtype)
        return steps.astype(f"{order}u{block.dtype.itemsize}").tobytes()
    return block.tobytes()


def written(heights, kind, order="<", *, tile=None, rows=None, packed=True, predictor=NO_PREDICTOR):
    """(data, tags) of a file's blocks."""
    height, width = heights.shape
    high, wide = tile or (rows or height, width)
    whole = heights.astype(f"{order}{kind}")
    data, offsets, counts = b"II*\0", [], []
    for top in range(0, height, high):
        for left in range(0, width, wide):
            block = whole[top : top + high, left : left + wide]
            if tile:
                room = np.zeros(tile, block.dtype)
                room[: block.shape[0], : block.shape[1]] = block
                block = room
            raw = differenced(block, predictor)
            raw = zlib.compress(raw) if packed else raw
            offsets.append(len(data))
            counts.append(len(raw))
            data += raw
    tags = {
        WIDTH: (width,), HEIGHT: (height,), BITS: (int(kind[1]) * 8,), FORMAT: (FORMATS[kind[0]],),
        COMPRESSION: (DEFLATE if packed else PLAIN,), PREDICTOR: (predictor,),
    }  # fmt: skip
    if tile:
        return data, {**tags, TILE_WIDTH: (wide,), TILE_HEIGHT: (high,), TILE_OFFSETS: offsets, TILE_COUNTS: counts}
    return data, {**tags, ROWS: (high,), OFFSETS: offsets, COUNTS: counts}


HEIGHTS = np.random.default_rng(7).normal(0, 4, (37, 53)).cumsum(axis=1) + 60


@pytest.mark.parametrize(
    ("kind", "order", "where"),
    list(product(("u1", "u2", "i2", "i4", "f4", "f8"), "<>", ({}, {"rows": 5}, {"tile": (16, 32)}))),
)
def test_what_was_written_is_read(kind, order, where):
    heights = np.abs(HEIGHTS) if kind[0] == "u" else HEIGHTS
    expected = heights.astype(kind)
    predictors = (NO_PREDICTOR, DIFFERENCES, OF_FLOATS) if kind[0] == "f" else (NO_PREDICTOR, DIFFERENCES)
    for predictor in predictors:
        data, tags = written(heights, kind, order, predictor=predictor, **where)
        assert np.array_equal(samples(data, tags, order), expected), predictor
    data, tags = written(heights, kind, order, packed=False, **where)
    assert np.array_equal(samples(data, tags, order), expected)


@pytest.mark.parametrize(
    "wrong",
    [
        {TILE_OFFSETS: (4,), TILE_COUNTS: (9,)},
        {TILE_WIDTH: (0,)},
        {TILE_WIDTH: (2**20,), TILE_HEIGHT: (2**20,)},
        {TILE_COUNTS: (1, 1, 1, 1, 1, 1)},
        {TILE_OFFSETS: (10**9,) * 6},
    ],
)
def test_blocks_that_do_not_fit_are_an_error_and_fill_no_memory(wrong):
    data, tags = written(HEIGHTS, "f4", tile=(16, 32))
    with pytest.raises((ValueError, struct.error, zlib.error)):
        samples(data, {**tags, **wrong}, "<")
