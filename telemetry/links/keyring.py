"""The file of signing keys: which link is signed with what.

    [[link]]
    url = "*"                      # every link, or one URL exactly as it is given
    passphrase = "four words or more"

    [[link]]
    url = "serial:///dev/ttyUSB0?baud=57600"
    key = "64 hexadecimal digits"

    [[link]]
    url = "udpin://0.0.0.0:14551"
    keyring = "SERVICE/NAME"       # either of the two, kept in the system's keyring

The file must be readable by its owner only. What is in it is never logged, shown or sent.
"""

from __future__ import annotations

import os
import re
import stat
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from telemetry.links.system_keyring import SystemKeyringError, secret_of
from telemetry.signing import KEY_SIZE, key_from_passphrase

EVERY_LINK = "*"
SHORTEST_PASSPHRASE = 12
_HEX = re.compile(f"[0-9a-fA-F]{{{2 * KEY_SIZE}}}")


class KeyFileError(ValueError):
    """A key file that cannot be used: why, in one line, without what is secret in it."""


@dataclass(frozen=True, slots=True)
class Keyring:
    """Keys by URL of a link; `repr` shows none of them."""

    keys: dict[str, bytes] = field(repr=False)

    def key_of(self, url: str) -> bytes | None:
        """The key of one link, or that of every link, or None: then the link is not signed."""
        return self.keys.get(url, self.keys.get(EVERY_LINK))


def load_keyring(path: Path) -> Keyring:
    """Raises KeyFileError when the file is missing, wrong, or readable by others."""
    try:
        with path.open("rb") as file:
            readable_by_others = os.name == "posix" and os.fstat(file.fileno()).st_mode & (stat.S_IRWXG | stat.S_IRWXO)
            data = tomllib.load(file)
    except OSError as error:
        raise KeyFileError(f"{path}: cannot be read: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        raise KeyFileError(f"{path}: not a TOML file") from None
    if readable_by_others:
        raise KeyFileError(f"{path}: others may read it; run: chmod 600 {path}")
    links = data.pop("link", [])
    if data or not isinstance(links, list) or not all(isinstance(entry, dict) for entry in links):
        raise KeyFileError(f"{path}: expected nothing but tables [[link]]")
    return Keyring(dict(_entry(path, number, entry) for number, entry in enumerate(links, start=1)))


def _entry(path: Path, number: int, entry: dict[str, Any]) -> tuple[str, bytes]:
    where = f"{path}: link {number}"
    url, secrets = entry.get("url"), entry.keys() - {"url"}
    if not isinstance(url, str) or len(secrets) != 1 or not secrets <= {"passphrase", "key", "keyring"}:
        raise KeyFileError(f"{where}: expected url and one of passphrase, key and keyring")
    kind = secrets.pop()
    secret = entry[kind]
    if not isinstance(secret, str):
        raise KeyFileError(f"{where}: passphrase, key and keyring are texts")
    if kind == "keyring":
        where = f"{where}: {secret}"
        try:
            secret = secret_of(secret)
        except SystemKeyringError as error:
            raise KeyFileError(f"{where}: {error}") from None
        kind = "key" if _HEX.fullmatch(secret) else "passphrase"
    return url, _key(where, kind, secret)


def _key(where: str, kind: str, secret: str) -> bytes:
    if kind == "passphrase":
        if len(secret) < SHORTEST_PASSPHRASE:
            raise KeyFileError(f"{where}: a passphrase has at least {SHORTEST_PASSPHRASE} characters")
        return key_from_passphrase(secret)
    if not _HEX.fullmatch(secret):
        raise KeyFileError(f"{where}: a key is {2 * KEY_SIZE} hexadecimal digits")
    return bytes.fromhex(secret)
