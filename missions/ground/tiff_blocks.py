"""The samples of a TIFF of one band: in strips or tiles, plain or deflated, with or without a predictor. Pure.

By TIFF 6.0 and its supplement of 2005 (floating point predictor). What comes from outside may be anything: whatever
does not fit raises ValueError, struct.error or zlib.error.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from missions.geodesy import Array

WIDTH, HEIGHT, BITS, COMPRESSION, OFFSETS, ROWS, COUNTS, PREDICTOR, FORMAT = (
    256, 257, 258, 259, 273, 278, 279, 317, 339,
)  # fmt: skip
TILE_WIDTH, TILE_HEIGHT, TILE_OFFSETS, TILE_COUNTS = 322, 323, 324, 325
PLAIN, DEFLATE, OLD_DEFLATE = 1, 8, 32946
NO_PREDICTOR, DIFFERENCES, OF_FLOATS = 1, 2, 3
LETTERS = {1: "u", 2: "i", 3: "f"}
LARGEST_BLOCK_BYTES = 256 * 2**20

Tags = Mapping[int, tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class _Form:
    """How blocks are written: rows and columns of one, the type of a sample on disk."""

    rows: int
    columns: int
    dtype: np.dtype[Any]
    packed: bool
    predictor: int


def samples(data: bytes, tags: Tags, order: str) -> Array:
    """(rows, columns) as they are; `order` is `<` or `>`."""
    rows, columns = int(tags[HEIGHT][0]), int(tags[WIDTH][0])
    form, tiled = _form(tags, order), TILE_WIDTH in tags
    offsets, counts = (tags[TILE_OFFSETS], tags[TILE_COUNTS]) if tiled else (tags[OFFSETS], tags[COUNTS])
    across = -(-columns // form.columns)
    if len(offsets) != across * -(-rows // form.rows):
        raise ValueError("another number of blocks than the size asks for")
    found: Array = np.empty((rows, columns), form.dtype.newbyteorder("="))
    for number, (offset, count) in enumerate(zip(offsets, counts, strict=True)):
        top, left = number // across * form.rows, number % across * form.columns
        high = form.rows if tiled else min(form.rows, rows - top)
        block = _block(data[int(offset) : int(offset) + int(count)], high, form)
        found[top : top + high, left : left + form.columns] = block[: rows - top, : columns - left]
    return found


def _form(tags: Tags, order: str) -> _Form:
    tiled, size = TILE_WIDTH in tags, int(tags[BITS][0]) // 8
    columns = int(tags[TILE_WIDTH if tiled else WIDTH][0])
    rows = int(tags[TILE_HEIGHT][0] if tiled else tags.get(ROWS, tags[HEIGHT])[0])
    if not 0 < rows * columns * size <= LARGEST_BLOCK_BYTES:
        raise ValueError("blocks of no size, or too large")
    return _Form(
        rows=rows,
        columns=columns,
        dtype=np.dtype(f"{order}{LETTERS[int(tags.get(FORMAT, (1,))[0])]}{size}"),
        packed=int(tags.get(COMPRESSION, (PLAIN,))[0]) != PLAIN,
        predictor=int(tags.get(PREDICTOR, (NO_PREDICTOR,))[0]),
    )


def _block(written: bytes, rows: int, form: _Form) -> Array:
    size = rows * form.columns * form.dtype.itemsize
    plain = zlib.decompressobj().decompress(written, size) if form.packed else written[:size]
    if form.predictor == OF_FLOATS:
        return _floats(np.frombuffer(plain, np.uint8, size), rows, form)
    if form.predictor == DIFFERENCES:
        return _summed(np.frombuffer(plain, f"{form.dtype.str[0]}u{form.dtype.itemsize}", rows * form.columns), form)
    return np.frombuffer(plain, form.dtype, rows * form.columns).reshape(rows, form.columns)


def _summed(differences: Array, form: _Form) -> Array:
    """Each sample is written as the difference to the one on its left, by their bits as whole numbers."""
    whole = differences.astype(differences.dtype.newbyteorder("=")).reshape(-1, form.columns)
    found: Array = np.cumsum(whole, axis=1, dtype=whole.dtype).view(form.dtype.newbyteorder("="))
    return found


def _floats(differences: Array, rows: int, form: _Form) -> Array:
    """Each row is written byte by byte, the highest bytes of all samples first, as differences to the byte before."""
    size = form.dtype.itemsize
    planes = np.cumsum(differences.reshape(rows, -1), axis=1, dtype=np.uint8).reshape(rows, size, form.columns)
    found: Array = np.ascontiguousarray(planes.transpose(0, 2, 1)).view(f">f{size}")[..., 0]
    return found
