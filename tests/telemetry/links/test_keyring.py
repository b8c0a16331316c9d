"""Keys come from a file that only its owner may read; errors say what is wrong and never what is secret."""

import pytest

from telemetry.links.keyring import KeyFileError, load_keyring
from telemetry.signing import key_from_passphrase


@pytest.fixture
def key_file(tmp_path):
    def write(text, mode=0o600):
        path = tmp_path / "keys.toml"
        path.write_text(text)
        path.chmod(mode)
        return path

    return write


GOOD = f"""
[[link]]
url = "*"
passphrase = "correct horse battery"

[[link]]
url = "serial:///dev/ttyUSB0?baud=57600"
key = "{"0f" * 32}"
"""


def test_a_link_has_its_own_key_or_that_of_every_link(key_file):
    keyring = load_keyring(key_file(GOOD))

    assert keyring.key_of("serial:///dev/ttyUSB0?baud=57600") == b"\x0f" * 32
    assert keyring.key_of("udpin://0.0.0.0:14550") == key_from_passphrase("correct horse battery")
    assert load_keyring(key_file("")).key_of("udpin://0.0.0.0:14550") is None


def test_keys_are_not_shown(key_file):
    assert "0f0f" not in repr(load_keyring(key_file(GOOD)))
    assert "\\x0f" not in repr(load_keyring(key_file(GOOD)))


def test_a_file_that_others_may_read_is_refused(key_file):
    for mode in (0o640, 0o604, 0o660):
        with pytest.raises(KeyFileError, match="others may read it; run: chmod 600"):
            load_keyring(key_file(GOOD, mode))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("link = [", "not a TOML file"),
        ("[link]\nurl = 'x'", r"tables \[\[link\]\]"),
        ("colour = 1", r"nothing but tables"),
        ("[[link]]\nkey = 'hunter2hunter2'", "link 1: expected url and one of"),
        ("[[link]]\nurl = '*'\nkey = 'hunter2'", "64 hexadecimal digits"),
        ("[[link]]\nurl = '*'\nkey = 'aa'\npassphrase = 'hunter2hunter2'", "link 1: expected url and one of"),
        ("[[link]]\nurl = '*'\npassphrase = 'hunter2'", "at least 12 characters"),
        ("[[link]]\nurl = '*'\npassphrase = 7", "are texts"),
    ],
)
def test_what_is_wrong_is_said_without_the_secret(key_file, text, says):
    with pytest.raises(KeyFileError, match=says) as caught:
        load_keyring(key_file(text))

    assert "hunter2" not in str(caught.value)


def test_a_missing_file_is_one_clear_line(tmp_path):
    with pytest.raises(KeyFileError, match="cannot be read: No such file"):
        load_keyring(tmp_path / "keys.toml")
