"""The way in from the wire, compiled from the same source, gives the same; where it cannot be, nothing is lost."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SAY = """
import json, random, sys
from hashlib import sha256
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from telemetry import frames
from telemetry.dialect import ARDUPILOTMEGA
from telemetry.tlog import read_tlog
clean = [frame.raw for _, frame in read_tlog(Path(sys.argv[2]))][:4000]
draw, noisy = random.Random(5), bytearray()
for raw in clean:
    noisy += draw.randbytes(draw.randrange(8)) + bytes((0xFD,)) * draw.randrange(2)
    damaged = bytearray(raw)
    if draw.random() < 0.1:
        damaged[draw.randrange(len(raw))] ^= 1 << draw.randrange(8)
    noisy += damaged
parser, seen = frames.Parser(decode=frozenset(ARDUPILOTMEGA.by_id)), []
for at in range(0, len(noisy), 700):
    seen += [repr(frame) for frame in parser.feed(bytes(noisy[at : at + 700]))]
counts = (parser.frames, parser.bad_checksums, parser.unknown_ids, parser.bad_headers, parser.dropped_bytes)
digest = sha256("".join(seen).encode()).hexdigest()
print(json.dumps({"file": frames.__file__, "counts": counts, "digest": digest}))
"""


def build(folder, **environment):
    shutil.copytree(ROOT / "telemetry", folder / "telemetry")
    shutil.copy(ROOT / "setup.py", folder)
    command = [sys.executable, "setup.py", "-q", "build_ext", "--inplace"]
    subprocess.run(command, cwd=folder, env=os.environ | environment, check=True, capture_output=True)
    return folder


def say(folder):
    command = [sys.executable, "-c", SAY, str(folder), str(ROOT / "tests/data/sitl/swarm4_head.tlog.gz")]
    return json.loads(subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout)


@pytest.mark.skipif(shutil.which("cc") is None, reason="no C compiler here")
def test_compiled_it_hears_the_same_frames_in_any_noise(tmp_path):
    compiled, pure = say(build(tmp_path, AEROPATROL_COMPILED="1")), say(ROOT)
    assert pure["file"].endswith(".py")
    assert not compiled["file"].endswith(".py")
    assert pure["counts"][0] > 3000
    assert (compiled["counts"], compiled["digest"]) == (pure["counts"], pure["digest"])


@pytest.mark.parametrize(
    "environment", [{}, {"AEROPATROL_COMPILED": "1", "CC": "/nonexistent"}], ids=["not asked for", "no compiler"]
)
def test_without_it_the_package_is_pure_and_whole(tmp_path, environment):
    built = say(build(tmp_path, **environment))
    assert built["file"].endswith(".py")
