"""The X.25 checksum of many byte strings of one length at once, by numpy.

The register has 16 bits, so two bytes are taken in one step: the next register is a function of the register
and those two bytes, exclusive-or'ed, and nothing else.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

_POLYNOMIAL = 0x8408  # 0x1021 with its bits reversed
_SEED = 0xFFFF


@lru_cache(maxsize=1)
def _tables() -> tuple[NDArray[np.uint16], NDArray[np.uint16]]:
    """What becomes of the register in 8 steps, by its low byte, and in 16 steps, by all of it."""
    registers = np.arange(1 << 16, dtype=np.uint16)
    for _ in range(8):
        registers = np.where(registers & 1, (registers >> 1) ^ _POLYNOMIAL, registers >> 1).astype(np.uint16)
    return registers[:256], registers[registers]


def x25_columns(rows: NDArray[np.uint8], extra: NDArray[np.uint8]) -> NDArray[np.uint16]:
    """Of each row of `rows` (N x length) followed by its byte of `extra` (N)."""
    one, two = _tables()
    crc = np.full(len(rows), _SEED, np.uint16)
    odd = rows.shape[1] & 1
    if odd:
        crc = _step(one, crc, rows[:, 0])
    words = np.ascontiguousarray(rows[:, odd:]).view("<u2")
    for column in np.ascontiguousarray(words.T):
        crc = two[crc ^ column]
    return _step(one, crc, extra)


def _step(one: NDArray[np.uint16], crc: NDArray[np.uint16], column: NDArray[np.uint8]) -> NDArray[np.uint16]:
    next_crc: NDArray[np.uint16] = one[(crc ^ column) & 0xFF] ^ (crc >> 8)
    return next_crc
