"""Ends with its parent: a process that outlives nobody who started it, not even one that was killed. Linux only."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from collections.abc import Callable
from typing import Final

PR_SET_PDEATHSIG: Final = 1


def ends_with_parent() -> Callable[[], None] | None:
    """What a child has to call between fork and exec; None where the system cannot do it.

    The kernel counts the thread that starts the child as its parent: start it from one that lasts.
    """
    if not sys.platform.startswith("linux"):
        return None
    prctl, parent = ctypes.CDLL(None).prctl, os.getpid()

    def tie() -> None:
        prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os.kill(os.getpid(), signal.SIGKILL)

    return tie
