"""What is being transferred is known while it is, and no longer."""

import contextlib

from gcs.transfers import Transfers
from telemetry.services.log_transfer import LogDownload, LogEntry
from telemetry.services.param_access import ParamAccess

LOG = LogEntry(3, 9000, None)


def test_a_transfer_is_known_while_it_runs():
    transfers, machine = Transfers(), LogDownload((1, 1), (255, 190), LOG)
    with transfers.under_way("main-1", machine, kind="log", about="3", actor="chen"):
        (transfer,) = transfers.of("main-1")
        assert (transfer.kind, transfer.about, transfer.actor) == ("log", "3", "chen")
        assert (transfer.progress.done, transfer.progress.total) == (0, 9000)
        assert transfers.of("main-2") == ()
    assert transfers.of("main-1") == ()


def test_one_that_breaks_is_gone_and_its_id_is_not_used_again():
    transfers, ids = Transfers(), []
    for _ in range(2):
        machine = LogDownload((1, 1), (255, 190), LOG)
        with (
            contextlib.suppress(ConnectionError),
            transfers.under_way("main-1", machine, kind="log", about="", actor="chen"),
        ):
            ids.append(transfers.of("main-1")[0].id)
            raise ConnectionError
    assert transfers.of("main-1") == ()
    assert ids[0] != ids[1]


def test_a_short_question_is_no_transfer():
    transfers = Transfers()
    with transfers.under_way("main-1", ParamAccess((1, 1), (255, 190), "A"), kind="p", about="", actor="chen"):
        assert transfers.of("main-1") == ()
