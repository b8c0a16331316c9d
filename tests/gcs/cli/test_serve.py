"""`aeropatrol serve` at the command line: what it says, and how it ends."""

import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


def command(folder, *arguments):
    return [sys.executable, "-m", "gcs", "serve", "--data", str(folder), "--http", "127.0.0.1:0", *arguments]


def environment(**more):
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AEROPATROL_")}
    return {**kept, "PYTHONPATH": str(ROOT), **more}


def refused(folder, *arguments, **more):
    done = subprocess.run(
        command(folder, *arguments),
        cwd=ROOT,
        env=environment(**more),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stdout == ""
    assert done.stderr.startswith("aeropatrol: ")
    assert done.stderr.count("\n") == 1
    return done.returncode, done.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--link", "carrier-pigeon://x"), "carrier-pigeon"),
        (("--http", "99"), "99"),
        (("--config", "no.toml"), "no.toml"),
    ],
)
def test_wrong_usage_is_one_line_and_exit_code_2(tmp_path, arguments, said):
    code, line = refused(tmp_path, *arguments)
    assert (code, said in line) == (2, True)


def test_an_unknown_setting_is_refused_by_name(tmp_path):
    file = tmp_path / "settings.toml"
    file.write_text("colour = 'blue'\n")
    code, line = refused(tmp_path, "--config", str(file))
    assert code == 2
    assert "settings.toml" in line
    assert "colour" in line


def test_a_port_in_use_is_a_failure(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        code, line = refused(tmp_path, "--http", f"127.0.0.1:{taken.getsockname()[1]}")
    assert code == 1
    assert "--http" in line


def test_it_says_where_it_listens_and_ends_well_when_it_is_told_to(tmp_path):
    server = subprocess.Popen(
        command(tmp_path, "--json", "--link", "udpin://127.0.0.1:0"),
        cwd=ROOT,
        env=environment(),
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        told = json.loads(server.stdout.readline())
        assert told["url"].startswith("http://127.0.0.1:")
        assert told["data"] == str(tmp_path)
        server.send_signal(signal.SIGTERM)
        assert server.wait(30) == 0
    finally:
        server.kill()
        server.stdout.close()
