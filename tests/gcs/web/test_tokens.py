"""The file of digests."""

import stat

import msgspec
import pytest

from gcs.auth import Access, Grant, Role
from gcs.web.tokens import FILE_NAME, TokenFileError, Tokens


def test_the_centres_token_is_shown_once_and_never_stored(tmp_path):
    folder = tmp_path / "data"
    tokens, shown = Tokens.open(folder)
    assert shown is not None
    assert tokens.grant(shown) == Grant(Role.CENTRE)
    assert shown not in (folder / FILE_NAME).read_text()
    again, shown_again = Tokens.open(folder)
    assert shown_again is None
    assert again.grant(shown) == Grant(Role.CENTRE)


def test_the_file_is_readable_by_its_owner_only(tmp_path):
    tokens, _ = Tokens.open(tmp_path)
    tokens.new_unit_token("car-1")
    assert stat.S_IMODE((tmp_path / FILE_NAME).stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == [FILE_NAME]


def test_a_units_token_survives_a_restart_and_ends_with_the_next(tmp_path):
    tokens, _ = Tokens.open(tmp_path)
    first, other = tokens.new_unit_token("car-1"), tokens.new_unit_token("car-2")
    assert Tokens.open(tmp_path)[0].grant(first) == Grant(Role.UNIT, "car-1")
    second = tokens.new_unit_token("car-1")
    assert tokens.grant(first) is None
    assert (tokens.grant(second), tokens.grant(other)) == (Grant(Role.UNIT, "car-1"), Grant(Role.UNIT, "car-2"))


def test_tokens_are_long_and_never_the_same(tmp_path):
    tokens, _ = Tokens.open(tmp_path)
    made = {tokens.new_unit_token("car-1") for _ in range(20)}
    assert len(made) == 20
    assert min(map(len, made)) >= 32


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"centre": 1}', b"\xff"])
def test_a_damaged_file_says_what_to_do(tmp_path, content):
    (tmp_path / FILE_NAME).write_bytes(content)
    with pytest.raises(TokenFileError, match="delete it"):
        Tokens.open(tmp_path)


def test_a_file_that_cannot_be_written_keeps_the_old_token(tmp_path):
    tokens, _ = Tokens.open(tmp_path)
    first = tokens.new_unit_token("car-1")
    (tmp_path / FILE_NAME).with_suffix(".new").mkdir()
    with pytest.raises(OSError, match=r"access\.new"):
        tokens.new_unit_token("car-1")
    assert tokens.grant(first) == Grant(Role.UNIT, "car-1")
    assert isinstance(msgspec.json.decode((tmp_path / FILE_NAME).read_bytes(), type=Access), Access)
