"""How many frames of a sender never arrived, by the gaps in its sequence numbers."""

from __future__ import annotations

LARGEST_GAP = 127


class SequenceTracker:
    """Counts per sender (system and component) on one way in.

    A sender counts its frames modulo 256. A step of more than half the circle is taken as an old frame that
    came late, or as a sender that started again: nothing is counted as lost for it.
    """

    __slots__ = ("_next", "lost", "seen")

    def __init__(self) -> None:
        self._next: dict[int, int] = {}
        self.seen = 0
        self.lost = 0

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
