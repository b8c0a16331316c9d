"""Parameters: all of them, one of them, files of them, and the packed file of file transfer."""

import json
import struct
from pathlib import Path

import pytest
from pymavlink.mavftp import MAVFTP
from scripted_files import ScriptedParams
from virtual_link import OWN, TARGET, VirtualLink

from simulators.network import PERFECT, Faults
from telemetry.constants import MavParamType
from telemetry.services.param_access import ParamAccess
from telemetry.services.param_file import (
    Change,
    ParamFileError,
    as_text,
    differences,
    read_params,
    write_params,
)
from telemetry.services.param_list import ParamList
from telemetry.services.param_pack import ParamPackError, unpack_params
from telemetry.services.parameter import Parameter, kept, shortest

HELD = [["ACRO_BAL_PITCH", 1.0, 9], ["FS_GCS_ENABLE", 0, 2], ["RTL_ALT", 1500, 4], ["STAT_RUNTIME", 70000, 6]]


def _vehicle(n=300):
    return ScriptedParams([[f"P{index:03d}", index / 7, 9] for index in range(n)])


def _run(vehicle, machine, faults=PERFECT, seed=1):
    link = VirtualLink(vehicle, faults, seed=seed)
    return link.run(machine), link


def test_all_parameters_are_read_in_order():
    outcome, link = _run(_vehicle(), ParamList(TARGET, OWN))
    assert outcome.complete
    assert list(outcome.parameters) == [f"P{index:03d}" for index in range(300)]
    assert outcome.parameters["P007"] == Parameter("P007", 1.0, 9, 7)
    assert [message.message_name for _, message in link.sent] == ["PARAM_REQUEST_LIST"]


@pytest.mark.parametrize("loss", [0.05, 0.3, 0.5])
def test_what_got_lost_is_asked_for_by_index(loss):
    for seed in range(5):
        outcome, link = _run(_vehicle(), ParamList(TARGET, OWN), Faults(loss=loss), seed)
        assert (outcome.complete, len(outcome.parameters)) == (True, 300)
        asked = [m.param_index for _, m in link.sent if m.message_name == "PARAM_REQUEST_READ"]
        assert len(asked) >= 300 * loss / 2


def test_a_list_whose_length_changes_is_read_anew():
    vehicle = _vehicle(20)
    link = VirtualLink(vehicle, Faults(loss=0.3), seed=3)
    link.at(0.5, lambda now_s: vehicle.held.pop(0))
    outcome = link.run(ParamList(TARGET, OWN))
    assert outcome.complete
    assert list(outcome.parameters) == [f"P{index:03d}" for index in range(1, 20)]


def test_a_silent_vehicle_is_given_up():
    outcome, link = _run(_vehicle(), ParamList(TARGET, OWN), Faults(loss=1.0))
    assert (outcome.complete, outcome.parameters, outcome.reason) == (False, {}, "nothing new came for 20 s")
    assert link.now_s == 20.0


def test_values_that_the_vehicle_tells_by_itself_are_not_of_the_list(heard):
    machine = ParamList(TARGET, OWN)
    machine.start(0.0)
    machine.receive(heard("PARAM_VALUE", param_id="STAT_RUNTIME", param_count=1, param_index=65535), 0.1)
    assert machine.outcome is None


@pytest.mark.parametrize("faults", [PERFECT, Faults(loss=0.3)])
def test_one_is_read_by_name(faults):
    outcome, _ = _run(ScriptedParams(HELD), ParamAccess(TARGET, OWN, "RTL_ALT"), faults)
    assert (outcome.ok, outcome.parameter.value, outcome.parameter.kind) == (True, 1500.0, 4)


def test_one_that_is_not_there_is_not_found():
    outcome, _ = _run(ScriptedParams(HELD), ParamAccess(TARGET, OWN, "RTL_ALT_M"))
    assert (outcome.parameter, outcome.ok) == (None, False)
    assert "may not have RTL_ALT_M" in outcome.reason


@pytest.mark.parametrize("faults", [PERFECT, Faults(loss=0.3)])
@pytest.mark.parametrize(
    ("name", "value", "held"), [("RTL_ALT", 3000, 3000), ("FS_GCS_ENABLE", 1.6, 1), ("FS_GCS_ENABLE", 300, 127)]
)
def test_one_is_written_as_the_vehicle_can_keep_it(name, value, held, faults):
    """The recorded habits: cut toward zero, clamped to the type, whatever type is sent."""
    vehicle = ScriptedParams([list(row) for row in HELD])
    outcome, _ = _run(vehicle, ParamAccess(TARGET, OWN, name, value), faults)
    assert (outcome.ok, outcome.parameter.value) == (True, held)


