"""From a URL to the link that it describes."""

from __future__ import annotations

from dataclasses import replace

from telemetry.links.faulty import BadLine
from telemetry.links.guard import Signing
from telemetry.links.link import Ear, Link
from telemetry.links.playback import Playback
from telemetry.links.serial import Serial
from telemetry.links.tcp import TcpIn, TcpOut
from telemetry.links.udp import UdpBroadcast, UdpIn, UdpOut
from telemetry.links.url import LinkError, parse_link_url

__all__ = ["LinkError", "open_link"]

TRANSPORTS: dict[str, type[Link]] = {
    "udpin": UdpIn,
    "udpout": UdpOut,
    "udpbcast": UdpBroadcast,
    "tcpin": TcpIn,
    "tcpout": TcpOut,
    "serial": Serial,
    "tlog": Playback,
}


async def open_link(url: str, ear: Ear, signing: Signing | None = None) -> Link:
    """The link, started, and signed where it has a key; a recording is never. Raises LinkError when the URL is
    wrong or can never work."""
    where = parse_link_url(url)
    transport = TRANSPORTS[where.scheme]
    if where.faults is None:
        link = transport(where, ear)
    else:
        line = BadLine(ear, where.faults)
        link = transport(where, replace(ear, hear=line.hear))
        link.line = line.write
    if signing is not None and transport is not Playback:
        link.guard = signing.guard(url)
    await link.open()
    return link
