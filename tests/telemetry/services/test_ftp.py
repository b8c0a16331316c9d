"""Files read from, written to and listed on a vehicle, whatever the link loses."""

import pytest
from pymavlink.mavftp_op import FTP_OP
from scripted_files import ScriptedFtp
from virtual_link import OWN, TARGET, VirtualLink

from simulators.network import PERFECT, Faults
from simulators.seeded import Seeded
from telemetry.services.ftp_get import FtpGet
from telemetry.services.ftp_list import FtpEntry, FtpList
from telemetry.services.ftp_payload import FtpError, FtpPayload, Op, decode
from telemetry.services.ftp_put import FtpPut, file_crc32

LOSSY = Faults(loss=0.2)
SHUFFLED = Faults(loss=0.1, duplicate=0.2, reorder=0.3, reorder_s=0.3)


def _bytes(size, seed=1):
    random = Seeded(seed)
    return bytes(int(random.uniform() * 256) for _ in range(size))


def _run(vehicle, machine, faults=PERFECT, seed=1):
    link = VirtualLink(vehicle, faults, seed=seed)
    return link.run(machine), link


def test_the_payload_is_pymavlinks():
    ours = FtpPayload(513, Op.READ_FILE, 2, 70_000, b"abc", size=3, req_opcode=Op.OPEN_FILE_RO, burst_complete=True)
    theirs = FTP_OP(513, 2, Op.READ_FILE, 3, Op.OPEN_FILE_RO, 1, 70_000, bytearray(b"abc"))
    assert bytes(ours.encode()) == bytes(theirs.pack()).ljust(251, b"\0")
    assert decode(ours.encode()) == ours


def test_a_size_beyond_the_payload_is_cut():
    raw = list(FtpPayload(0, Op.ACK, data=b"x" * 239).encode())
    raw[4] = 255
    assert len(decode(tuple(raw)).data) == 239
    assert decode(()).opcode == 0
    assert FtpPayload(0, Op.NAK, data=b"\xff").error is FtpError.FAIL
    with pytest.raises(ValueError, match="do not fit"):
        FtpPayload(0, Op.WRITE_FILE, data=bytes(240)).encode()


@pytest.mark.parametrize("size", [0, 1, 238, 239, 240, 478, 9560, 9561, 30_000])
@pytest.mark.parametrize("style", [{}, {"quiet_burst_ack": True}, {"bursts": False}, {"told_size": 0}])
def test_a_file_is_read_whole(size, style):
    data = _bytes(size)
    vehicle = ScriptedFtp({"/APM/a.bin": data}, **style)
    outcome, _ = _run(vehicle, FtpGet(TARGET, OWN, "/APM/a.bin"))
    assert outcome.data == data
    assert vehicle.open_path is None


@pytest.mark.parametrize("faults", [LOSSY, SHUFFLED, Faults(loss=0.4)])
@pytest.mark.parametrize("style", [{}, {"quiet_burst_ack": True}, {"bursts": False}])
def test_what_gets_lost_is_read_again(faults, style):
    data = _bytes(15_000)
    for seed in range(15):
        outcome, _ = _run(ScriptedFtp({"f": data}, **style), FtpGet(TARGET, OWN, "f"), faults, seed)
        assert outcome.data == data, outcome.reason


def test_bursts_need_few_requests():
    vehicle = ScriptedFtp({"f": _bytes(90_000)})
    _run(vehicle, FtpGet(TARGET, OWN, "f"))
    assert len(vehicle.requests) < 20


def test_a_session_that_somebody_left_open_is_reset():
    vehicle = ScriptedFtp({"f": b"data"}, open_path="f")
    assert _run(vehicle, FtpGet(TARGET, OWN, "f"))[0].data == b"data"


def test_a_file_that_is_not_there():
    outcome, _ = _run(ScriptedFtp(), FtpGet(TARGET, OWN, "nothing"))
    assert (outcome.data, outcome.reason) == (None, "the vehicle refuses OPEN_FILE_RO: FILE_NOT_FOUND")


