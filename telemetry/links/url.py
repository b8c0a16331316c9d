"""Where a link leads, read from its URL; what is wrong with a URL is said in one line.

udpin://HOST:PORT       udpout://HOST:PORT      udpbcast://HOST:PORT
tcpin://HOST:PORT       tcpout://HOST:PORT
serial:///dev/ttyUSB0?baud=57600                serial://COM3?baud=57600
tlog:///path/flight.tlog?speed=4&start=60       speed=0 plays as fast as it can
guest+URL?allow=read&network=north              guest+URL?allow=leased&seat=Wang&vehicle=7
faulty+URL?loss=0.3&dup=0.1&reorder=0.1&corrupt=0.01&delay=0.2&seed=1
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from urllib.parse import parse_qsl, unquote, urlsplit

NETWORK = ("udpin", "udpout", "udpbcast", "tcpin", "tcpout")
LISTENING = ("udpin", "tcpin")
SCHEMES = (*NETWORK, "serial", "tlog")
GUEST, FAULTY = "guest+", "faulty+"
LONGEST_SEAT = 40
HIGHEST_SYSID = 255
_FAULTS: Mapping[str, float] = {"loss": 0.0, "dup": 0.0, "reorder": 0.0, "corrupt": 0.0, "delay": 0.0, "seed": 0.0}
_OPTIONS: Mapping[str, Mapping[str, float]] = {"serial": {"baud": 57600.0}, "tlog": {"speed": 1.0, "start": 0.0}}
_PROBABILITIES = ("loss", "dup", "reorder", "corrupt")
_FORMS = {
    **{scheme: f"{scheme}://HOST:PORT" for scheme in NETWORK},
    "serial": "serial:///dev/ttyUSB0?baud=57600",
    "tlog": "tlog:///path/flight.tlog?speed=1",
}


class LinkError(ValueError):
    """A link that cannot be: what is wrong and what is allowed, in one line."""


class Guest(Enum):
    """What another ground station on a link may do: only hear the vehicles; hear and command those that its seat
    has taken; or hear and command all."""

    READ = "read"
    LEASED = "leased"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class LinkUrl:
    """A URL taken apart. `host` and `port` for the network, `path` for a device or a file.

    `options` holds every option that the scheme has; `faults` is None unless the URL starts with `faulty+`,
    `guest` unless it starts with `guest+`; `seat` is whose vehicles a guest with `allow=leased` commands, `network`
    is the one whose vehicles a guest hears, empty where it does not say; `vehicle` is the only system id that it hears
    and commands, 0 where it does not say.
    """

    text: str
    scheme: str
    host: str
    port: int
    path: str
    options: Mapping[str, float]
    faults: Mapping[str, float] | None
    guest: Guest | None
    seat: str = ""
    network: str = ""
    vehicle: int = 0


def parse_link_url(text: str) -> LinkUrl:
    """Raises LinkError for anything that is not one of the forms above."""
    inner = text.removeprefix(GUEST)
    try:
        parts = urlsplit(inner.removeprefix(FAULTY), allow_fragments=False)
    except ValueError as error:
        raise LinkError(f"{text!r}: not a URL: {error}") from None
    scheme = parts.scheme
    if scheme not in SCHEMES:
        raise LinkError(f"{text!r}: a link is one of {', '.join(_FORMS.values())}")
    host, port, path = "", 0, unquote(parts.netloc + parts.path)
    if scheme in NETWORK:
        if parts.path not in ("", "/"):
            raise LinkError(f"{text!r}: nothing may follow the port; write {_FORMS[scheme]}")
        (host, port), path = _address(text, scheme, parts.netloc), ""
    elif not path.strip("/"):
        raise LinkError(f"{text!r}: {'device' if scheme == 'serial' else 'file'} missing; write {_FORMS[scheme]}")
    options = dict(_OPTIONS.get(scheme, {}))
    faults = dict(_FAULTS) if inner.startswith(FAULTY) else None
    guest, told = Guest.READ if inner != text else None, {"seat": "", "network": "", "vehicle": ""}
    for name, value in parse_qsl(parts.query, keep_blank_values=True):
        if name == "allow" and guest:
            guest = _guest(text, value)
        elif name in told and guest:
            told[name] = value.strip()
        elif name in options:
            options[name] = _number(text, name, value)
        elif faults is not None and name in faults:
            faults[name] = _number(text, name, value)
        else:
            allowed = ", ".join([*options, *(faults or ()), *(("allow", *told) if guest else ())]) or "none"
            raise LinkError(f"{text!r}: unknown option {name!r}; allowed: {allowed}")
    if (guest is Guest.LEASED) != (0 < len(told["seat"]) <= LONGEST_SEAT):
        raise LinkError(f"{text!r}: allow=leased and seat=NAME (up to {LONGEST_SEAT} letters) go together")
    vehicle = _vehicle(text, guest, told["vehicle"])
    return LinkUrl(text, scheme, host, port, path, options, faults, guest, told["seat"], told["network"], vehicle)


def _vehicle(text: str, guest: Guest | None, value: str) -> int:
    if not value:
        return 0
    if guest is not Guest.LEASED or not value.isdecimal() or not 1 <= int(value) <= HIGHEST_SYSID:
        raise LinkError(f"{text!r}: vehicle is a system id of 1 to {HIGHEST_SYSID}, and goes with allow=leased")
    return int(value)


def _guest(text: str, value: str) -> Guest:
    try:
        return Guest(value)
    except ValueError:
        raise LinkError(f"{text!r}: allow must be read, leased or all, not {value!r}") from None


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
