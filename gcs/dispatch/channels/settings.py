"""The channels as a site sets them up; every key is described in docs/configuration.md. Pure.

Secrets are never shown: a channel's text form leaves them out.
"""

from __future__ import annotations

import re
from typing import Annotated
from urllib.parse import urlsplit

import msgspec

from gcs.dispatch.model import UnitKind

_TOPIC = re.compile(r"[A-Za-z0-9_-]{1,64}")
_SECRETS = frozenset({"secret", "password", "token", "client_password"})


class ChannelSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What all channels have. An `exercise` channel gets what is simulated and nothing else; every other channel
    never gets it. `kinds` are beginnings of event kinds."""

    name: str
    url: str
    exercise: bool = False
    kinds: tuple[str, ...] = ("sighting.",)

    def __repr__(self) -> str:
        shown = ((key, getattr(self, key)) for key in self.__struct_fields__ if key not in _SECRETS)
        return f"{type(self).__name__}({', '.join(f'{key}={value!r}' for key, value in shown)})"

    def problems(self) -> list[str]:
        """What cannot be right about it, one line each."""
        found = [] if self.name.strip() else ["name is empty"]
        parts = _split(self.url)
        if parts is None or parts[0] not in self.schemes() or not parts[1]:
            found.append(f"url must be {' or '.join(f'{scheme}://HOST' for scheme in self.schemes())}...")
        return found

    def schemes(self) -> tuple[str, ...]:
        """The schemes that `url` may have."""
        return ("https", "http")


class WebhookSettings(ChannelSettings, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Told by HTTP POST, signed with `secret`."""

    secret: str

    def problems(self) -> list[str]:
        return super().problems() + ([] if len(self.secret) >= 16 else ["secret must have 16 characters or more"])


class TakSettings(ChannelSettings, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A TAK server: `tcp://HOST:8087`, or `tls://HOST:8089` with the certificates of a client. TAK clients become
    units of `unit_kind` when `units` is on."""

    callsign: str = "AeroPatrol"
    ca: str = ""
    certificate: str = ""
    key: str = ""
    client_password: str = ""
    units: bool = True
    unit_kind: UnitKind = UnitKind.OFFICER

    def schemes(self) -> tuple[str, ...]:
        return ("tcp", "tls")

    def problems(self) -> list[str]:
        secured = self.url.startswith("tls://")
        missing = [key for key in ("ca", "certificate", "key") if secured and not getattr(self, key)]
        return super().problems() + [f"tls needs {key!r}, a PEM file" for key in missing]


class MqttSettings(ChannelSettings, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An MQTT broker: `mqtt://HOST:1883` or `mqtts://HOST:8883`. `prefix` is where our topics begin."""

    prefix: str = "aeropatrol"
    username: str = ""
    password: str = ""
    ca: str = ""
    certificate: str = ""
    key: str = ""

    def schemes(self) -> tuple[str, ...]:
        return ("mqtt", "mqtts")

    def problems(self) -> list[str]:
        bad = not self.prefix or any(c in self.prefix for c in "+#\0") or self.prefix.startswith(("/", "$"))
        return super().problems() + (["prefix must be a topic without + and #"] if bad else [])


class NtfySettings(ChannelSettings, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An ntfy server. `topic` gets what the centre has to know, `units` names the topic of each unit's phone;
    `public_url` is where phones reach this server, for pictures and for accepting with one tap. A task rings only when
    the unit's page or TAK client has not said within `after_s` seconds to have it: those of its class (`receipt_s`)
    unless set; 0 rings at once."""

    topic: str
    units: dict[str, str] = {}
    token: str = ""
    public_url: str = ""
    after_s: Annotated[float, msgspec.Meta(ge=0, le=60)] | None = None
    kinds: tuple[str, ...] = ("sighting.assigned", "sighting.supervised")

    def problems(self) -> list[str]:
        found = [t for t in (self.topic, *self.units.values()) if not _TOPIC.fullmatch(t)]
        below = _below(self.url) not in ("", "/")
        elsewhere = ["url must be the root of the server: topics have keys of their own"] if below else []
        public = _split(self.public_url) if self.public_url else ("https", "x")
        wrong = [] if public and public[0] in super().schemes() and public[1] else ["public_url must be https://HOST"]
        return super().problems() + [f"{topic!r} is no ntfy topic" for topic in found] + elsewhere + wrong


def channel_problems(channels: tuple[ChannelSettings, ...]) -> list[str]:
    """What is wrong with the channels one by one and together."""
    found = [f"{channel.name!r}: {problem}" for channel in channels for problem in channel.problems()]
    names = [channel.name for channel in channels]
    return found + [f"two channels are named {name!r}" for name in sorted({n for n in names if names.count(n) > 1})]


def _split(url: str) -> tuple[str, str | None] | None:
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return parts.scheme, parts.hostname


def _below(url: str) -> str:
    """What stands behind the server's name."""
    return "" if _split(url) is None else urlsplit(url)._replace(scheme="", netloc="").geturl()
