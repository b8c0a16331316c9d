"""How a vehicle signs and whom it believes, as ArduPilot does it; keys arrive by SETUP_SIGNING.

The first serial port believes everybody (whoever holds the cable), the others only right signatures. The
clock starts a minute ahead of the time that came with the key, counts frames, follows GPS time when that
is later, and starts a minute ahead of what was saved after a reboot.
"""

from __future__ import annotations

from typing import Final

from telemetry.dialect import Message
from telemetry.frames import Frame, encode_frame
from telemetry.signing import NEW_STREAM_LAG, Signer, SigningClock, Verdict, Verifier

AHEAD: Final = NEW_STREAM_LAG
TRUSTED_LINK: Final = 0
_NO_KEY: Final = bytes(32)


class VehicleSigning:
    """Of one vehicle; `own_time` is its clock in signing time, 0 while it has none."""

    def __init__(self) -> None:
        self._key: bytes | None = None
        self._clock = SigningClock()
        self._verifier: Verifier | None = None
        self._signers: dict[int, Signer] = {}

    @property
    def active(self) -> bool:
        return self._key is not None

    def set_up(self, key: bytes, initial_timestamp: int) -> None:
        """A new key for every link; a key of zeros ends signing."""
        if key == _NO_KEY:
            self._key = self._verifier = None
            return
        self._begin(key, initial_timestamp)

    def restart(self) -> None:
        """The vehicle rebooted: streams are forgotten, the key and the time were saved."""
        if self._key is not None:
            self._begin(self._key, self._clock.latest)

    def believes(self, frame: Frame, link: int, own_time: int) -> bool:
        if self._verifier is None:
            return True
        verdict = self._verifier.judge(frame, own_time)
        return link == TRUSTED_LINK or verdict in {Verdict.GOOD, Verdict.EXEMPT}

    def encode(self, message: Message, seq: int, sender: tuple[int, int], link: int, own_time: int) -> bytes:
        """The frame of a message from (system, component), signed where there is a key."""
        sysid, compid = sender
        frame = encode_frame(message, seq=seq, sysid=sysid, compid=compid, signed=self.active)
        if self._key is None:
            return frame
        signer = self._signers.get(link) or self._signers.setdefault(link, Signer(self._key, link, self._clock))
        return signer.sign(frame, own_time)

    def _begin(self, key: bytes, timestamp: int) -> None:
        self._key = key
        self._clock = SigningClock(timestamp + AHEAD)
        self._verifier = Verifier(key, self._clock)
        self._signers = {}
