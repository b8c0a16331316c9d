"""Where a link leads, read from its URL; what is wrong with a URL is said in one line.

udpin://HOST:PORT       udpout://HOST:PORT      udpbcast://HOST:PORT
tcpin://HOST:PORT       tcpout://HOST:PORT
serial:///dev/ttyUSB0?baud=57600                serial://COM3?baud=57600
tlog:///path/flight.tlog?speed=4                speed=0 plays as fast as it can
faulty+URL?loss=0.3&dup=0.1&reorder=0.1&corrupt=0.01&delay=0.2&seed=1
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote, urlsplit

NETWORK = ("udpin", "udpout", "udpbcast", "tcpin", "tcpout")
LISTENING = ("udpin", "tcpin")
SCHEMES = (*NETWORK, "serial", "tlog")
FAULTY = "faulty+"
_FAULTS: Mapping[str, float] = {"loss": 0.0, "dup": 0.0, "reorder": 0.0, "corrupt": 0.0, "delay": 0.0, "seed": 0.0}
_OPTIONS: Mapping[str, Mapping[str, float]] = {"serial": {"baud": 57600.0}, "tlog": {"speed": 1.0}}
_PROBABILITIES = ("loss", "dup", "reorder", "corrupt")
_FORMS = {
    **{scheme: f"{scheme}://HOST:PORT" for scheme in NETWORK},
    "serial": "serial:///dev/ttyUSB0?baud=57600",
    "tlog": "tlog:///path/flight.tlog?speed=1",
}


class LinkError(ValueError):
    """A link that cannot be: what is wrong and what is allowed, in one line."""


@dataclass(frozen=True, slots=True)
class LinkUrl:
    """A URL taken apart. `host` and `port` for the network, `path` for a device or a file.

    `options` holds every option that the scheme has; `faults` is None unless the URL starts with `faulty+`.
    """

    text: str
    scheme: str
    host: str
    port: int
    path: str
    options: Mapping[str, float]
    faults: Mapping[str, float] | None


def parse_link_url(text: str) -> LinkUrl:
    """Raises LinkError for anything that is not one of the forms above."""
    faulty = text.startswith(FAULTY)
    try:
        parts = urlsplit(text.removeprefix(FAULTY))
    except ValueError as error:
        raise LinkError(f"{text!r}: not a URL: {error}") from None
    scheme = parts.scheme
    if scheme not in SCHEMES:
        raise LinkError(f"{text!r}: a link is one of {', '.join(_FORMS.values())}")
    options, faults = _options(text, scheme, parts.query, faulty=faulty)
    if scheme in NETWORK:
        if parts.path not in ("", "/"):
            raise LinkError(f"{text!r}: nothing may follow the port; write {_FORMS[scheme]}")
        host, port = _address(text, scheme, parts.netloc)
        return LinkUrl(text, scheme, host, port, "", options, faults)
    path = unquote(parts.netloc + parts.path)
    if not path.strip("/"):
        raise LinkError(f"{text!r}: {'device' if scheme == 'serial' else 'file'} missing; write {_FORMS[scheme]}")
    return LinkUrl(text, scheme, "", 0, path, options, faults)


def _address(text: str, scheme: str, netloc: str) -> tuple[str, int]:
    parts = urlsplit(f"//{netloc}")
    try:
        host, port = parts.hostname, parts.port
    except ValueError:
        raise LinkError(f"{text!r}: the port must be a number up to 65535; write {_FORMS[scheme]}") from None
    if not host or port is None or "@" in netloc:
        raise LinkError(f"{text!r}: {'port' if host else 'host'} missing; write {_FORMS[scheme]}")
    if port == 0 and scheme not in LISTENING:
        raise LinkError(f"{text!r}: port 0 is for links that listen ({', '.join(LISTENING)})")
    return host, port


def _options(text: str, scheme: str, query: str, *, faulty: bool) -> tuple[dict[str, float], dict[str, float] | None]:
    options = dict(_OPTIONS.get(scheme, {}))
    faults = dict(_FAULTS) if faulty else {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        known = options if name in options else faults if name in faults else None
        if known is None:
            allowed = ", ".join([*options, *faults]) or "none"
            raise LinkError(f"{text!r}: unknown option {name!r}; allowed: {allowed}")
        known[name] = _number(text, name, value)
    return options, faults if faulty else None


def _number(text: str, name: str, value: str) -> float:
    try:
        number = float(value)
    except ValueError:
        raise LinkError(f"{text!r}: {name} must be a number, not {value!r}") from None
    top = 1.0 if name in _PROBABILITIES else 1e9
    if not 0.0 <= number <= top or (name == "baud" and number < 1.0):
        raise LinkError(f"{text!r}: {name} must be {'1' if name == 'baud' else '0'} to {top:g}, not {value}")
    return number


def address_text(host: str, port: int) -> str:
    """`host:port`, an IPv6 host in brackets."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
