"""A process ends with the one that started it, whatever ended that one."""

import subprocess
import sys

import pytest

from simulators.sitl.parent import ends_with_parent

PARENT = """
import os, subprocess, sys
from simulators.sitl.parent import ends_with_parent
child = subprocess.Popen([sys.executable, "-c", "import sys; sys.stdin.read()"], preexec_fn=ends_with_parent())
print("started", flush=True)
sys.stdin.readline()
os.kill(os.getpid(), 9)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends a process with its parent")
def test_a_child_of_a_killed_process_ends():
    """The child holds the other end of our pipe: it is closed when both have ended."""
    with subprocess.Popen([sys.executable, "-c", PARENT], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as parent:
        assert parent.stdout.readline() == b"started\n"
        parent.stdin.write(b"go\n")
        parent.stdin.flush()
        assert parent.stdout.read() == b"", "the child goes on reading as long as our end is open"
        assert parent.wait() == -9


def test_elsewhere_nothing_is_promised(monkeypatch):
    monkeypatch.setattr(sys, "platform", "darwin")
    assert ends_with_parent() is None