def test_a_file_that_is_too_large_is_given_up():
    vehicle = ScriptedFtp({"f": _bytes(20_000)})
    outcome, _ = _run(vehicle, FtpGet(TARGET, OWN, "f", limit=5_000))
    assert (outcome.data, outcome.reason) == (None, "the file is larger than 5000 bytes")
    assert vehicle.open_path is None


def test_a_vehicle_without_file_transfer():
    outcome, link = _run(ScriptedFtp(), FtpGet(TARGET, OWN, "f"), Faults(loss=1.0))
    assert outcome.reason == "no answer to OPEN_FILE_RO"
    assert link.now_s < 30


@pytest.mark.parametrize("size", [0, 1, 239, 240, 5000])
@pytest.mark.parametrize("faults", [PERFECT, LOSSY, SHUFFLED])
def test_a_file_is_written_and_checked(size, faults):
    data = _bytes(size)
    for overwrites in (True, False):
        vehicle = ScriptedFtp({"old": b"x", "f": b"what was there"}, overwrites=overwrites)
        outcome, _ = _run(vehicle, FtpPut(TARGET, OWN, "f", data), faults)
        assert (outcome.ok, outcome.reason) == (True, "")
        assert vehicle.files == {"old": b"x", "f": data}


def test_a_file_that_arrives_damaged_is_noticed():
    class Careless(ScriptedFtp):
        def _write_file(self, request):
            answer = super()._write_file(request)
            self.files[self.open_path] = b"!" + self.files[self.open_path][1:]
            return answer

    outcome, _ = _run(Careless(), FtpPut(TARGET, OWN, "f", b"abc" * 100))
    assert (outcome.ok, outcome.reason) == (False, "the file on the vehicle differs")


def test_a_full_disk_is_told():
    class Full(ScriptedFtp):
        def _write_file(self, request):
            return FtpError.FAIL

    vehicle = Full()
    outcome, _ = _run(vehicle, FtpPut(TARGET, OWN, "f", b"abc"))
    assert outcome.reason == "the vehicle refuses WRITE_FILE: FAIL"
    assert vehicle.open_path is None


def test_the_checksum_is_a_plain_crc32_without_inversions():
    import zlib

    data = _bytes(1000)
    assert file_crc32(data) == zlib.crc32(data, 0xFFFFFFFF) ^ 0xFFFFFFFF


@pytest.mark.parametrize("faults", [PERFECT, LOSSY, SHUFFLED])
def test_a_directory_is_listed(faults):
    files = {f"{n:05d}.BIN": bytes(n) for n in range(60)} | {"scripts": None}
    outcome, _ = _run(ScriptedFtp(files), FtpList(TARGET, OWN, "/APM/LOGS"), faults)
    assert len(outcome.entries) == 61
    assert outcome.entries[7] == FtpEntry("00007.BIN", directory=False, size=7)
    assert outcome.entries[-1] == FtpEntry("scripts", directory=True)


def test_a_directory_that_is_not_there():
    class Nothing(ScriptedFtp):
        def _list_directory(self, request):
            return FtpError.FAIL

    outcome, _ = _run(Nothing(), FtpList(TARGET, OWN, "/x"))
    assert outcome.entries is None
    assert outcome.reason == "the vehicle cannot list it: FAIL"


def test_hostile_answers_never_raise(heard):
    """Every opcode, size and offset, to machines in every state."""
    random = Seeded(9)
    for machine in (FtpGet(TARGET, OWN, "f"), FtpPut(TARGET, OWN, "f", b"x" * 500), FtpList(TARGET, OWN, "d")):
        machine.start(0.0)
        for n in range(3000):
            seq = int(random.uniform() * 4) + n // 500 if n % 3 else int(random.uniform() * 65536)
            opcode = Op.ACK if random.uniform() < 0.6 else Op.NAK
            answer = FtpPayload(
                seq, opcode, 0, int(random.uniform() * 2000), bytes(int(random.uniform() * 240)),
                req_opcode=int(random.uniform() * 16), burst_complete=random.uniform() < 0.2,
            )  # fmt: skip
            machine.receive(heard("FILE_TRANSFER_PROTOCOL", payload=answer.encode()), n * 0.01)
            machine.handle_timer(n * 0.01)
            machine.drain()
