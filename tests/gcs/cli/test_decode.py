"""`aeropatrol decode` at the command line."""

import gzip
import json
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from pymavlink.dialects.v20 import ardupilotmega
from typer.testing import CliRunner

from gcs.cli.decode import decode
from telemetry.frames import encode_frame
from telemetry.messages import new
from telemetry.tlog import read_tlog

SITL = Path(__file__).parents[2] / "data/sitl"
AT_US = 1_790_000_000_123_456
NAN = float("nan")


@pytest.fixture
def log(tmp_path):
    messages = (
        new("ATTITUDE", roll=NAN, pitch=float("inf"), yaw=1.5),
        new("STATUSTEXT", severity=6, text='巡逻 "a"\n'),
        new("BATTERY_STATUS", voltages=[1, 2, 3] + [65535] * 7),
    )
    frames = [encode_frame(message, seq=at, sysid=1, compid=1) for at, message in enumerate(messages)]
    path = tmp_path / "flight.tlog"
    path.write_bytes(b"".join(AT_US.to_bytes(8, "big") + frame for frame in frames))
    return path


def run(*arguments):
    app = typer.Typer()
    app.command()(decode)
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_each_message_is_one_line_of_json(log):
    result = run(log)
    first, second, third = map(json.loads, result.stdout.splitlines())

    assert (result.exit_code, result.stderr) == (0, "")
    assert {key: first[key] for key in ("t", "sysid", "compid", "seq", "name")} == {
        "t": 1_790_000_000.123456,
        "sysid": 1,
        "compid": 1,
        "seq": 0,
        "name": "ATTITUDE",
    }
    assert first["fields"] == {
        "time_boot_ms": 0,
        "roll": None,
        "pitch": None,
        "yaw": 1.5,
        "rollspeed": 0.0,
        "pitchspeed": 0.0,
        "yawspeed": 0.0,
    }
    assert second["fields"]["text"] == '巡逻 "a"\n'
    assert third["fields"]["voltages"] == [1, 2, 3] + [65535] * 7


def test_only_the_types_asked_for(log):
    lines = run(log, "--types", "statustext, ATTITUDE").stdout.splitlines()

    assert [json.loads(line)["name"] for line in lines] == ["ATTITUDE", "STATUSTEXT"]


def test_ids_that_the_dialect_lacks_are_given_in_hex():
    result = run(SITL / "commands.tlog.gz", "--types", "UNKNOWN_435,UNKNOWN_437")
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    payloads = [frame.payload for _, frame in read_tlog(SITL / "commands.tlog.gz") if frame.msgid in (435, 437)]

    assert {line["name"] for line in lines} == {"UNKNOWN_435", "UNKNOWN_437"}
    assert [line["fields"] for line in lines] == [{"payload": payload.hex()} for payload in payloads]


def test_a_recording_equals_pymavlinks_reading():
    path = SITL / "mavsdk_client.tlog.gz"
    lines = [json.loads(line) for line in run(path).stdout.splitlines()]
    frames = list(read_tlog(path))
    assert len(lines) == len(frames) > 2000

    for line, (at_us, frame) in zip(lines, frames, strict=True):
        theirs = ardupilotmega.MAVLink(None).decode(bytearray(frame.raw))
        fields = {name: getattr(theirs, name) for name in theirs.get_fieldnames()}
        assert line["t"] == at_us / 1e6
        assert line["name"] == theirs.get_type()
        assert line["fields"] == json.loads(json.dumps(fields), parse_constant=lambda _: None)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "cannot be read: No such file"),
        (b"", "no MAVLink frame in it"),
        (b"not a recording\n" * 100, "no MAVLink frame in it"),
        (gzip.compress(b"nor this", mtime=0), "no MAVLink frame in it"),
        (b"\x1f\x8bbroken", "no MAVLink frame in it"),
    ],
)
def test_a_file_that_is_no_recording_is_one_clear_error(content, says, tmp_path):
    path = tmp_path / "wrong.tlog"
    if content is not None:
        path.write_bytes(content)
    result = run(path)

    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith(f"aeropatrol: {path}: ")
    assert says in result.stderr
    assert result.stderr.count("\n") == 1


def test_a_damaged_recording_is_read_and_its_loss_is_told(log):
    log.write_bytes(b"rubbish" + log.read_bytes()[:-4])
    result = run(log)

    assert result.exit_code == 0
    assert len(result.stdout.splitlines()) == 2
    assert "bytes belong to no frame" in result.stderr


def test_a_type_that_does_not_exist_is_wrong_usage(log):
    result = run(log, "--types", "HEARTBEET")

    assert result.exit_code == 2
    assert "HEARTBEET" in result.stderr


def test_a_reader_that_leaves_is_no_error():
    program = "import typer; from gcs.cli.decode import decode; app = typer.Typer(); app.command()(decode); app()"
    with subprocess.Popen(
        [sys.executable, "-c", program, SITL / "mission_ok.tlog.gz"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 0
