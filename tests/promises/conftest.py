"""What promises are tried with: the scripted vehicles and virtual times of the tests beside them."""

import importlib.util
import os
import sys
from pathlib import Path
from types import ModuleType

import pytest

TESTS = Path(__file__).resolve().parents[1]
sys.path.append(str(TESTS / "telemetry" / "services"))


def _load(name: str, path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def virtual():
    return _load("gcs_conftest", TESTS / "gcs" / "conftest.py").VirtualTime()


@pytest.fixture
def post_of():
    """A station with one scripted autopilot on the wire, by its clock."""
    return _load("vehicles_conftest", TESTS / "gcs" / "vehicles" / "conftest.py").Post


@pytest.fixture
def soak() -> bool:
    """Whether there is time for the whole number of trials."""
    return os.environ.get("SOAK") == "1"


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
def cpu_s():
    """Processor seconds a process has used, by its id: its own time, whatever else the machine is doing."""

    def used(pid: int) -> float:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    return used
