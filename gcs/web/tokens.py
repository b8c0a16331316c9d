"""The tokens in force, kept as digests in one file of the data directory."""

from __future__ import annotations

import os
import secrets
import threading
from pathlib import Path

import msgspec

from gcs.auth import Access, Grant, grant_of, token_digest

FILE_NAME = "access.json"
TOKEN_BYTES = 24


class TokenFileError(ValueError):
    """The file of digests cannot be used; the text says what to do."""


class Tokens:
    """`path` is written whole or not at all, readable by its owner only. Calls touch the disk: not on the loop."""

    def __init__(self, path: Path, access: Access) -> None:
        self._path = path
        self._access = access
        self._turn = threading.Lock()

    @classmethod
    def open(cls, data_dir: Path) -> tuple[Tokens, str | None]:
        """The tokens of `data_dir` and, when there were none yet, the centre's new token.

        That token is shown this once. To replace a lost one, delete the file: all others end with it.
        """
        path = data_dir / FILE_NAME
        try:
            return cls(path, msgspec.json.decode(path.read_bytes(), type=Access)), None
        except FileNotFoundError:
            token = secrets.token_urlsafe(TOKEN_BYTES)
            tokens = cls(path, Access(centre=token_digest(token)))
            data_dir.mkdir(parents=True, exist_ok=True)
            tokens._write(tokens._access)
            return tokens, token
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise TokenFileError(f"{path}: {error}; delete it to start with new tokens") from error

    def grant(self, token: str) -> Grant | None:
        """What `token` opens."""
        return grant_of(self._access, token)

    def new_unit_token(self, unit: str) -> str:
        """A token for `unit`; the one it had before opens nothing from now on."""
        token = secrets.token_urlsafe(TOKEN_BYTES)
        with self._turn:
            access = Access(centre=self._access.centre, units={**self._access.units, unit: token_digest(token)})
            self._write(access)
            self._access = access
        return token

    def _write(self, access: Access) -> None:
        written = self._path.with_suffix(".new")
        with open(os.open(written, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:  # noqa: PTH123
            file.write(msgspec.json.format(msgspec.json.encode(access)))
            file.flush()
            os.fsync(file.fileno())
        written.replace(self._path)
