"""A key may stay in the system's keyring: the file of keys only says where, and errors never say what."""

import sys

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends.fail import Keyring as NoKeyring
from keyring.errors import KeyringLocked

from telemetry.links.keyring import KeyFileError, load_keyring
from telemetry.signing import key_from_passphrase

SECRET = "correct horse battery"


class MemoryKeyring(KeyringBackend):
    """Keeps secrets as long as it lives."""

    priority = 1

    def __init__(self, secrets):
        super().__init__()
        self.secrets = secrets

    def get_password(self, service, username):
        return self.secrets.get((service, username))

    def set_password(self, service, username, password):
        self.secrets[service, username] = password


class LockedKeyring(MemoryKeyring):
    def get_password(self, service, username):
        raise KeyringLocked(SECRET)


@pytest.fixture
def key_of(tmp_path, monkeypatch):
    """What a file of keys with `entry` makes of a keyring."""

    def read(backend, entry='keyring = "aeropatrol/main"'):
        monkeypatch.setattr(keyring, "get_password", backend.get_password)
        path = tmp_path / "keys.toml"
        path.write_text(f'[[link]]\nurl = "*"\n{entry}\n')
        path.chmod(0o600)
        return load_keyring(path).key_of("udpin://0.0.0.0:14550")

    return read


def test_a_passphrase_or_a_key_is_read_from_the_keyring(key_of):
    backend = MemoryKeyring({("aeropatrol", "main"): SECRET, ("units/beilun", "spare"): "0f" * 32})

    assert key_of(backend) == key_from_passphrase(SECRET)
    assert key_of(backend, 'keyring = "units/beilun/spare"') == b"\x0f" * 32


@pytest.mark.parametrize(
    ("backend", "says"),
    [
        (MemoryKeyring({}), "aeropatrol/main: nothing is kept there .*; run: keyring set aeropatrol main"),
        (MemoryKeyring({("aeropatrol", "main"): ""}), "nothing is kept there"),
        (MemoryKeyring({("aeropatrol", "main"): SECRET[:7]}), "aeropatrol/main: a passphrase has at least 12"),
        (NoKeyring(), "this system has no keyring"),
        (LockedKeyring({}), r"does not open \(KeyringLocked\): unlock it"),
    ],
)
def test_a_keyring_that_gives_no_key_is_one_clear_line_without_a_secret(key_of, backend, says):
    with pytest.raises(KeyFileError, match=says) as caught:
        key_of(backend)

    assert "link 1" in str(caught.value)
    assert SECRET[:7] not in str(caught.value)


@pytest.mark.parametrize("place", ["main", "/main", "aeropatrol/"])
def test_a_place_has_a_service_and_a_name(key_of, place):
    with pytest.raises(KeyFileError, match="SERVICE/NAME"):
        key_of(MemoryKeyring({}), f'keyring = "{place}"')


def test_only_one_source_is_named_for_a_link(key_of):
    with pytest.raises(KeyFileError, match="one of passphrase, key and keyring"):
        key_of(MemoryKeyring({}), f'keyring = "aeropatrol/main"\npassphrase = "{SECRET}"')


def test_without_the_package_the_fix_is_said(key_of, monkeypatch):
    backend = MemoryKeyring({("aeropatrol", "main"): SECRET})
    monkeypatch.setitem(sys.modules, "keyring", None)

    with pytest.raises(KeyFileError, match=r"pip install aeropatrol\[keyring\]"):
        key_of(backend)
