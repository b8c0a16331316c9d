"""Signing on our links: who is refused, and how we sign."""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Callable
from pathlib import Path

from telemetry.frames import Frame
from telemetry.links.keyring import Keyring, load_keyring
from telemetry.links.times_file import Times, load_times
from telemetry.signing import TICKS_PER_S, Signer, SigningClock, Verdict, Verifier, signing_time

ALARM_AFTER = 3
ALARM_WITHIN = 60 * TICKS_PER_S
LINK_IDS = 256


class LinkGuard:
    """One signed link: lets through what may be believed, signs what goes out, counts what was refused."""

    def __init__(self, verifier: Verifier, signer: Signer, own_time: Callable[[], int]) -> None:
        self.refused: Counter[Verdict] = Counter()
        self._latest: deque[int] = deque(maxlen=ALARM_AFTER)
        self._verifier = verifier
        self._signer = signer
        self._own_time = own_time

    def admit(self, frames: list[Frame]) -> list[Frame]:
        own, admitted = self._own_time(), []
        for frame in frames:
            verdict = self._verifier.judge(frame, own)
            if verdict in (Verdict.GOOD, Verdict.EXEMPT):
                admitted.append(frame)
            else:
                self.refused[verdict] += 1
                self._latest.append(own)
        return admitted

    def sign(self, frame: bytes) -> bytes:
        return self._signer.sign(frame, self._own_time())

    @property
    def problem(self) -> str:
        """What an operator has to know, while it happens more than now and then: three times in a minute."""
        if len(self._latest) < ALARM_AFTER or self._own_time() - self._latest[0] > ALARM_WITHIN:
            return ""
        return "refused: " + ", ".join(f"{count} {verdict.value}" for verdict, count in self.refused.items())


class Signing:
    """The keys of an endpoint, one clock, and one verifier for all links with the same key."""

    def __init__(self, keyring: Keyring, times: Times, *, unix_us: Callable[[], int]) -> None:
        self._keyring = keyring
        self._unix_us = unix_us
        self._clock = SigningClock(times.latest)
        self._kept = {(sysid, compid, link): last for sysid, compid, link, last in times.streams}
        self._verifiers: dict[bytes, Verifier] = {}
        self._next_link_id = 0

    def guard(self, url: str) -> LinkGuard | None:
        """The guard of a new link; None when it is not signed."""
        key = self._keyring.key_of(url)
        if key is None:
            return None
        verifier = self._verifiers.setdefault(key, Verifier(key, self._clock, self._kept))
        link_id, self._next_link_id = self._next_link_id, (self._next_link_id + 1) % LINK_IDS
        return LinkGuard(verifier, Signer(key, link_id, self._clock), lambda: signing_time(self._unix_us()))

    def times(self) -> Times:
        """What has to be saved."""
        streams = self._kept | {k: v for verifier in self._verifiers.values() for k, v in verifier.streams.items()}
        return Times(self._clock.latest, tuple((*stream, last) for stream, last in sorted(streams.items())))


def open_signing(
    key_file: Path, times_file: Path, *, unix_us: Callable[[], int] = lambda: time.time_ns() // 1000
) -> Signing:
    """Keys and times from their files. Raises KeyFileError or TimesFileError."""
    return Signing(load_keyring(key_file), load_times(times_file), unix_us=unix_us)
