"""A network that loses, doubles, delays, reorders, corrupts and starves, in virtual time.

`Channel` is one direction. It has no clock: what is sent at `now_s` is handed out by `arrived` once its
time has come. All that happens follows from the seed, so that a failure can be told by its seed alone.
Two channels with their own faults and seeds make an asymmetric network.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from heapq import heappop, heappush
from math import log
from typing import Generic, TypeVar

from simulators.seeded import Seeded

T = TypeVar("T")

_DOWN_SEED = 0x5DEECE66D


@dataclass(frozen=True, slots=True)
class Faults:
    """What a channel does to what it carries.

    `loss`, `duplicate`, `reorder` are probabilities of each thing sent; a doubled one arrives as up to
    `copies` more; a reordered one comes up to `reorder_s` later. `corrupt` is the probability of each
    byte to have a bit flipped. `jitter_s` is added to `delay_s` evenly. `bytes_per_s` None is unlimited;
    at most `queue_bytes` wait for their turn, the rest is lost. During `cuts` (from, to; in seconds) all
    that is sent is lost.
    """

    loss: float = 0.0
    duplicate: float = 0.0
    copies: int = 1
    reorder: float = 0.0
    reorder_s: float = 0.2
    corrupt: float = 0.0
    delay_s: float = 0.05
    jitter_s: float = 0.0
    bytes_per_s: float | None = None
    queue_bytes: int = 65536
    cuts: tuple[tuple[float, float], ...] = ()


PERFECT = Faults()


class Channel(Generic[T]):
    """One direction. `corrupted` makes a spoilt copy of what is carried: `flip_bits` for frames."""

    def __init__(
        self,
        faults: Faults = PERFECT,
        seed: int = 0,
        corrupted: Callable[[T, float, Seeded], T] | None = None,
    ) -> None:
        self.faults = faults
        self._random = Seeded(seed)
        self._corrupted = corrupted
        self._under_way: list[tuple[float, int, T]] = []
        self._order = 0
        self._free_s = 0.0
        self.sent = self.lost = self.doubled = self.delivered = 0

    def send(self, item: T, now_s: float, size: int = 0) -> None:
        """Put `item` of `size` bytes on the way."""
        faults, random = self.faults, self._random
        self.sent += 1
        if any(start_s <= now_s < end_s for start_s, end_s in faults.cuts) or random.uniform() < faults.loss:
            self.lost += 1
            return
        leaves_s = self._leaves(now_s, size)
        if leaves_s is None:
            self.lost += 1
            return
        copies = 1
        if faults.duplicate and random.uniform() < faults.duplicate:
            copies += 1 + int(random.uniform() * faults.copies)
            self.doubled += copies - 1
        for _ in range(copies):
            self._order += 1
            carried = self._corrupted(item, faults.corrupt, random) if self._corrupted and faults.corrupt else item
            heappush(self._under_way, (leaves_s + self._travel(), self._order, carried))

    def arrived(self, now_s: float) -> list[T]:
        """What has arrived by `now_s`, in the order of arrival; each is handed out once."""
        items = []
        while self._under_way and self._under_way[0][0] <= now_s:
            items.append(heappop(self._under_way)[2])
        self.delivered += len(items)
        return items

    def next_arrival(self) -> float | None:
        """When the next thing arrives; None when nothing is under way."""
        return self._under_way[0][0] if self._under_way else None

    def _leaves(self, now_s: float, size: int) -> float | None:
        rate = self.faults.bytes_per_s
        if rate is None:
            return now_s
        waits_s = max(0.0, self._free_s - now_s)
        if waits_s * rate + size > self.faults.queue_bytes:
            return None
        self._free_s = now_s + waits_s + size / rate
        return self._free_s

    def _travel(self) -> float:
        faults, random = self.faults, self._random
        travel_s = faults.delay_s + (faults.jitter_s * random.uniform() if faults.jitter_s else 0.0)
        if faults.reorder and random.uniform() < faults.reorder:
            travel_s += faults.reorder_s * random.uniform()
        return travel_s


class Network(Generic[T]):
    """Two ends: `up` carries from the ground to the vehicle, `down` back. Faults may differ."""

    def __init__(
        self,
        up: Faults = PERFECT,
        down: Faults | None = None,
        seed: int = 0,
        corrupted: Callable[[T, float, Seeded], T] | None = None,
    ) -> None:
        self.up: Channel[T] = Channel(up, seed, corrupted)
        self.down: Channel[T] = Channel(up if down is None else down, seed ^ _DOWN_SEED, corrupted)

    def next_arrival(self) -> float | None:
        """When the next thing arrives at either end; None when nothing is under way."""
        times = [at for at in (self.up.next_arrival(), self.down.next_arrival()) if at is not None]
        return min(times, default=None)


def flip_bits(frame: bytes, per_byte: float, random: Seeded) -> bytes:
    """`frame` with one bit flipped in each byte that chance picks, each with probability `per_byte`."""
    if per_byte <= 0:
        return frame
    spoilt = bytearray(frame)
    step = log(1.0 - per_byte) if per_byte < 1 else None
    at = _skip(step, random)
    while at < len(spoilt):
        spoilt[at] ^= 1 << int(random.uniform() * 8)
        at += 1 + _skip(step, random)
    return bytes(spoilt)


def _skip(step: float | None, random: Seeded) -> int:
    """How many bytes stay whole before the next one is hit: a geometric distribution."""
    return 0 if step is None else int(log(1.0 - random.uniform()) / step)
