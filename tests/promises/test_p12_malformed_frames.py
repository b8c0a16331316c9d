"""Promise 12: malformed frames.

Goal: nothing raises, less than 64 KiB is kept, every clean frame between the noise is found, every verdict on a
single frame is pymavlink's, at least 20 000 frames a second. 300 000 frames here, 10 million in `make soak`.
"""

import os
import random
import time

from pymavlink.dialects.v20 import ardupilotmega
from pymavlink.generator.mavcrc import x25crc

from telemetry.dialect import ARDUPILOTMEGA
from telemetry.frames import MAX_FRAME, Parser, encode_frame
from telemetry.messages import new

SOAK = bool(os.environ.get("SOAK"))
FRAMES = 10_000_000 if SOAK else 300_000
ROUND = 20_000
JUDGED = 20_000
TYPES = [cls.TYPE for cls in ARDUPILOTMEGA.by_id.values()]
SAMPLES = [
    encode_frame(new(kind.name), seq=at % 256, sysid=1, compid=1, version=version)
    for at, kind in enumerate(TYPES)
    for version in (1, 2)
    if version == 2 or kind.id < 256
]


def malformed(draw: random.Random) -> bytes:
    """Random bytes behind a start byte, a true header with a wrong length or end, or a good frame damaged."""
    way = draw.randrange(4)
    if way == 0:
        return draw.choice(b"\xfd\xfe").to_bytes() + draw.randbytes(draw.randint(0, 30))
    if way == 1:
        kind = draw.choice(TYPES)
        return bytes((0xFD, draw.randrange(256), 0, 0, 5, 1, 1)) + kind.id.to_bytes(3, "little") + draw.randbytes(9)
    sample = bytearray(draw.choice(SAMPLES))
    if way == 2:
        for _ in range(draw.randint(1, 3)):
            sample[draw.randrange(1, len(sample))] ^= draw.randint(1, 255)
        return bytes(sample)
    return bytes(sample[: draw.randrange(1, len(sample))])


def stream_of(seed: int, draw: random.Random) -> tuple[bytes, dict[int, bytes]]:
    """Noise with a clean frame behind every tenth malformed one; the clean ones by their place."""
    stream, clean = bytearray(), {}
    for at in range(ROUND):
        stream += malformed(draw)
        if at % 10 == 0:
            clean[len(stream)] = encode_frame(
                new("SYSTEM_TIME", time_unix_usec=seed << 32 | at), seq=at // 10 % 256, sysid=9, compid=9
            )
            stream += clean[len(stream)]
    return bytes(stream) + bytes(MAX_FRAME), clean


def pieces_of(stream: bytes, draw: random.Random) -> list[bytes]:
    pieces, at = [], 0
    while at < len(stream):
        pieces.append(stream[at : at + draw.choice((1, 7, 100, 1400, 5000))])
        at += len(pieces[-1])
    return pieces


def places_of(frames: list[bytes], stream: bytes) -> dict[int, bytes]:
    places, at = {}, 0
    for frame in frames:
        at = stream.index(frame, at)
        places[at] = frame
        at += len(frame)
    return places


def stream_round(seed: int) -> tuple[int, int, int, float]:
    """Clean frames, those missed, those covered by a false frame, seconds of CPU, over one round of noise."""
    draw = random.Random(seed)
    stream, clean = stream_of(seed, draw)
    parser, found, most = Parser(), [], 0
    pieces = pieces_of(stream, draw)
    start = time.process_time()
    for piece in pieces:
        found += parser.feed(piece)
        most = max(most, parser.pending)
    spent_s = time.process_time() - start
    assert most < MAX_FRAME < 64 * 1024
    assert sum(len(frame.raw) for frame in found) + parser.dropped_bytes + parser.pending == len(stream)
    places = places_of([frame.raw for frame in found], stream)
    false = [(at, at + len(frame)) for at, frame in places.items() if at not in clean]
    missing = [at for at in clean if at not in places]
    covered = sum(any(start < at + len(clean[at]) and at < end for start, end in false) for at in missing)
    return len(clean), len(missing) - covered, covered, spent_s


def test_every_clean_frame_between_malformed_ones_is_found():
    rounds = [stream_round(seed) for seed in range(FRAMES // ROUND)]
    sent, missed, covered, spent_s = (sum(column) for column in zip(*rounds, strict=True))
    per_second = (FRAMES + sent) / spent_s

    # A random frame passes a checksum of 16 bits once in 65 536: such a one may lie over a clean one.
    print(
        f"promise 12: goal 100 % of the clean frames between {FRAMES} malformed ones, >= 20000 frames/s; "
        f"measured {sent - covered - missed} of {sent}, {missed} missed, {covered} under a false frame whose "
        f"checksum was right by chance, {per_second:.0f} frames/s"
    )
    assert missed == 0
    assert covered <= 2 + FRAMES / 65_536
    assert per_second >= 20_000


def hostile(draw: random.Random) -> bytes:
    """A frame of a known id and any payload whose checksum is right, or nearly."""
    kind = draw.choice(TYPES)
    payload = draw.randbytes(draw.randint(0, 255))
    flags = draw.choice((0, 0, 0, 1, 2, 0x80))
    body = bytes((len(payload), flags, draw.randrange(256), draw.randrange(256), 1, 1)) + kind.id.to_bytes(3, "little")
    checksum = x25crc(body + payload + bytes((kind.crc_extra,))).crc ^ draw.choice((0, 0, 1, 0x8000))
    return b"\xfd" + body + payload + checksum.to_bytes(2, "little") + draw.randbytes(13 * (flags & 1))


def oracle_accepts(raw: bytes) -> bool:
    parser = ardupilotmega.MAVLink(None)
    parser.robust_parsing = True
    messages = parser.parse_buffer(raw) or []
    names = [message.get_type() for message in messages]
    return len(names) == 1 and names[0] in ARDUPILOTMEGA.by_name


def test_every_verdict_on_a_single_frame_is_pymavlinks():
    draw = random.Random(12)
    accepted = 0
    for _ in range(JUDGED):
        raw = hostile(draw) if draw.random() < 0.5 else malformed(draw)
        ours = [frame.raw for frame in Parser().feed(raw)] == [raw]
        if raw[0] == 0xFE and len(raw) > 5 and raw[5] in ARDUPILOTMEGA.by_id:
            # The one difference: MAVLink 1 payloads have one of the lengths of their type, pymavlink takes any.
            kind = ARDUPILOTMEGA.by_id[raw[5]].TYPE
            if not kind.base_size <= raw[1] <= kind.payload_size:
                assert not ours
                continue
        assert ours == oracle_accepts(raw), raw.hex()
        accepted += ours

    print(f"promise 12: goal 0 verdicts other than pymavlink's; measured 0 of {JUDGED}, {accepted} accepted by both")
    assert accepted > JUDGED / 10
