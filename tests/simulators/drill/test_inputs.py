"""A drill's log made again from what its engine was told: byte for byte, with whatever an instructor did in it."""

import pytest

from simulators.drill.engine import DroneState, json_lines
from simulators.drill.file import load_drill, shipped_drills
from simulators.drill.inputs import InputError, RecordedEngine, again
from simulators.faults import Fault, FaultError
from simulators.world import Thing, Waypoint

DRILL = load_drill(shipped_drills()["school-gate"], "school-gate.toml")


def fly(engine, since, until):
    """Vehicle 1 goes to and fro over the area; times and places are no round numbers."""
    for tick in range(since * 10, until * 10):
        now_s = tick / 10 + 0.0137
        lat = 29.8955 + (tick % 160) / 100_000 + 1e-9
        drones = [DroneState(1, lat, 121.8420001, 45.0, 90.0 / 7, flying=True, battery_pct=100.0 - tick / 97)]
        for seen in engine.advance(now_s, drones).observations:
            where = {"lat": seen.lat_deg, "lon": seen.lon_deg}
            engine.note("sighting.report", now_s + 0.04, sighting=seen.id, klass=seen.klass, reports=[seen.id], **where)


def led():
    """A run in which an instructor does everything that one can do."""
    engine = RecordedEngine(DRILL, "run")
    fly(engine, 0, 40)
    engine.bookmark("early", "Wang")
    engine.inject(Fault("GpsGlitch", 40.0, None, 1, {"degrees": 0.002}))
    with pytest.raises(FaultError):
        engine.inject(Fault("NoSuch"))
    engine.add(Thing("extra", "crowd", "crowd", (Waypoint(0.0, 29.896, 121.842),), appears_s=41.0, size_m=12.0))
    fly(engine, 40, 70)
    engine.rewind(1, "Wang", ended=["A"])
    fly(engine, 40, 130)
    engine.inject(Fault("CameraFailure", 130.0, None, 1))
    fly(engine, 130, 150)
    engine.end_fault("CameraFailure", 1)
    fly(engine, 150, 200)
    engine.note("drill.over")
    return engine


def test_the_log_comes_out_the_same_byte_for_byte():
    engine = led()
    made = again(DRILL, "run", engine.inputs().splitlines())
    assert made.log_bytes() == engine.log_bytes()
    assert json_lines(made.undone[0]) == json_lines(engine.undone[0])
    assert {"camera.saw", "sighting.report", "instructor.rewound"} <= {entry.kind for entry in made.log}


def test_one_input_less_and_the_log_is_another():
    engine = led()
    lines = engine.inputs().splitlines()
    seen = next(n for n, line in enumerate(lines) if b'"sighting.report"' in line)
    assert again(DRILL, "run", lines[:seen] + lines[seen + 1 :]).log_bytes() != engine.log_bytes()


@pytest.mark.parametrize(
    "line", [b"{", b"[]", b'["fly"]', b'["advance"]', b'["advance", 1.0, [[1]]]', b'["rewind", 7, "x", {}]']
)
def test_what_is_no_input_is_named(line):
    with pytest.raises(InputError, match="line 2: "):
        again(DRILL, "run", [b'["note", "a", 1.0, {}]', line])
