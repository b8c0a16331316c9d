"""What a request must be before anybody looks at who sent it, and what every answer says to the browser.

- The Host header must name this server (a page of another name that resolves to our address is refused).
- A request that changes something, and every WebSocket, must come from our own pages or from a program.
- Answers may load nothing from elsewhere, be framed by nobody and be read as nothing but what they are.
"""

from __future__ import annotations

import ipaddress
import socket
from urllib.parse import urlsplit

from aiohttp import web

from gcs.auth import is_loopback
from gcs.web.problem import ProblemError

READING = frozenset({"GET", "HEAD", "OPTIONS"})
LOCAL_NAMES = frozenset({"localhost"})
STRICT_CSP = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), microphone=(), payment=(), usb=(), geolocation=(self)",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Content-Security-Policy": STRICT_CSP,
    "Cache-Control": "no-store",
}


def page_csp(nonce: str) -> str:
    """The policy of our pages: own files, scripts that carry the nonce, talk to nobody else."""
    return (
        f"default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data: blob:; media-src 'self' data: blob:; connect-src 'self'; font-src 'self'; "
        "manifest-src 'self'; worker-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
    )


def host_names(bound_host: str, more: frozenset[str] = frozenset()) -> frozenset[str]:
    """The names under which a server bound to `bound_host` may be called, addresses apart; `more` are those of the
    settings."""
    if is_loopback(bound_host):
        return LOCAL_NAMES | {bound_host.casefold()}
    own = socket.gethostname().casefold()
    return LOCAL_NAMES | {bound_host.casefold(), own, f"{own}.local"} | more


def host_allowed(host_header: str, bound_host: str, names: frozenset[str]) -> bool:
    """Whether the Host header is one of ours. An address cannot be rebound by anybody's name server, so a
    server on the network takes every address; a loopback server only loopback ones."""
    try:
        name = (urlsplit(f"//{host_header}").hostname or "").casefold()
    except ValueError:
        return False
    if name in names:
        return True
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        return False
    return address.is_loopback or not is_loopback(bound_host)


def same_origin(request_host: str, origin: str | None, fetch_site: str | None) -> bool:
    """Whether a request comes from our own page. A program sends neither header and is let through:
    it is no browser that somebody else's page could have sent here."""
    if origin is None:
        return fetch_site in (None, "same-origin", "none")
    scheme, separator, host = origin.partition("://")
    return scheme in ("http", "https") and bool(separator) and host.casefold() == request_host.casefold()


def check_request(request: web.Request, bound_host: str, names: frozenset[str]) -> None:
    """Raises ProblemError when the request must not be looked at."""
    if not host_allowed(request.host, bound_host, names):
        raise ProblemError(421, "host.foreign", f"this server is not {request.host[:80]!r}")
    changes = request.method not in READING or request.headers.get("Upgrade", "").casefold() == "websocket"
    headers = request.headers
    if changes and not same_origin(request.host, headers.get("Origin"), headers.get("Sec-Fetch-Site")):
        raise ProblemError(403, "origin.foreign", "requests from pages of another origin are refused")


async def add_headers(_: web.Request, response: web.StreamResponse) -> None:
    """Signal handler: what every answer says, unless the handler said something stricter or more fitting."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
