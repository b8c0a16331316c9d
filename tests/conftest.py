"""What tests of several packages share: a stand-in for ArduPilot's SITL binary, and ports for it."""

import os
import socket
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture
def fake_arducopter(tmp_path):
    """A program that takes SITL's command line and runs our simulated vehicle."""
    path = tmp_path / "arducopter"
    script = ROOT / "tests/simulators/sitl/fake_arducopter.py"
    path.write_text(f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec "{sys.executable}" "{script}" "$@"\n')
    path.chmod(0o755)
    return path


@pytest.fixture
def base_port():
    """The first of twenty free ports, below those that the system hands out and others in every worker."""
    for port in range(11_000 + os.getpid() * 40 % 18_000, 32_000, 20):
        if all(map(_free, range(port, port + 20))):
            return port
    raise AssertionError("no twenty free ports")


def _free(port):
    """Nobody listens there, and no connection that ended lately still holds it."""
    with socket.socket() as trial:
        try:
            trial.bind(("", port))
        except OSError:
            return False
        return True
