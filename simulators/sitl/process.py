"""One ArduPilot SITL process: its folder, its log, its start, its end."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from simulators.sitl.arguments import COPTER, SitlSpec, parameter_text
from simulators.sitl.binary import SitlError
from simulators.sitl.parent import ends_with_parent

LOG, STORAGE, COPTER_FILE, OWN_FILE = "output.log", "eeprom.bin", "copter.parm", "vehicle.parm"
TERMINATE_S: Final = 3.0
TAIL_BYTES: Final = 4096


class SitlProcess:
    """`folder` is where it runs and keeps its storage, logs and output.

    `defaults` are parameter files, weaker than the vehicle's own parameters. `keep` starts it with the
    parameters and the mission it had when it ran last.
    """

    def __init__(self, spec: SitlSpec, binary: Path, folder: Path, defaults: Sequence[Path], *, keep: bool) -> None:
        self.spec = spec
        self.folder = folder
        self.starts = 0
        self._binary = binary
        self._defaults = defaults
        self._keep = keep
        self._process: asyncio.subprocess.Process | None = None

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process is not None else None

    @property
    def log(self) -> Path:
        """Everything it printed, of all its starts."""
        return self.folder / LOG

    def prepare(self) -> None:
        """Lay out the folder. Raises SitlError when it cannot be written, or a port of the vehicle is taken."""
        for port in self.spec.ports:
            _refuse_busy(port)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            (self.folder / COPTER_FILE).write_text(parameter_text(COPTER), "ascii")
            (self.folder / OWN_FILE).write_text(self.spec.parameter_file(), "ascii")
            self.log.unlink(missing_ok=True)
            if not self._keep:
                (self.folder / STORAGE).unlink(missing_ok=True)
        except OSError as error:
            raise SitlError(f"{error.filename or self.folder}: {error.strerror}") from error

    async def start(self) -> None:
        """Run it, apart from our terminal's signals, and no longer than we run ourselves (`ends_with_parent`).

        Raises SitlError when the system does not run the binary.
        """
        defaults = (self.folder / COPTER_FILE, *self._defaults, self.folder / OWN_FILE)
        self.starts += 1
        with self.log.open("ab") as output:
            try:
                self._process = await asyncio.create_subprocess_exec(
                    self._binary,
                    *self.spec.arguments(defaults),
                    cwd=self.folder,
                    stdin=asyncio.subprocess.DEVNULL,
                    stdout=output,
                    stderr=asyncio.subprocess.STDOUT,
                    start_new_session=True,
                    preexec_fn=ends_with_parent(),
                )
            except OSError as error:
                raise SitlError(f"{self._binary}: {error.strerror}") from error

    async def ended(self) -> str:
        """Wait for its end; what it said last, or how it ended."""
        if self._process is None:
            return "it was not started"
        code = await self._process.wait()
        how = f"signal {-code}" if code < 0 else f"exit code {code}"
        said = self._last_line()
        return f"{how}: {said}" if said else how

    async def stop(self) -> None:
        """Ask it to end, then end it. No error when it is gone."""
        process = self._process
        if process is None or process.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        try:
            async with asyncio.timeout(TERMINATE_S):
                await process.wait()
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()

    def _last_line(self) -> str:
        try:
            with self.log.open("rb") as file:
                file.seek(max(0, self.log.stat().st_size - TAIL_BYTES))
                lines = file.read().decode("utf-8", "replace").split("\n")
        except OSError:
            return ""
        return next((line.strip() for line in reversed(lines) if line.strip()), "")


def _refuse_busy(port: int) -> None:
    """SITL listens on every address of the machine, so any listener on the port is in its way."""
    with socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind(("", port))
        except OSError as error:
            raise SitlError(f"port {port} is in use: {error.strerror}") from error
