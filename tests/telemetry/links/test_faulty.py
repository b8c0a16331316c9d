"""A bad line is the same bad line for the same seed."""

import asyncio

import pytest

from telemetry.frames import encode_frame
from telemetry.links.faults import Faults
from telemetry.messages import new

NONE = {"loss": 0.0, "dup": 0.0, "reorder": 0.0, "corrupt": 0.0, "delay": 0.0, "seed": 1.0}
FRAME = encode_frame(new("HEARTBEAT"), seq=0, sysid=1, compid=1)


def arrived(**settings):
    faults = Faults(NONE | settings, "in")
    return [faults.deliveries(FRAME) for _ in range(4000)]


def test_a_good_line_changes_nothing():
    assert arrived() == [[(0.0, FRAME)]] * 4000


@pytest.mark.parametrize("fault", ["loss", "dup", "reorder", "corrupt", "delay"])
def test_the_same_seed_gives_the_same_faults_and_another_seed_others(fault):
    assert arrived(**{fault: 0.4}) == arrived(**{fault: 0.4})
    assert arrived(**{fault: 0.4}) != arrived(**{fault: 0.4}, seed=2.0)


def test_each_fault_happens_as_often_as_asked_for():
    assert sum(not copies for copies in arrived(loss=0.3)) == pytest.approx(1200, abs=100)
    assert sum(len(copies) == 2 for copies in arrived(dup=0.2)) == pytest.approx(800, abs=100)
    assert sum(copies[0][1] != FRAME for copies in arrived(corrupt=0.1)) == pytest.approx(400, abs=80)
    assert sum(copies[0][0] > 0 for copies in arrived(reorder=0.5)) == pytest.approx(2000, abs=150)
    assert max(copies[0][0] for copies in arrived(delay=0.5)) == pytest.approx(0.5, abs=0.01)


async def test_a_faulty_link_loses_both_ways_and_what_is_damaged_is_not_believed(stations, heartbeat, eventually):
    ground, vehicle = stations(), stations(sysid=1)
    bad = await ground.add("faulty+udpin://127.0.0.1:0?loss=0.5&corrupt=0.2&seed=3")
    good = await vehicle.add(f"udpout://127.0.0.1:{bad.port}")
    for _ in range(60):
        vehicle.send(heartbeat)
    await eventually(lambda: bad.frames_in > 10)
    for _ in range(60):
        ground.send(heartbeat)
    await eventually(lambda: len(vehicle.heard) > 10)

    assert 10 < bad.frames_in < 40
    assert len(ground.heard) == bad.frames_in
    assert good.url.endswith(str(bad.port))
    assert bad.url == f"faulty+udpin://127.0.0.1:{bad.port}?loss=0.5&corrupt=0.2&seed=3"


async def test_what_is_delayed_does_not_arrive_at_a_closed_link(stations, heartbeat):
    ground, vehicle = stations(), stations(sysid=1)
    slow = await ground.add("faulty+udpin://127.0.0.1:0?delay=0.05&seed=1")
    await vehicle.add(f"udpout://127.0.0.1:{slow.port}")
    for _ in range(20):
        vehicle.send(heartbeat)
    await ground.until(1)
    await ground.stop()
    heard = len(ground.heard)
    await asyncio.sleep(0.06)

    assert len(ground.heard) == heard < 20
