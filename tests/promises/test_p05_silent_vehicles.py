"""5: vehicles that fall silent and come back are told once an edge, soon, and leave nothing running."""

import asyncio
from datetime import UTC, datetime

from gcs.fleet.roster import Fleet
from simulators.seeded import Seeded
from telemetry.messages import new
from telemetry.received import Origin, Received

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
TICK_S = 0.25


class Flapping:
    """One vehicle that beats once a second while its link is up, and what was told of it."""

    def __init__(self, sysid, seed):
        self.sysid = sysid
        self.random = Seeded(seed * 1000 + sysid)
        self.up = True
        self.last_beat_s = self.next_beat_s = self.random.uniform()
        self.flips_s = 10.0 + self.random.between(1, 30)
        self.told_lost = self.told_back = True
        self.lost_after_s, self.back_after_s, self.wrong = [], [], 0

    def beat(self, now_s):
        """The heartbeat that is due, if the link is up."""
        if now_s >= self.flips_s:
            self.up = not self.up
            self.flips_s = now_s + self.random.between(1, 30)
        if now_s < self.next_beat_s:
            return None
        self.next_beat_s += 1.0
        if not self.up:
            return None
        silent_s, self.last_beat_s = now_s - self.last_beat_s, now_s
        self.told_lost, self.told_back = False, silent_s < 3.5
        beat = new("HEARTBEAT", type=2, autopilot=3, system_status=3)
        return Received(beat, self.sysid, 1, 0, Origin("udpin://", str(self.sysid)), now_s)

    def lost(self, now_s):
        self.wrong += self.told_lost
        self.told_lost = True
        self.lost_after_s.append(now_s - self.last_beat_s)

    def back(self, now_s):
        self.wrong += self.told_back
        self.told_back = True
        self.back_after_s.append(now_s - self.last_beat_s)


def test_silences_of_many_vehicles(soak):
    vehicles = {n: Flapping(n, 5) for n in range(1, 101)}
    fleet, silences, now_s = Fleet(), 100_000 if soak else 3_000, 0.0
    while sum(len(v.lost_after_s) for v in vehicles.values()) < silences:
        now_s += TICK_S
        for vehicle in vehicles.values():
            received = vehicle.beat(now_s)
            told = [] if received is None else fleet.receive(received, now_s, NOON)
            if any(event.kind == "vehicle.back" for event in told):
                vehicle.back(now_s)
        for event in fleet.tick(now_s, NOON):
            vehicles[int(event.vehicle.split("-")[1])].lost(now_s)
    lost = [s for v in vehicles.values() for s in v.lost_after_s]
    back = [s for v in vehicles.values() for s in v.back_after_s]
    wrong = sum(v.wrong for v in vehicles.values())
    print(
        f"promise 5: goal {silences} silences over {len(vehicles)} vehicles told after 3.0-4.5 s, returns with the "
        f"first heartbeat, once an edge; measured {min(lost):.2f}-{max(lost):.2f} s, {max(back):.2f} s, {wrong} wrong"
    )
    assert min(lost) >= 3.0
    assert max(lost) <= 4.5
    assert max(back) == 0.0
    assert wrong == 0
    assert abs(len(lost) - len(back)) <= len(vehicles)


def test_nothing_is_left_running(virtual, post_of, soak):
    """A whole station with its care for each vehicle, whose link is up and down for 1 to 30 s by turns."""
    post, many, flaps = post_of(virtual), 100, 60 if soak else 2
    vehicles = [post.autopilot, *(post.wire.add(n) for n in range(2, many + 1))]

    async def flap(vehicle):
        random = Seeded(vehicle.sysid)
        for _ in range(flaps):
            await asyncio.sleep(random.between(1.0, 30.0))
            vehicle.silent = not vehicle.silent

    async def story():
        await asyncio.sleep(20.0)
        before = len(asyncio.all_tasks())
        await asyncio.gather(*map(flap, vehicles))
        await asyncio.sleep(20.0)
        return before, len(asyncio.all_tasks())

    before, after = post.run(story)
    stale, back = (post.kinds(kind).count(kind) for kind in ("vehicle.stale", "vehicle.back"))
    print(
        f"promise 5: goal 0 tasks left over by {many * flaps // 2} outages of 1-30 s over {many} vehicles; "
        f"measured {after - before} ({stale} noticed, {back} back)"
    )
    assert after == before
    assert stale == back > many * flaps // 3
