"""Datagrams that the kernel dropped because nobody read them in time, where Linux tells."""

from __future__ import annotations

import socket
import struct
import sys

SO_MEMINFO = 55
"""Linux' `sk_meminfo`, by socket.h of all common machines; Python has no name for it."""
_FIELDS = struct.Struct("9I")
_DROPS = 8


def kernel_drops(sock: socket.socket) -> int | None:
    """Drops of this socket since it was opened; None where the system does not count them.

    Asked of the socket itself: to look it up in /proc/net/udp costs a walk over all sockets of the machine.
    """
    if not sys.platform.startswith("linux"):
        return None
    try:
        told = sock.getsockopt(socket.SOL_SOCKET, SO_MEMINFO, _FIELDS.size)
    except OSError:
        return None
    return int(_FIELDS.unpack(told)[_DROPS]) if len(told) == _FIELDS.size else None
