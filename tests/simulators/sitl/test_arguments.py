"""What ArduPilot's SITL binary is started with."""

import pytest

from simulators.sitl.arguments import COPTER, SitlSpec, parameter_text


def after(arguments, flag):
    return arguments[arguments.index(flag) + 1]


@pytest.fixture
def second(tmp_path):
    return SitlSpec(1, 7, 29.9, 121.84, 12.5, 90.0, base_port=6000, speedup=5.0, params={"BATT_CAPACITY": 12500})


def test_each_vehicle_has_its_ports_ten_above_the_one_before(second):
    assert second.ports == (6010, 6012, 6013)
    assert second.urls == ("tcpout://127.0.0.1:6010", "tcpout://127.0.0.1:6012", "tcpout://127.0.0.1:6013")


def test_it_says_who_where_and_how_fast(second, tmp_path):
    arguments = second.arguments([tmp_path / "a.parm", tmp_path / "b.parm"])

    assert after(arguments, "--home") == "29.9000000,121.8400000,12.50,90.0"
    assert after(arguments, "--sysid") == "7"
    assert after(arguments, "--speedup") == "5"
    assert after(arguments, "--model") == "quad"
    assert after(arguments, "--defaults") == f"{tmp_path}/a.parm,{tmp_path}/b.parm"


def test_it_boots_without_waiting_for_a_caller(second):
    assert after(second.arguments([]), "--serial0") == "tcp:0"


def test_the_port_given_is_the_port_used(second):
    """ArduPilot before 4.5 adds ten times the instance to the base port when the instance comes after it."""
    arguments = second.arguments([])

    assert arguments.index("--instance") < arguments.index("--base-port")
    assert after(arguments, "--instance") == "1"
    assert after(arguments, "--base-port") == "6010"
    assert after(arguments, "--rc-in-port") == "6011"


def test_the_parameter_file_names_the_vehicle_for_old_and_new_firmware(second):
    lines = second.parameter_file().splitlines()

    assert lines == ["SYSID_THISMAV 7", "MAV_SYSID 7", "BATT_CAPACITY 12500"]


def test_a_copter_has_a_frame_and_calibrated_sensors():
    lines = {*parameter_text(COPTER).splitlines()}

    assert {"FRAME_CLASS 1", "BATT_MONITOR 4", "COMPASS_OFS3_Z -18", "INS_ACC2SCAL_Z 1.001", "RC8_TRIM 1500"} <= {
        *lines
    }


@pytest.mark.parametrize("sysid", [0, 251, -1])
def test_a_vehicle_has_a_vehicles_sysid(sysid):
    with pytest.raises(ValueError, match=f"sysid {sysid}"):
        SitlSpec(0, sysid, 0.0, 0.0)
