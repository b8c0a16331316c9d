"""`aeropatrol signing` at the command line: what is wrong is one line, and no key is ever shown."""

import pytest
import typer
from typer.testing import CliRunner

from gcs.cli.signing import signing

LINK = "tcpout://127.0.0.1:9"
SECRET = "four words or more"


@pytest.fixture
def run(monkeypatch, tmp_path):
    monkeypatch.setenv("AEROPATROL_DATA", str(tmp_path / "data"))

    def call(*arguments):
        app = typer.Typer()
        app.command()(signing)
        return CliRunner().invoke(app, ["7", "--link", LINK, *map(str, arguments)])

    return call


@pytest.fixture
def keys(tmp_path):
    path = tmp_path / "keys.toml"
    path.write_text(f'[[link]]\nurl = "serial:///dev/ttyUSB0"\npassphrase = "{SECRET}"\n')
    path.chmod(0o600)
    return path


def test_without_a_file_of_keys_nothing_is_sent(run):
    result = run()

    assert result.exit_code == 1
    assert "no file of keys: name one with --keys" in result.output


def test_a_link_without_a_key_is_named(run, keys):
    result = run("--keys", keys)

    assert result.exit_code == 1
    assert f"no key for {LINK}" in result.output
    assert SECRET not in result.output


def test_keys_that_others_may_read_are_refused(run, keys):
    keys.chmod(0o644)
    result = run("--keys", keys)

    assert result.exit_code == 1
    assert "others may read it" in result.output


def test_a_silent_vehicle_is_said_to_be_silent(run, keys, monkeypatch):
    monkeypatch.setattr("telemetry.links.key_setup.HEARD_WITHIN_S", 0.2)
    keys.write_text(f'[[link]]\nurl = "*"\npassphrase = "{SECRET}"\n')
    result = run("--keys", keys)

    assert result.exit_code == 1
    assert "system 7 is not heard" in result.output
