"""Columns of a recording equal its messages one by one, and damage costs what is damaged."""

import gzip
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest
from pymavlink.generator.mavcrc import x25crc

from telemetry.crc_columns import x25_columns
from telemetry.dialect import ARDUPILOTMEGA
from telemetry.frames import encode_frame
from telemetry.logs import load_log
from telemetry.messages import decode_frame, new
from telemetry.tlog import TlogError, read_tlog

COMMANDS = Path(__file__).parents[1] / "data/sitl/commands.tlog.gz"


def messages_of(path):
    found = defaultdict(list)
    for at_us, frame in read_tlog(path):
        kind = ARDUPILOTMEGA.by_id.get(frame.msgid)
        if kind is not None:
            found[kind.TYPE.name].append((at_us, frame, decode_frame(kind, frame)))
    return found


def assert_equal(log, messages):
    assert list(log) == list(messages)
    for name, entries in messages.items():
        columns = log[name]
        assert columns.unix_us.tolist() == [at_us for at_us, _, _ in entries]
        assert list(zip(columns.sysid.tolist(), columns.compid.tolist(), columns.seq.tolist(), strict=True)) == [
            (frame.sysid, frame.compid, frame.seq) for _, frame, _ in entries
        ]
        for field in ARDUPILOTMEGA.by_name[name].TYPE.fields:
            ours = [getattr(message, field.name) for _, _, message in entries]
            if field.is_text:
                assert columns.texts(field.name) == ours
            else:
                column = columns.fields[field.name]
                assert np.array_equal(column, np.array(ours, column.dtype), equal_nan=column.dtype.kind == "f")


def test_every_column_equals_the_messages_one_by_one(sitl_recording):
    assert_equal(load_log(sitl_recording), messages_of(sitl_recording))


@pytest.mark.parametrize("length", [1, 2, 9, 37, 38, 270])
def test_checksums_of_many_rows_equal_pymavlinks(length):
    draw = np.random.default_rng(length)
    rows, extra = draw.integers(0, 256, (30, length), np.uint8), draw.integers(0, 256, 30, np.uint8)

    assert x25_columns(rows, extra).tolist() == [
        x25crc(bytes(row) + bytes((more,))).crc for row, more in zip(rows, extra.tolist(), strict=True)
    ]


def test_only_the_types_asked_for_are_built():
    log = load_log(COMMANDS, {"HEARTBEAT", "COMMAND_ACK"})

    assert set(log) == {"HEARTBEAT", "COMMAND_ACK"}
    assert log.unknown > 0
    assert log.frames == len(list(read_tlog(COMMANDS)))
    with pytest.raises(KeyError):
        load_log(COMMANDS, {"HEARTBEET"})


def test_one_system_of_several(sitl_recording):
    log = load_log(sitl_recording, {"HEARTBEAT"})
    beats = log["HEARTBEAT"]

    assert sum(len(beats.of(sysid)) for sysid in set(beats.sysid.tolist())) == len(beats)


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: data[:-7],
        lambda data: b"rubbish" + data,
        lambda data: data[:5000] + b"\xfd" * 40 + data[5000:],
        lambda data: data[:4000] + bytes((data[4000] ^ 0x10,)) + data[4001:],
        lambda data: b"",
        lambda data: b"\xfd" * 1000,
    ],
)
def test_a_damaged_recording_is_read_as_the_tolerant_reader_reads_it(damage, tmp_path):
    path = tmp_path / "damaged.tlog"
    path.write_bytes(damage(gzip.decompress(COMMANDS.read_bytes())))

    assert_equal(load_log(path), messages_of(path))


def test_a_cut_gzip_file_gives_what_was_whole(tmp_path):
    path = tmp_path / "cut.tlog.gz"
    path.write_bytes(COMMANDS.read_bytes()[:-5000])

    assert_equal(load_log(path), messages_of(path))


def test_both_versions_of_mavlink_in_one_file(tmp_path):
    path, data = tmp_path / "both.tlog", b""
    for seq in range(40):
        message = new("SYS_STATUS", voltage_battery=seq, errors_count4=seq)
        frame = encode_frame(message, seq=seq, sysid=1, compid=1, version=1 + seq % 2)
        data += (1_790_000_000_000_000 + seq).to_bytes(8, "big") + frame
    path.write_bytes(data)
    log = load_log(path)

    assert log["SYS_STATUS"].fields["voltage_battery"].tolist() == list(range(40))
    assert log["SYS_STATUS"].fields["errors_count4"].tolist()[:2] == [0, 1]
    assert_equal(log, messages_of(path))


def test_texts_end_at_their_first_nul(tmp_path, wire_frame):
    path = tmp_path / "text.tlog"
    payload = bytes((6,)) + b"cut\0rest".ljust(50, b"x") + bytes(3)
    path.write_bytes((1).to_bytes(8, "big") + wire_frame(253, payload, 83))

    assert load_log(path)["STATUSTEXT"].texts("text") == ["cut"]


def test_a_missing_file_is_one_clear_error(tmp_path):
    with pytest.raises(TlogError, match="No such file"):
        load_log(tmp_path / "missing.tlog")
