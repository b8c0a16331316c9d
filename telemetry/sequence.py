"""How many frames of a sender never arrived, by the gaps in its sequence numbers."""

from __future__ import annotations

LARGEST_GAP = 127
LOOK_EVERY_S = 1.0
_SMOOTHING = 0.3


class SequenceTracker:
    """Counts per sender (system and component) on one way in.

    A sender counts its frames modulo 256. A step of more than half the circle is taken as an old frame that
    came late, or as a sender that started again: nothing is counted as lost for it.
    """

    __slots__ = ("_looked", "_next", "_recent", "lost", "seen")

    def __init__(self) -> None:
        self._next: dict[int, int] = {}
        self.seen = 0
        self.lost = 0
        self._looked = (float("-inf"), 0, 0)
        self._recent: float | None = None

    def note(self, sysid: int, compid: int, seq: int) -> int:
        """How many frames are missing right before this one."""
        self.seen += 1
        sender = sysid << 8 | compid
        expected = self._next.get(sender, seq)
        self._next[sender] = (seq + 1) & 0xFF
        if seq == expected:
            return 0
        gap = (seq - expected) & 0xFF
        if gap > LARGEST_GAP:
            return 0
        self.lost += gap
        return gap

    def recent_loss(self, now_s: float) -> float | None:
        """Share of frames missing lately, 0 to 1, measured once a second; None while nothing was heard."""
        looked_s, seen, lost = self._looked
        if now_s - looked_s >= LOOK_EVERY_S:
            came, missing = self.seen - seen, self.lost - lost
            self._looked = (now_s, self.seen, self.lost)
            if came:
                share = missing / (came + missing)
                self._recent = share if self._recent is None else self._recent + _SMOOTHING * (share - self._recent)
        return self._recent
