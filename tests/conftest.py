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
def patrol():
    """A mission of n items as the planner makes them: whole 1e-7 degrees and centimetres."""
    from telemetry.services.mission_item import MissionItem

    def items(n, shift=0):
        home = MissionItem(0, 16, 0, x=299000000, y=1218400000)
        way = (
            MissionItem(seq, 16, x=299000000 + shift + seq * 37, y=1218400000 + seq * 91, z=(3000 + 37 * seq) / 100)
            for seq in range(1, n - 1)
        )
        return (home, *way, MissionItem(n - 1, 20))

    return items


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
