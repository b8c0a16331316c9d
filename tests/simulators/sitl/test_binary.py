"""Where the real autopilot is looked for."""

import re

import pytest

from simulators.sitl.binary import SitlError, checkout_parameters, find_binary


@pytest.fixture
def checkout(tmp_path):
    """An ArduPilot checkout in which a copter was built."""
    root = tmp_path / "ardupilot"
    program(root / "build/sitl/bin/arducopter")
    parameters = root / "Tools/autotest/default_params/copter.parm"
    parameters.parent.mkdir(parents=True)
    parameters.write_text("FRAME_CLASS 1\n")
    return root


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    """Nothing of this machine is found by chance."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))


def program(path):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return path


def test_the_one_named_comes_first(tmp_path, checkout):
    named = program(tmp_path / "mine")
    assert find_binary(named, {"ARDUPILOT_SITL": str(checkout)}, tmp_path) == named


def test_then_the_environment_then_the_path_then_a_checkout(tmp_path, checkout):
    on_path = program(tmp_path / "bin/arducopter")
    built = checkout / "build/sitl/bin/arducopter"
    path = {"PATH": str(on_path.parent)}

    assert find_binary(None, {"ARDUPILOT_SITL": str(built), **path}, tmp_path) == built
    assert find_binary(None, path, tmp_path) == on_path
    assert find_binary(None, {"PATH": ""}, tmp_path) == built
    assert find_binary(None, {"PATH": ""}, checkout) == built


def test_a_checkout_may_be_named_instead_of_its_binary(checkout, tmp_path):
    assert find_binary(checkout, {}, tmp_path) == checkout / "build/sitl/bin/arducopter"


def test_a_built_binary_brings_its_checkouts_parameters(checkout, tmp_path):
    built = checkout / "build/sitl/bin/arducopter"

    assert checkout_parameters(built) == checkout / "Tools/autotest/default_params/copter.parm"
    assert checkout_parameters(program(tmp_path / "bin/arducopter")) is None


def test_what_is_not_there_is_named(tmp_path):
    for named, environ, says in [
        (tmp_path / "gone", {}, f"--binary: there is no file {tmp_path}/gone"),
        (None, {"ARDUPILOT_SITL": str(tmp_path)}, f"ARDUPILOT_SITL: there is no file {tmp_path}/build/sitl"),
        (None, {"PATH": ""}, "no ArduPilot SITL binary: give --binary FILE, set ARDUPILOT_SITL"),
    ]:
        with pytest.raises(SitlError, match=re.escape(says)):
            find_binary(named, environ, tmp_path)


def test_a_file_that_is_no_program_is_refused(tmp_path):
    text = tmp_path / "arducopter"
    text.write_text("not a program")

    with pytest.raises(SitlError, match="may be run"):
        find_binary(text, {}, tmp_path)
