"""What a bad line does to frames: loses, doubles, delays, reorders and damages them, the same for the same seed."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random

REORDER_DELAY_S = 0.2


class Faults:
    """`loss`, `dup`, `reorder` and `corrupt` are probabilities for each frame, `delay` the most seconds it waits.

    A reordered frame waits up to 0.2 s more, so that later ones overtake it.
    """

    def __init__(self, settings: Mapping[str, float], direction: str) -> None:
        self._loss = settings["loss"]
        self._dup = settings["dup"]
        self._reorder = settings["reorder"]
        self._corrupt = settings["corrupt"]
        self._delay_s = settings["delay"]
        self._random = Random(f"{settings['seed']:g} {direction}")

    def deliveries(self, frame: bytes) -> list[tuple[float, bytes]]:
        """What arrives of `frame`, and after how many seconds."""
        draw = self._random.random
        copies = 0 if draw() < self._loss else 2 if draw() < self._dup else 1
        return [(self._wait_s(), self._damaged(frame)) for _ in range(copies)]

    def _wait_s(self) -> float:
        late_s = REORDER_DELAY_S if self._random.random() < self._reorder else 0.0
        return (self._delay_s + late_s) * self._random.random() if self._delay_s or late_s else 0.0

    def _damaged(self, frame: bytes) -> bytes:
        if self._random.random() >= self._corrupt:
            return frame
        bit = self._random.randrange(8 * len(frame))
        changed = bytearray(frame)
        changed[bit // 8] ^= 1 << bit % 8
        return bytes(changed)