def test_one_that_the_vehicle_does_not_change_is_told():
    class Stubborn(ScriptedParams):
        def _set(self, message):
            return [self._value(self._find(message.param_id), 65535)]

    outcome, _ = _run(Stubborn(HELD), ParamAccess(TARGET, OWN, "RTL_ALT", 2000))
    assert (outcome.ok, outcome.reason) == (False, "the vehicle keeps 1500")


@pytest.mark.parametrize(("name", "value"), [("", 1.0), ("A" * 17, 1.0), ("RTL_ALT", float("nan"))])
def test_what_cannot_be_sent_is_refused_at_once(name, value):
    with pytest.raises(ValueError, match=r"RTL_ALT|name"):
        ParamAccess(TARGET, OWN, name, value)


def test_the_recorded_values_keep_their_text():
    """Every value of a real vehicle, written and read, is the same number."""
    shipped = Path(__file__).parents[3] / "simulators/autopilot/parameters/params_default.json"
    recorded = json.loads(shipped.read_text("utf-8"))
    held = {name: Parameter(name, kept(row[0], row[1]), row[1]) for name, row in recorded.items()}
    back = read_params(write_params(held, "all of them"))
    assert len(back) > 1300
    assert not list(differences(held, back))


@pytest.mark.parametrize(("value", "text"), [(0.1, "0.1"), (1 / 3, "0.33333334"), (1500.0, "1500"), (1e10, "1e+10")])
def test_numbers_as_people_write_them(value, text):
    assert shortest(value) == text


QGC = "# Onboard parameters\n1\t1\tRTL_ALT\t2000\t4\n1\t1\tFS_GCS_ENABLE\t0\t2\n"


@pytest.mark.parametrize("text", [QGC, "RTL_ALT,2000\nFS_GCS_ENABLE,0", "RTL_ALT 2000 # higher\n\nFS_GCS_ENABLE  0\n"])
def test_files_of_every_tool(text):
    assert read_params(text) == {"RTL_ALT": 2000.0, "FS_GCS_ENABLE": 0.0}


@pytest.mark.parametrize(
    "text", ["", "# nothing", "RTL_ALT", "RTL_ALT,high", "RTL_ALT,nan", "RTL_ALT,1e99", "PK\x03\x04"]
)
def test_other_files_are_refused_in_one_line(text):
    with pytest.raises(ParamFileError) as refused:
        read_params(text)
    assert "\n" not in str(refused.value)


def test_a_file_that_is_too_large():
    with pytest.raises(ParamFileError, match="larger"):
        read_params("A,1\n" * 600_000)


def test_the_difference_between_a_vehicle_and_a_file():
    held = {row[0]: Parameter(*row) for row in HELD}
    changes = list(differences(held, {"RTL_ALT": 2000, "FS_GCS_ENABLE": 0.4, "NEW": 1.5}))
    assert changes == [Change("NEW", None, 1.5), Change("RTL_ALT", 1500, 2000)]
    assert [as_text(change) for change in changes] == ["NEW: absent -> 1.5", "RTL_ALT: 1500 -> 2000"]


def _packed(rows, *, defaults=False, pad=0):
    """As ArduPilot packs them (AP_Filesystem_Param), written from its description."""
    forms = {2: (1, "<b"), 4: (2, "<h"), 6: (3, "<i"), 9: (4, "<f")}
    out, before = struct.pack("<HHH", 0x671C if defaults else 0x671B, len(rows), len(rows)), b""
    for name, value, kind in rows:
        raw = name.encode()
        shared = 0
        while shared < min(len(before), len(raw) - 1, 15) and before[shared] == raw[shared]:
            shared += 1
        number, form = forms[kind]
        rest = raw[shared:]
        head = bytes((number | (16 if defaults else 0), shared | (len(rest) - 1) << 4))
        out += bytes(pad) + head + rest + struct.pack(form, value) * (2 if defaults else 1)
        before = raw
    return out


@pytest.mark.parametrize("defaults", [False, True])
@pytest.mark.parametrize("pad", [0, 3])
def test_the_packed_file_is_what_pymavlink_reads(defaults, pad):
    rows = [*HELD, ["RTL_ALT_FINAL", -3, 4], ["RTL_CLIMB_MIN", 5, 9]]
    data = _packed(rows, defaults=defaults, pad=pad)
    ours, theirs = unpack_params(data), MAVFTP.ftp_param_decode(data)
    assert [(name.encode(), parameter.value) for name, parameter in ours.items()] == [
        (name, value) for name, value, _ in theirs.params
    ]
    assert [parameter.kind for parameter in ours.values()] == [row[2] for row in rows]
    assert ours["RTL_ALT"] == Parameter("RTL_ALT", 1500.0, MavParamType.INT16, 2)


def test_a_packed_file_that_is_cut_anywhere_is_refused():
    data = _packed(HELD)
    for end in range(len(data) - 1):
        with pytest.raises(ParamPackError):
            unpack_params(data[:end])
    with pytest.raises(ParamPackError):
        unpack_params(b"\x1c\x67" + bytes(range(1, 250)))
