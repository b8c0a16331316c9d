"""The scripts behind `make`: they find a Python, say in one line what is wrong, and install only what is missing."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

TOOLS = Path(__file__).resolve().parents[1] / "tools"
THIS = f"{sys.version_info[0]}.{sys.version_info[1]}"
SH = shutil.which("sh")


class Machine:
    """A machine with nothing but what is put on its PATH."""

    def __init__(self, folder):
        self.bin, self.log = folder / "bin", folder / "log"
        self.bin.mkdir()
        for name in ("head", "cat"):
            (self.bin / name).symlink_to(shutil.which(name))

    def program(self, name, script):
        (self.bin / name).write_text(f"#!{SH}\n{script}\n")
        (self.bin / name).chmod(0o755)

    def python(self, name, *, version=None, without=None):
        """This Python under `name`, which says that it is `version` and hides the module `without`."""
        lie = "import sys, importlib.util as u; path = sys.argv.pop(1); sys.argv[0] = path; "
        if version:
            lie += f"sys.version_info = {version}; "
        if without:
            lie += f"real = u.find_spec; u.find_spec = lambda n: None if n == '{without}' else real(n); "
        self.program(name, f'exec {sys.executable} -c "{lie}exec(open(path).read())" "$@"')

    def run(self, tool, *arguments, **environment):
        return subprocess.run(
            [SH, str(TOOLS / tool), *arguments],
            env={"PATH": str(self.bin), "HOME": str(self.bin), **environment},
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture
def machine(tmp_path):
    return Machine(tmp_path)


def test_python3_is_taken_when_it_is_new_enough(machine):
    machine.python("python3", version=(3, 11, 0))
    machine.python("python3.13", version=(3, 13, 0))
    assert machine.run("find-python.sh").stdout == "python3\n"


def test_beside_an_old_python3_the_newest_supported_one_is_found(machine):
    machine.python("python3", version=(3, 9, 2))
    machine.python("python3.11", version=(3, 11, 0))
    machine.python("python3.12", version=(3, 12, 0))
    assert machine.run("find-python.sh").stdout == "python3.12\n"


def test_one_that_pyenv_holds_is_found(machine):
    versions = machine.bin / ".pyenv" / "versions" / "3.12.4" / "bin"
    versions.mkdir(parents=True)
    (versions / "python").symlink_to(sys.executable)
    found = machine.run("find-python.sh", THIS) if THIS == "3.12" else machine.run("find-python.sh")
    assert found.stdout == f"{versions}/python\n"


def test_a_name_that_does_not_run_is_passed_over(machine):
    machine.program("python3", "echo 'shim: version not set' >&2; exit 127")
    machine.python("python3.11", version=(3, 11, 0))
    assert machine.run("find-python.sh").stdout == "python3.11\n"


def test_without_any_there_is_one_clear_line(machine):
    result = machine.run("find-python.sh")
    assert result.returncode == 1
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1
    assert "needs Python 3.11 or newer" in result.stderr
    assert "make PYTHON=" in result.stderr


def test_an_old_one_alone_is_named(machine):
    machine.python("python3", version=(3, 9, 2))
    result = machine.run("find-python.sh")
    assert result.stderr.count("\n") == 1
    assert "is Python 3.9, older than 3.11" in result.stderr


def test_a_python_without_venv_says_what_to_install(machine):
    machine.python("python3", version=(3, 11, 0), without="ensurepip")
    result = machine.run("find-python.sh")
    assert result.returncode == 1
    assert "lacks the module ensurepip (on Debian: apt-get install python3.11-venv)" in result.stderr


def test_the_named_one_is_taken_or_refused_but_never_replaced(machine):
    machine.python("python3", version=(3, 12, 0))
    machine.python("mine", version=(3, 11, 0))
    machine.python("old", version=(3, 8, 0))
    assert machine.run("find-python.sh", PYTHON="mine").stdout == "mine\n"
    assert "PYTHON=old cannot be used" in machine.run("find-python.sh", PYTHON="old").stderr
    assert "PYTHON=nowhere cannot be used: not found" in machine.run("find-python.sh", PYTHON="nowhere").stderr


def test_a_version_asked_for_is_that_version(machine):
    machine.python("python3", version=(3, 11, 0))
    machine.python("python3.12", version=(3, 12, 0))
    assert machine.run("find-python.sh", "3.12").stdout == "python3.12\n"
    assert machine.run("find-python.sh", "3.13").returncode == 1


@pytest.mark.parametrize(
    ("chromium", "fonts", "wanted"),
    [
        (False, False, "chromium fonts-noto-cjk"),
        (True, False, "fonts-noto-cjk"),
        (False, True, "chromium"),
        (True, True, None),
    ],
)
def test_what_the_browser_tests_miss_is_installed_and_nothing_else(machine, chromium, fonts, wanted):
    machine.program("id", "echo 0")
    machine.program("fc-list", "echo font" if fonts else "true")
    machine.program("apt-get", f'echo "$*" >> {machine.log}')
    if chromium:
        machine.program("chromium", "true")
    assert machine.run("install-chromium.sh").returncode == 0
    asked = machine.log.read_text().splitlines() if machine.log.exists() else []
    expected = [] if wanted is None else ["update", f"install --yes --no-install-recommends {wanted}"]
    assert asked == expected


@pytest.mark.parametrize("user", ["0", "1000"], ids=["apt fails", "not root"])
def test_what_is_left_out_is_said_in_one_line_and_stops_nothing(machine, user):
    machine.program("id", f"echo {user}")
    machine.program("fc-list", "echo font")
    machine.program("apt-get", "exit 100")
    result = machine.run("install-chromium.sh")
    assert result.returncode == 0
    assert [line for line in result.stdout.splitlines() if line.startswith("LEFT OUT: the browser tests")]


def test_every_script_is_plain_sh_and_may_be_run():
    for script in TOOLS.glob("*.sh"):
        assert script.read_text().startswith("#!/bin/sh\n")
        assert os.access(script, os.X_OK)
        assert subprocess.run([SH, "-n", str(script)], check=False).returncode == 0


def test_where_a_broker_is_nothing_is_installed(machine):
    machine.program("mosquitto", "exit 0")
    machine.program("id", "echo 0")
    machine.program("apt-get", "exit 1")
    result = machine.run("install-mosquitto.sh")
    assert (result.returncode, result.stdout) == (0, "")


def test_without_root_one_line_says_that_the_mqtt_tests_are_left_out(machine):
    if os.access("/usr/sbin/mosquitto", os.X_OK):
        pytest.skip("mosquitto is installed here")
    machine.program("id", "echo 1000")
    result = machine.run("install-mosquitto.sh")
    assert result.returncode == 0
    assert result.stdout.startswith("LEFT OUT")
    assert result.stdout.count("\n") == 1
