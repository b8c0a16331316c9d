"""What tests of several packages share: a stand-in for ArduPilot's SITL binary, its ports, a drill to fly with it."""

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


DRILL = """
zh = "小演练"
en = "A small drill"
brief_zh = "看"
brief_en = "Look"
seed = 9
[place]
zh = "北仑"
en = "Beilun"
home = [29.9, 121.84]
area = {area}
[fleet]
vehicles = 2
altitude_m = 30
swath_m = 40
{fleet}
[limits]
duration_s = {duration_s}
[[wind]]
speed_m_s = 3
from_deg = 40
[[thing]]
id = "car"
kind = "car"
path = [[0, {car}]]
[[objective]]
kind = "cover"
target = 0.9
points = 40
{more}
"""


@pytest.fixture
def small_drill():
    """Makes the text of a drill file: two vehicles over an area north-east of home with a car in it."""

    def small_drill(area, car, *, duration_s, fleet="", more=""):
        where = ", ".join(map(str, car))
        return DRILL.format(area=list(map(list, area)), car=where, duration_s=duration_s, fleet=fleet, more=more)

    return small_drill


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
