"""How far a transfer is, and that it can be given up at any moment with the vehicle told."""

import pytest
from scripted_ardupilot import ScriptedArduPilot
from scripted_files import ScriptedFtp, ScriptedLogs, ScriptedParams
from virtual_link import OWN, TARGET, VirtualLink

from telemetry.services.ftp_get import FtpGet
from telemetry.services.ftp_list import FtpList
from telemetry.services.ftp_payload import Op, decode
from telemetry.services.ftp_put import FtpPut
from telemetry.services.log_transfer import LogDownload, LogEntry, LogList
from telemetry.services.machine import Progress
from telemetry.services.mission_download import MissionDownload
from telemetry.services.mission_verify import MissionTransfer
from telemetry.services.param_fetch import ParamFetch
from telemetry.services.param_list import ParamList
from telemetry.services.param_pack import PATH

DATA = bytes(20_000)
CANCELLED = 15
WHY = "cancelled by chen"
PARAMS = [[f"P{index:03d}", index / 7, 9] for index in range(300)]


@pytest.fixture
def held(patrol):
    vehicle = ScriptedArduPilot()
    vehicle.items[0] = list(patrol(40))
    return vehicle


@pytest.fixture
def cases(patrol, held):
    return {
        "log": (ScriptedLogs({3: DATA}), LogDownload(TARGET, OWN, LogEntry(3, len(DATA), None))),
        "logs": (ScriptedLogs(dict.fromkeys(range(1, 300), b"x")), LogList(TARGET, OWN)),
        "get": (ScriptedFtp({"f": DATA}), FtpGet(TARGET, OWN, "f")),
        "put": (ScriptedFtp({}), FtpPut(TARGET, OWN, "f", DATA)),
        "folder": (ScriptedFtp({f"/d/{n:040d}": b"" for n in range(99)}), FtpList(TARGET, OWN, "/d")),
        "params": (ScriptedParams(PARAMS), ParamList(TARGET, OWN)),
        "params.pck": (ScriptedFtp({PATH: bytes(500_000)}), ParamFetch(TARGET, OWN)),
        "upload": (ScriptedArduPilot(), MissionTransfer(TARGET, OWN, patrol(40))),
        "download": (held, MissionDownload(TARGET, OWN)),
    }


CASES = ["log", "logs", "get", "put", "folder", "params", "params.pck", "upload", "download"]


def _watched(vehicle, machine):
    """Every progress on the way, the outcome, and the link."""
    link, seen = VirtualLink(vehicle), []
    receive = machine.receive
    machine.receive = lambda received, now_s: (receive(received, now_s), seen.append(machine.progress))
    return seen, link.run(machine), link


@pytest.mark.parametrize("name", [name for name in CASES if name != "params.pck"])
def test_progress_never_goes_back_and_ends_at_the_whole(cases, name):
    seen, _, _ = _watched(*cases[name])
    assert [step.done for step in seen] == sorted(step.done for step in seen)
    assert len({step.done for step in seen}) > 2
    assert seen[-1].total in (seen[-1].done, None)


def test_what_is_counted(cases):
    assert _watched(*cases["log"])[0][-1] == Progress(len(DATA), len(DATA), "bytes")
    assert _watched(*cases["put"])[0][-1] == Progress(len(DATA), len(DATA), "bytes")
    assert _watched(*cases["upload"])[0][-1] == Progress(80, 80, "items")


def test_a_size_that_the_vehicle_told_wrong_is_no_total():
    seen, outcome, _ = _watched(ScriptedFtp({"f": DATA}, told_size=10), FtpGet(TARGET, OWN, "f"))
    assert outcome.data == DATA
    assert seen[-1] == Progress(len(DATA), None, "bytes")


@pytest.mark.parametrize("at_s", [0.0, 0.06, 0.3])
@pytest.mark.parametrize("name", CASES)
def test_a_transfer_is_given_up_at_any_moment(cases, name, at_s):
    vehicle, machine = cases[name]
    link = VirtualLink(vehicle)
    link.at(at_s, lambda now_s: (machine.give_up(WHY, now_s), link._flush(machine, OWN)))
    outcome = link.run(machine)
    assert getattr(outcome, "reason", "") in (WHY, "")
    assert link.now_s < 5.0
    machine.give_up("again", link.now_s)
    assert machine.outcome is outcome


def test_a_given_up_file_leaves_no_session_open(cases):
    for name in ("get", "put"):
        vehicle, machine = cases[name]
        link = VirtualLink(vehicle)
        link.at(0.3, lambda now_s, machine=machine: machine.give_up(WHY, now_s))
        assert link.run(machine).reason == WHY
        ops = [decode(message.payload).opcode for _, message in link.sent]
        assert Op.TERMINATE_SESSION in ops
        assert vehicle.open_path is None


def test_a_given_up_log_lets_the_vehicle_log_on(cases):
    vehicle, machine = cases["log"]
    link = VirtualLink(vehicle)
    link.at(0.05, lambda now_s: (machine.give_up(WHY, now_s), link._flush(machine, OWN)))
    assert link.run(machine).reason == WHY
    assert link.sent[-1][1].message_name == "LOG_REQUEST_END"


@pytest.mark.parametrize("name", ["upload", "download"])
def test_a_given_up_mission_is_told_as_cancelled_and_is_not_verified(cases, name):
    vehicle, machine = cases[name]
    link = VirtualLink(vehicle)
    link.at(0.3, lambda now_s: (machine.give_up(WHY, now_s), link._flush(machine, OWN)))
    outcome = link.run(machine)
    last = link.sent[-1][1]
    assert (last.message_name, last.type) == ("MISSION_ACK", CANCELLED)
    assert outcome.reason == WHY
    assert not getattr(outcome, "verified", False)


def test_parameters_that_are_given_up_are_not_asked_for_another_way(cases):
    vehicle, machine = cases["params.pck"]
    link = VirtualLink(vehicle)
    link.at(0.1, lambda now_s: machine.give_up(WHY, now_s))
    outcome = link.run(machine)
    assert (dict(outcome.parameters), outcome.reason) == ({}, WHY)
    assert "PARAM_REQUEST_LIST" not in {message.message_name for _, message in link.sent}
