"""The machines held against recorded traffic of a real ArduPilot, both directions."""

from pathlib import Path

import pytest

from telemetry.dialect import ARDUPILOTMEGA
from telemetry.messages import decode_frame
from telemetry.received import Origin, Received
from telemetry.services.mission_download import MissionDownload
from telemetry.services.mission_item import from_message, mission_hash
from telemetry.services.mission_rounding import difference
from telemetry.services.mission_upload import MissionUpload, UploadEnd
from telemetry.tlog import read_tlog

SITL = Path(__file__).parents[2] / "data" / "sitl"
OWN, TARGET = (255, 190), (1, 1)


def _mission_traffic(name):
    """(from the vehicle?, message, seconds) of the mission protocol, in order."""
    for unix_us, frame in read_tlog(SITL / name):
        cls = ARDUPILOTMEGA.by_id.get(frame.msgid)
        if cls is not None and cls.TYPE.name.startswith("MISSION_") and frame.sysid in (1, 255):
            yield frame.sysid == 1, decode_frame(cls, frame), unix_us / 1e6


@pytest.fixture(scope="module")
def flown():
    return list(_mission_traffic("mission_ok.tlog.gz"))


def _accepted_upload(flown):
    """The part from the second COUNT (the first was refused while the vehicle booted) to its ACK."""
    counts = [n for n, (down, m, _) in enumerate(flown) if not down and m.message_name == "MISSION_COUNT"]
    end = next(n for n in range(counts[1], len(flown)) if flown[n][1].message_name == "MISSION_ACK")
    return flown[counts[1] : end + 1]


def _received(message, at_s):
    return Received(message, *TARGET, 0, Origin("tlog://", "recording"), at_s)


def _played(machine, traffic):
    """What `machine` sends when it hears the recorded vehicle."""
    machine.start(traffic[0][2])
    sent = machine.drain()
    for down, message, at_s in traffic:
        if down and not machine.done:
            machine.receive(_received(message, at_s), at_s)
            sent += machine.drain()
    return sent


def _sent_items(traffic):
    return [from_message(m) for down, m, _ in traffic if not down and m.message_name == "MISSION_ITEM_INT"]


def test_the_upload_sends_what_the_recorded_station_sent(flown):
    traffic = _accepted_upload(flown)
    items = _sent_items(traffic)
    machine = MissionUpload(TARGET, OWN, items)
    sent = _played(machine, traffic)
    assert machine.outcome.end is UploadEnd.READ_BACK
    assert [m.message_name for m in sent] == [m.message_name for down, m, _ in traffic if not down]
    assert [from_message(m).seq for m in sent[1:]] == [item.seq for item in items]


def test_what_was_read_back_then_is_verified_now(flown):
    items = _sent_items(_accepted_upload(flown))
    lists = [n for n, (down, m, _) in enumerate(flown) if not down and m.message_name == "MISSION_REQUEST_LIST"]
    for begin in lists:
        machine = MissionDownload(TARGET, OWN)
        _played(machine, flown[begin:])
        read = machine.outcome.items
        assert [difference(sent, got) for sent, got in zip(items[1:], read[1:], strict=True)] == [None] * 11
        assert mission_hash(read) == mission_hash(items)
    assert len(lists) == 2


def test_a_booting_vehicle_has_no_space(flown):
    machine = MissionUpload(TARGET, OWN, _sent_items(_accepted_upload(flown)))
    _played(machine, flown[:2])
    assert machine.outcome.reason == "the vehicle refuses 12 items: NO_SPACE"


def test_no_recorded_misbehaviour_raises(patrol):
    """579 messages of uploads that went wrong, to machines that are in the middle of something else."""
    machines = [MissionUpload(TARGET, OWN, patrol(7)), MissionDownload(TARGET, OWN)]
    for machine in machines:
        machine.start(0.0)
    heard = 0
    for down, message, at_s in _mission_traffic("mission_bad.tlog.gz"):
        if down:
            heard += 1
            for machine in machines:
                machine.receive(_received(message, at_s), at_s)
                machine.drain()
    assert heard > 100
