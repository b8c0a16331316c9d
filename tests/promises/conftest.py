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
def cpu_s():
    """Processor seconds a process has used, by its id: its own time, whatever else the machine is doing."""

    def used(pid: int) -> float:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    return used
