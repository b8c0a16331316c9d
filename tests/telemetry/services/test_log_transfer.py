"""Logs listed and read from a vehicle, whatever the link loses."""

import pytest
from scripted_files import ScriptedLogs
from virtual_link import OWN, TARGET, VirtualLink

from simulators.network import PERFECT, Faults
from telemetry.services.log_transfer import STRETCH, LogDownload, LogEntry, LogList

SHUFFLED = Faults(loss=0.1, duplicate=0.2, reorder=0.3, reorder_s=0.3)


def _log(size):
    return bytes((n * 7 + n // 251) % 256 for n in range(size))


def _run(vehicle, machine, faults=PERFECT, seed=1):
    link = VirtualLink(vehicle, faults, seed=seed)
    return link.run(machine), link


@pytest.mark.parametrize("faults", [PERFECT, Faults(loss=0.3), SHUFFLED])
def test_logs_are_listed(faults):
    vehicle = ScriptedLogs({n: _log(n * 10) for n in range(1, 30)})
    outcome, _ = _run(vehicle, LogList(TARGET, OWN), faults)
    assert outcome.entries[:2] == (LogEntry(1, 10, 100), LogEntry(2, 20, 200))
    assert len(outcome.entries) == 29


def test_no_logs_at_all():
    assert _run(ScriptedLogs({}), LogList(TARGET, OWN))[0].entries == ()


@pytest.mark.parametrize("size", [0, 1, 89, 90, 91, 9000, STRETCH, 2 * STRETCH + 17])
def test_a_log_is_read_whole(size):
    vehicle = ScriptedLogs({3: _log(size)})
    outcome, link = _run(vehicle, LogDownload(TARGET, OWN, LogEntry(3, size, None)))
    assert outcome.data == _log(size)
    assert [message.message_name for _, message in link.sent].count("LOG_REQUEST_END") == 1


@pytest.mark.parametrize("faults", [Faults(loss=0.2), Faults(loss=0.5), SHUFFLED])
def test_gaps_are_filled(faults):
    for seed in range(5):
        vehicle = ScriptedLogs({3: _log(20_000)})
        outcome, _ = _run(vehicle, LogDownload(TARGET, OWN, LogEntry(3, 20_000, None)), faults, seed)
        assert outcome.data == _log(20_000)


def test_a_vehicle_that_goes_away():
    vehicle = ScriptedLogs({3: _log(100_000)})
    outcome, _ = _run(vehicle, LogDownload(TARGET, OWN, LogEntry(3, 100_000, None)), Faults(cuts=((0.06, 1e9),)))
    assert outcome.data is None
    assert outcome.reason.startswith("nothing came for 15 s after 45%")
    assert _run(vehicle, LogList(TARGET, OWN), Faults(loss=1.0))[0].entries is None


def test_chunks_that_do_not_belong_are_ignored(heard):
    machine = LogDownload(TARGET, OWN, LogEntry(3, 180, None))
    machine.start(0.0)
    for fields in ({"id": 4}, {"id": 3, "ofs": 45}, {"id": 3, "ofs": 90_000}, {"id": 3, "ofs": 90, "count": 10}):
        machine.receive(heard("LOG_DATA", **{"count": 90, **fields}), 0.1)
    assert machine.progress.done == 0
