"""Reads all parameters of a vehicle the fastest way it knows: one packed file, else one by one.

A vehicle without file transfer, or whose file is broken, is asked for its list.
"""

from __future__ import annotations

from typing import Any

from telemetry.received import Received
from telemetry.services.ftp_get import FtpGet
from telemetry.services.machine import Progress, Transfer
from telemetry.services.param_list import ParamList, ParamListOutcome
from telemetry.services.param_pack import PATH, ParamPackError, unpack_params
from telemetry.services.peer import Address

LARGEST_PACK = 1024 * 1024


class ParamFetch(Transfer[ParamListOutcome]):
    """Parameters of `target` by name."""

    def __init__(self, target: Address, own: Address) -> None:
        super().__init__()
        self._list = ParamList(target, own)
        self._file: FtpGet | None = FtpGet(target, own, PATH, limit=LARGEST_PACK)
        self._given_up = ""

    @property
    def progress(self) -> Progress:
        return self._working.progress

    def give_up(self, reason: str, now_s: float) -> None:
        if not self.done:
            self._given_up = reason
            self._working.give_up(reason, now_s)
            self._collect(now_s)

    def start(self, now_s: float) -> None:
        self._working.start(now_s)
        self._collect(now_s)

    def receive(self, received: Received, now_s: float) -> None:
        if not self.done:
            self._working.receive(received, now_s)
            self._collect(now_s)

    def handle_timer(self, now_s: float) -> None:
        if not self.done:
            self._working.handle_timer(now_s)
            self._collect(now_s)

    def next_deadline(self) -> float | None:
        return None if self.done else self._working.next_deadline()

    @property
    def _working(self) -> Transfer[Any]:
        return self._list if self._file is None else self._file

    def _collect(self, now_s: float) -> None:
        self._outbox += self._working.drain()
        if self._file is None:
            self.outcome = self._list.outcome
        elif self._file.outcome is not None and self._given_up:
            self.outcome = ParamListOutcome({}, reason=self._given_up)
        elif self._file.outcome is not None:
            self._unpack(self._file.outcome.data, now_s)

    def _unpack(self, data: bytes | None, now_s: float) -> None:
        self._file = None
        if data is not None:
            try:
                self.outcome = ParamListOutcome(unpack_params(data))
            except ParamPackError:
                data = None
        if data is None:
            self._list.start(now_s)
            self._outbox += self._list.drain()
