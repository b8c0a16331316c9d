"""From a URL to the link that it describes."""

from __future__ import annotations

from telemetry.dialect import ARDUPILOTMEGA, Dialect
from telemetry.links.faulty import BadLine
from telemetry.links.link import Hear, Link
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


async def open_link(url: str, hear: Hear, dialect: Dialect = ARDUPILOTMEGA) -> Link:
    """The link, started. Raises LinkError when the URL is wrong or can never work."""
    where = parse_link_url(url)
    transport = TRANSPORTS[where.scheme]
    if where.faults is None:
        link = transport(where, hear, dialect)
    else:
        line = BadLine(hear, where.faults, dialect)
        link = transport(where, line.hear, dialect)
        link.line = line.write
    await link.open()
    return link
