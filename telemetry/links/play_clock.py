"""The time of recordings while they are played. Pure: our own time is an argument."""

from __future__ import annotations

from math import inf


class PlayClock:
    """Unix seconds of the recordings. It runs `speed` times as fast as ours, stands while `paused`, and with speed 0
    does not wait for anything: every time has come."""

    def __init__(self, speed: float = 1.0) -> None:
        self.speed = speed
        self.paused = False
        self._our_s = 0.0
        self._at_s = 0.0

    def at(self, our_s: float) -> float:
        """What time it is in the recordings."""
        if self.paused:
            return self._at_s
        return self._at_s + (our_s - self._our_s) * self.speed if self.speed else inf

    def wait_s(self, to_s: float, our_s: float) -> float:
        """How long of our time until it is `to_s` there; infinite while it stands."""
        left_s = to_s - self.at(our_s)
        if left_s <= 0.0:
            return 0.0
        return inf if self.paused else left_s / self.speed

    def go_to(self, at_s: float, our_s: float) -> None:
        self._our_s, self._at_s = our_s, at_s

    def play(self, our_s: float, speed: float) -> None:
        """Go on from where it is, at that speed."""
        self._turn(our_s)
        self.speed, self.paused = speed, False

    def pause(self, our_s: float) -> None:
        self._turn(our_s)
        self.paused = True

    def _turn(self, our_s: float) -> None:
        now_s = self.at(our_s)
        self.go_to(self._at_s if now_s == inf else now_s, our_s)
