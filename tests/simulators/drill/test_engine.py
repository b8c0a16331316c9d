"""A drill without clock and socket: what appears, what is seen, what fails, and a log that is always the same."""

from math import hypot

import pytest

from simulators.drill.engine import DrillEngine, DroneState, json_lines
from simulators.drill.file import load_drill, shipped_drills
from simulators.drill.score import score
from simulators.faults import Fault, FaultError
from simulators.local_frame import LocalFrame
from simulators.world import Thing, Waypoint

SHIPPED = shipped_drills()


def drill(name="school-gate", old="", new=""):
    text = SHIPPED[name]
    assert old in text
    return load_drill(text.replace(old, new, 1), f"{name}.toml")


class Fliers:
    """Vehicles that go over the area in lanes, again and again; the same at every call."""

    ROUND_S = 200.0

    def __init__(self, drill, lane_m=40.0):
        self.frame = LocalFrame(*drill.place.home, 0.0)
        corners = [self.frame.to_local(*point) for point in drill.place.area]
        norths, easts = zip(*corners, strict=True)
        self.norths, self.easts = (min(norths), max(norths)), (min(easts), max(easts))
        self.drill, self.lane_m = drill, lane_m

    def at(self, now_s):
        return [self._one(sysid, now_s) for sysid in range(1, self.drill.fleet.vehicles + 1)]

    def _one(self, sysid, now_s):
        gone_m = self.drill.fleet.speed_m_s * max(0.0, now_s % self.ROUND_S - 10.0)
        width = self.easts[1] - self.easts[0]
        lane, along = divmod(gone_m, width)
        north = self.norths[0] + 20 + (lane * self.drill.fleet.vehicles + sysid - 1) * self.lane_m
        flying = north < self.norths[1] + 20
        east = self.easts[0] + along if lane % 2 == 0 else self.easts[1] - along
        lat, lon = self.frame.to_geo(north, east) if flying else self.drill.place.home
        height = self.drill.fleet.altitude_m + 5.0 * (sysid - 1) if flying else 0.0
        return DroneState(sysid, lat, lon, height, 90.0, flying, 100.0 - now_s / 20)


def fly(drill, until_s=None, engine=None):
    """The engine after a flight in which ground control takes and settles every report, as a machine would.

    An `engine` given goes on from where it is.
    """
    begin_s = 0 if engine is None else int(engine.now_s) + 1
    engine, fliers = engine or DrillEngine(drill), Fliers(drill)
    for second in range(begin_s, int(until_s or drill.limits.duration_s) + 1):
        turn = engine.advance(float(second), fliers.at(float(second)))
        for seen in turn.observations:
            where = {"lat": round(seen.lat_deg, 7), "lon": round(seen.lon_deg, 7)}
            engine.note("sighting.report", second + 2.0, sighting=seen.id, klass=seen.klass, reports=[seen.id], **where)
            for step, after_s in (("assign", 3.0), ("accept", 20.0), ("arrive", 90.0), ("resolve", 150.0)):
                engine.note(f"sighting.{step}", second + after_s, sighting=seen.id, unit="car-2")
    return engine


@pytest.mark.parametrize("name", SHIPPED)
def test_the_same_seed_and_inputs_give_the_same_log_byte_for_byte(name):
    one, other = fly(drill(name), until_s=400), fly(drill(name), until_s=400)
    assert one.log_bytes() == other.log_bytes()
    assert len(one.log_bytes()) > 10_000


def test_another_seed_gives_another_log():
    assert fly(drill()).log_bytes() != fly(drill(old="seed = 202", new="seed = 203")).log_bytes()


def test_a_flight_over_everything_passes_and_is_scored_the_same_each_time():
    engine = fly(drill())
    result = score(engine.drill, engine.world, engine.log)
    assert result == score(engine.drill, engine.world, engine.log)
    lines = {line.kind: line for line in result.lines}
    assert lines["find"].value == 1.0
    assert lines["report_s"].value == 2.0
    assert lines["accept_s"].value == 18.0
    assert lines["arrive_s"].value == 70.0
    assert lines["cover"].value > 0.9
    assert result.passed


def test_things_appear_and_go_in_the_log():
    engine = fly(drill())
    told = {(entry.kind, entry.data["thing"]): entry.at_s for entry in engine.log if entry.kind.startswith("world.")}
    assert told["world.appeared", "waiting-crowd"] == 30.0
    assert told["world.gone", "waiting-crowd"] == 560.0


def test_faults_begin_and_end_and_are_told_once():
    engine = DrillEngine(drill("rail-corridor"))
    began = {s: [f.name for f in engine.advance(float(s), []).began] for s in range(0, 300, 10)}
    assert [second for second, names in began.items() if "LinkLost" in names] == [240]
    turn = engine.advance(360.0, [])
    assert [fault.name for fault in turn.ended] == ["LinkLost"]


def test_a_broken_camera_reports_nothing_while_it_is_broken():
    engine = fly(drill(old="[[wind]]", new='[[fault]]\nname = "CameraFailure"\n\n[[wind]]'))
    assert not [entry for entry in engine.log if entry.kind == "camera.saw"]


