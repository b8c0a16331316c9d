"""pymavlink as the oracle, and the recordings of a real ArduPilot."""

import math
from pathlib import Path

import pytest
from pymavlink.dialects.v20 import ardupilotmega
from pymavlink.generator.mavcrc import x25crc

RECORDINGS = sorted((Path(__file__).parents[1] / "data/sitl").glob("*.tlog.gz"))


def pytest_generate_tests(metafunc):
    if "sitl_recording" in metafunc.fixturenames:
        metafunc.parametrize("sitl_recording", RECORDINGS, ids=lambda path: path.name.removesuffix(".tlog.gz"))


class Oracle:
    """What pymavlink makes of one frame."""

    def accepts(self, raw: bytes) -> bool:
        """Whether it takes `raw`, alone, as one message of an id it knows."""
        parser = ardupilotmega.MAVLink(None)
        parser.robust_parsing = True
        messages = parser.parse_buffer(raw) or []
        return len(messages) == 1 and messages[0].get_type() not in ("BAD_DATA", f"UNKNOWN_{messages[0].get_msgId()}")

    def decode(self, raw: bytes):
        return ardupilotmega.MAVLink(None).decode(bytearray(raw))

    def signed_heartbeat(self, key: bytes) -> bytes:
        sender = ardupilotmega.MAVLink(None, srcSystem=1, srcComponent=1)
        sender.signing.secret_key = key
        sender.signing.sign_outgoing = True
        return sender.heartbeat_encode(2, 3, 0, 0, 0).pack(sender)

    def differences(self, raw: bytes, message) -> list[str]:
        """The fields of `message` that differ from pymavlink's.

        The one rule that differs: pymavlink reads texts as ASCII and puts U+FFFD for every other byte; we read
        UTF-8. So a text that is not ASCII is compared by its bytes' meaning in UTF-8.
        """
        theirs = self.decode(raw)
        assert theirs.get_type() == message.message_name
        assert theirs.get_fieldnames() == [field.name for field in message.TYPE.fields]
        found = []
        for field, ours in zip(message.TYPE.wire_fields, message, strict=True):
            if field.is_text:
                text = getattr(theirs, f"_{field.name}_raw").split(b"\0", 1)[0]
                same = ours == (getattr(theirs, field.name) if text.isascii() else text.decode("utf-8", "replace"))
            else:
                same = _same(ours, getattr(theirs, field.name))
            if not same:
                found.append(f"{message.message_name}.{field.name}: {ours!r}, not {getattr(theirs, field.name)!r}")
        return found


def _same(ours, theirs) -> bool:
    if isinstance(ours, tuple):
        return len(ours) == len(theirs) and all(map(_same, ours, theirs))
    if isinstance(ours, float) and math.isnan(ours):
        return math.isnan(theirs)
    return type(ours) is type(theirs) and ours == theirs


@pytest.fixture(scope="session")
def oracle() -> Oracle:
    return Oracle()


@pytest.fixture(scope="session")
def wire_frame():
    """Builds a frame of any id, payload and flags, the checksum by pymavlink's own routine."""

    def build(msgid, payload, crc_extra, *, sysid=7, compid=8, seq=9, flags=0, version=2) -> bytes:
        if version == 1:
            body = bytes((len(payload), seq, sysid, compid, msgid)) + payload
        else:
            body = bytes((len(payload), flags, 0, seq, sysid, compid)) + msgid.to_bytes(3, "little") + payload
        checksum = x25crc(body + bytes((crc_extra,))).crc.to_bytes(2, "little")
        return (b"\xfe" if version == 1 else b"\xfd") + body + checksum

    return build
