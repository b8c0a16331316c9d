"""Recordings are read whole; damage costs what is damaged and no more."""

import gzip
from pathlib import Path

import pytest

from telemetry.dialect import ARDUPILOTMEGA
from telemetry.frames import encode_frame, header_of, without_signature
from telemetry.messages import new
from telemetry.signing import KEY_BEARER
from telemetry.tlog import TlogError, TlogReader, open_tlog, plain_records, position, read_tlog

SIGNING = Path(__file__).parents[1] / "data/sitl/signing.tlog.gz"
START_US = 1_790_000_000_000_000


def record(number, frame=None):
    frame = frame or encode_frame(new("HEARTBEAT", custom_mode=number), seq=number, sysid=1, compid=1)
    return (START_US + number * 1000).to_bytes(8, "big") + frame


@pytest.fixture
def written(tmp_path):
    def write(*parts, name="flight.tlog"):
        path = tmp_path / name
        data = b"".join(parts)
        path.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
        return path

    return write


def read(path):
    with open_tlog(path) as file:
        reader = TlogReader(file)
        return [(us - START_US, frame.seq) for us, frame in reader], reader


@pytest.mark.parametrize("name", ["flight.tlog", "flight.tlog.gz"])
def test_times_and_frames_come_in_the_order_of_the_file(name, written):
    path = written(*map(record, range(30)), name=name)

    assert read(path)[0] == [(number * 1000, number) for number in range(30)]
    assert len(list(read_tlog(path))) == 30


def test_a_cut_tail_is_counted(written):
    records, reader = read(written(record(0), record(1), record(2)[:-3]))

    assert [seq for _, seq in records] == [0, 1]
    assert (reader.frames, reader.skipped_bytes) == (2, len(record(2)) - 3)


def test_a_cut_gzip_stream_gives_what_was_whole(written):
    path = written(*map(record, range(200)), name="flight.tlog.gz")
    path.write_bytes(path.read_bytes()[:-200])
    records, reader = read(path)

    assert 0 < len(records) < 200
    assert "end" in reader.damage.lower()


@pytest.mark.parametrize("garbage", [b"\xfd", b"\xfd" * 50, b"\xfe\x09\0\0\0\0" * 3, bytes(700_000), b"text\n" * 9])
def test_garbage_between_records_is_skipped(garbage, written):
    records, reader = read(written(record(0), garbage, record(1), record(2), garbage))

    assert [seq for _, seq in records] == [0, 1, 2]
    assert records[1] == (1000, 1)
    assert reader.skipped_bytes == 2 * len(garbage)


def test_a_damaged_record_is_left_out(written):
    damaged = bytearray(record(1))
    damaged[20] ^= 0x40

    assert [seq for _, seq in read(written(record(0), bytes(damaged), record(2)))[0]] == [0, 2]


def test_time_may_go_back(written):
    assert read(written(record(5), record(3), record(4)))[0] == [(5000, 5), (3000, 3), (4000, 4)]


def test_an_unknown_id_is_given_when_a_record_follows(written, wire_frame):
    unknown = wire_frame(435, b"payload", 0, seq=1)
    records, reader = read(written(record(0), record(1, unknown), record(2), record(3, unknown)))

    assert [seq for _, seq in records] == [0, 1, 2, 1]
    assert reader.unknown == 2


def test_an_unknown_id_in_garbage_is_not(written, wire_frame):
    records, _ = read(written(record(0), bytes(8) + wire_frame(435, b"payload", 0), b"no record", record(1)))

    assert [seq for _, seq in records] == [0, 1]


def test_how_far_the_file_was_read_can_be_told(written):
    path = written(*map(record, range(10)), name="flight.tlog.gz")
    with open_tlog(path) as file:
        assert position(file) <= path.stat().st_size
        list(TlogReader(file))
        assert position(file) == path.stat().st_size


def test_a_file_that_is_not_there_is_one_clear_error(tmp_path):
    with pytest.raises(TlogError, match=r"missing\.tlog: cannot be read: No such file"):
        list(read_tlog(tmp_path / "missing.tlog"))
    with pytest.raises(TlogError, match="cannot be read: Is a directory"):
        open_tlog(tmp_path)


def test_a_copy_for_others_says_the_same_without_signatures_and_keys(written, oracle):
    records = [(us, frame) for us, frame in read_tlog(SIGNING) if frame.msgid in ARDUPILOTMEGA.by_id]
    key = encode_frame(new("SETUP_SIGNING", secret_key=(7,) * 32), seq=0, sysid=255, compid=190)
    said = [(us, frame.payload) for us, frame in records if frame.msgid != KEY_BEARER]
    copy = list(read_tlog(written(*plain_records([*records, (START_US, header_of(key))]))))

    assert len(said) < len(records)
    assert sum(frame.signed for _, frame in records) > 100
    assert not any(frame.signed for _, frame in copy)
    assert [(us, frame.payload) for us, frame in copy] == said
    assert all(oracle.accepts(frame.raw) for _, frame in copy)


def test_a_signature_nobody_can_take_off_is_made_worthless(wire_frame):
    signed = header_of(wire_frame(435, b"12345", 0, flags=1) + b"\x01" + b"\x02" * 6 + b"secret")

    assert without_signature(signed) == signed.raw[:-6] + bytes(6)