def test_an_instructor_adds_a_fault_and_ends_it():
    engine = DrillEngine(drill())
    engine.advance(50.0, [])
    engine.inject(Fault("GpsLoss", 50.0, None, 1))
    assert [fault.name for fault in engine.advance(51.0, []).began] == ["GpsLoss"]
    assert engine.end_fault("GpsLoss", 1)
    assert [fault.name for fault in engine.advance(52.0, []).ended] == ["GpsLoss"]
    assert not engine.end_fault("GpsLoss", 1)
    with pytest.raises(FaultError):
        engine.inject(Fault("GpsLoss", 60.0, None, 9))


def test_an_instructor_adds_a_thing_which_is_then_seen():
    engine = DrillEngine(drill())
    here = Fliers(engine.drill).at(30.0)
    spot = Waypoint(0.0, here[0].lat_deg, here[0].lon_deg)
    engine.add(Thing("extra", "crowd", "crowd", (spot,), appears_s=30.0, size_m=12.0))
    assert "extra" in {seen.truth for seen in engine.advance(30.0, here).observations}


def test_it_is_over_when_its_time_is_up():
    engine = DrillEngine(drill())
    assert not engine.advance(599.0, []).over
    assert engine.advance(600.0, []).over


def test_the_truth_is_in_the_log_and_close_to_what_was_said():
    for entry in fly(drill()).log:
        if entry.kind == "camera.saw" and entry.data["thing"]:
            data = entry.data
            off_m = hypot(*LocalFrame(data["true_lat"], data["true_lon"], 0.0).to_local(data["lat"], data["lon"]))
            assert off_m < 20.0


def ask_more(engine):
    """What an instructor does that is undone afterwards."""
    engine.inject(Fault("CameraFailure", engine.now_s, None, 1))
    here = Fliers(engine.drill).at(engine.now_s)[0]
    spot = Waypoint(0.0, here.lat_deg, here.lon_deg)
    engine.add(Thing("extra", "crowd", "crowd", (spot,), appears_s=engine.now_s, size_m=12.0))


def told(log):
    """The log with its observations numbered in their order: their ids are those of the run."""
    found = {entry.data["id"]: number for number, entry in enumerate(e for e in log if e.kind == "camera.saw")}
    text = json_lines(log).decode()
    for observation, number in found.items():
        text = text.replace(observation, f"observation {number}")
    return text


def ids(log):
    return {entry.data["id"] for entry in log if entry.kind == "camera.saw"}


@pytest.mark.parametrize("name", ["school-gate", "dusk-search"])
def test_after_a_rewind_it_runs_on_as_if_what_was_undone_had_never_been(name):
    plain, turned = fly(drill(name), until_s=250), fly(drill(name), until_s=250)
    for engine in (plain, turned):
        assert engine.bookmark("here", "Wang") == 1
    ask_more(turned)
    fly(turned.drill, until_s=420, engine=turned)
    assert turned.now_s == 420.0
    turned.rewind(1, "Wang")
    assert turned.now_s == 250.0
    fly(turned.drill, until_s=420, engine=turned)
    fly(plain.drill, until_s=420, engine=plain)
    (mark,) = [entry for entry in turned.log if entry.kind == "instructor.rewound"]
    assert (mark.at_s, mark.data["name"], mark.data["from_s"]) == (250.0, "here", 420.0)
    assert told([entry for entry in turned.log if entry is not mark]) == told(plain.log)
    assert not ids(turned.undone[0]) & ids(turned.log), "a report made anew would be taken for one that was undone"
    assert score(turned.drill, turned.world, turned.log) == score(plain.drill, plain.world, plain.log)
    (undone,) = turned.undone
    assert len(undone) == mark.data["undone"]
    assert {"instructor.fault", "instructor.thing", "pose"} <= {entry.kind for entry in undone}


def test_the_same_seed_and_inputs_give_the_same_log_with_rewinds_in_it():
    def led():
        engine = fly(drill(), until_s=100)
        engine.bookmark("early", "Wang")
        fly(engine.drill, until_s=200, engine=engine)
        engine.bookmark("late", "Wang")
        ask_more(engine)
        fly(engine.drill, until_s=260, engine=engine)
        for _ in range(2):
            engine.rewind(1, "Wang")
            fly(engine.drill, until_s=300, engine=engine)
        return engine

    one, other = led(), led()
    assert one.log_bytes() == other.log_bytes()
    assert one.undone == other.undone
    assert len(one.undone) == 2


def test_what_was_bookmarked_after_the_moment_gone_back_to_is_no_more():
    engine = DrillEngine(drill())
    first, second = engine.bookmark("a", "Wang"), engine.bookmark("b", "Wang")
    engine.rewind(first, "Wang")
    with pytest.raises(KeyError):
        engine.rewind(second, "Wang")
    assert engine.bookmark("c", "Wang") not in (first, second)
    engine.rewind(first, "Wang")
