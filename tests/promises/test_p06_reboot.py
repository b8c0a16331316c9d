"""6: a vehicle, or ground control, that restarts in the middle of an upload ends verified, or unknown and not armed."""

import asyncio

from scripted_ardupilot import ScriptedArduPilot, through_the_wire

from gcs.fleet.roster import Fleet
from gcs.vehicles.care import CareSettings
from gcs.vehicles.station import Station
from simulators.autopilot.items.stored_items import stored
from telemetry.messages import new
from telemetry.services import commands
from telemetry.services.mission_item import from_message, mission_hash, to_message

POINTS = 500
ITEMS = 40
DOWN_S, BOOTS_S = 1.2, 3.6
OWN, TARGET = (255, 190), (1, 1)
RESTARTS = 200
DISK_S = 0.02


class Rebooting:
    """Holds an older mission, takes a new one, and can be restarted; 2.4 s after its return it takes missions again."""

    sysid = 1

    def __init__(self, say, clock, older):
        self._say, self._clock = say, clock
        self.missions = ScriptedArduPilot()
        self.missions.items[0] = list(older)
        self.armed = False
        self.arms_at = []
        self._rebooted_s = float("-inf")

    @property
    def age_s(self):
        return self._clock.monotonic_s() - self._rebooted_s

    def reboot(self):
        self._rebooted_s = self._clock.monotonic_s()
        self.armed = False
        self.missions.reboot()
        asyncio.get_running_loop().call_later(DOWN_S + 0.01, self.beat)

    def take(self, message):
        if self.age_s < DOWN_S:
            return
        if message.message_name == "COMMAND_LONG":
            self._obey(message)
        self.missions.max_items = 0 if self.age_s < BOOTS_S else 650
        self._tell(self.missions.take(message, OWN, self._clock.monotonic_s()))

    def beat(self):
        if self.age_s < DOWN_S:
            return
        status = 1 if self.age_s < BOOTS_S else 3
        base = 81 | (128 if self.armed else 0)
        self._tell([new("HEARTBEAT", type=2, autopilot=3, base_mode=base, system_status=status)])
        self._tell(self.missions.tick(self._clock.monotonic_s()))

    def _obey(self, message):
        if message.command == 400:
            self.arms_at.append(tuple(self.missions.items[0]))
            self.armed = True
        self._tell([new("COMMAND_ACK", command=message.command, target_system=255, target_component=190)])

    def _tell(self, messages):
        for message in messages:
            self._say(1, message)


def _fly(virtual, post_of, older, newer, reboot_after_s):
    """The vehicle, its state as known, what became of arming, how long
    the transfer took and how soon the reboot was noticed."""
    post = post_of(virtual)
    fleet, events, took_s = Fleet(), [], []
    post.station = post.wire.station = Station(
        post.wire, fleet, virtual, lambda e: events.append((virtual.monotonic_s(), e)), CareSettings(rates={})
    )
    vehicle = post.wire.autopilots[1] = Rebooting(post.wire._arrive, virtual, older)
    rebooted_s = []

    def reboot():
        rebooted_s.append(virtual.monotonic_s())
        vehicle.reboot()

    async def story():
        if reboot_after_s is not None:
            asyncio.get_running_loop().call_later(reboot_after_s, reboot)
        began_s = virtual.monotonic_s()
        await post.station.transfer_mission("main-1", newer, "chen")
        took_s.append(virtual.monotonic_s() - began_s)
        await asyncio.sleep(12.0)
        return await post.station.command("main-1", commands.arm(TARGET), "chen")

    armed = post.run(story)
    noticed_s = [at for at, event in events if event.kind == "vehicle.rebooted"]
    noticed_after_s = noticed_s[0] - rebooted_s[0] if rebooted_s else None
    return vehicle, fleet.vehicles["main-1"], armed, took_s[0], noticed_after_s


def test_a_reboot_at_any_point_of_an_upload(virtual, post_of, patrol):
    newer = patrol(ITEMS)
    kept = [stored(from_message(through_the_wire(to_message(item, TARGET))), 0) for item in newer[1:]]
    older = [stored(item, 0) for item in patrol(ITEMS + 10, shift=100_000)]
    verified = blocked = mixed_arms = wrong = 0
    slowest_s = 0.0
    _, _, _, lasts_s, _ = _fly(virtual, post_of, older, newer, None)
    for point in range(POINTS):
        at_s = lasts_s * point / POINTS
        vehicle, state, armed, _, noticed_s = _fly(virtual, post_of, older, newer, at_s)
        slowest_s = max(slowest_s, noticed_s)
        mixed_arms += sum(list(held[1:]) != kept for held in vehicle.arms_at)
        known_as_planned = state.mission_known and state.mission_hash == mission_hash(newer)
        if vehicle.missions.items[0][1:] == kept and known_as_planned:
            verified += 1
        elif not state.mission_known and not armed.ok and not vehicle.arms_at:
            blocked += 1
        else:
            wrong += 1
    print(
        f"promise 6: goal {POINTS} reboots at points of an upload end verified or unknown and blocked, noticed <= 2 s, "
        f"0 arms on a mixed mission; measured {verified} verified, {blocked} blocked, {wrong} neither, "
        f"{mixed_arms} mixed arms, noticed in {slowest_s:.1f} s"
    )
    assert (verified + blocked, wrong, mixed_arms) == (POINTS, 0, 0)
    assert min(verified, blocked) > 0
    assert slowest_s <= 2.0


class Disk:
    """What outlives ground control: vehicles whose upload began and was not verified. Keeping takes a moment."""

    def __init__(self):
        self.kept = set()

    def vehicles(self):
        return frozenset(self.kept)

    async def began(self, vehicle_id):
        await asyncio.sleep(DISK_S)
        self.kept.add(vehicle_id)

    async def verified(self, vehicle_id):
        await asyncio.sleep(DISK_S)
        self.kept.discard(vehicle_id)


def _restart(virtual, post_of, older, newer, after_s):
    """Ground control is killed `after_s` into an upload and started again; the vehicle and its state as known,
    what became of arming, and of another upload with arming after it."""
    post, disk = post_of(virtual), Disk()
    vehicle = post.wire.autopilots[1] = Rebooting(post.wire._arrive, virtual, older)

    def fresh():
        fleet = Fleet()
        station = Station(post.wire, fleet, virtual, lambda _: None, CareSettings(rates={}), uploads=disk)
        post.station = post.wire.station = station
        return fleet

    fresh()

    async def story():
        uploading = asyncio.get_running_loop().create_task(post.station.transfer_mission("main-1", newer, "chen"))
        await asyncio.sleep(after_s)
        uploading.cancel()
        await post.station.stop()
        fleet = fresh()
        await post.station.start()
        await asyncio.sleep(40.0)
        state = fleet.vehicles["main-1"]
        held = list(vehicle.missions.items[0])
        armed = await post.station.command("main-1", commands.arm(TARGET), "chen")
        vehicle.armed = False
        await asyncio.sleep(2.0)
        again = await post.station.transfer_mission("main-1", newer, "chen")
        return state, held, armed, again, fleet.vehicles["main-1"], disk.vehicles()

    return post.run(story)


def test_ground_control_restarted_at_any_point_of_an_upload(virtual, post_of, patrol):
    newer = patrol(ITEMS)
    kept = [stored(from_message(through_the_wire(to_message(item, TARGET))), 0) for item in newer[1:]]
    older = [stored(item, 0) for item in patrol(ITEMS + 10, shift=100_000)]
    _, _, _, lasts_s, _ = _fly(virtual, post_of, older, newer, None)
    known = blocked = mixed_known = 0
    for point in range(RESTARTS):
        after_s = (lasts_s + 6 * DISK_S) * point / RESTARTS
        state, held, armed, again, after, left = _restart(virtual, post_of, older, newer, after_s)
        whole = held[1:] in (kept, list(older[1:]))
        mixed_known += state.mission_known and not whole
        known += state.mission_known and whole and armed.ok
        blocked += not state.mission_known and not armed.ok
        assert again.verified
        assert after.mission_known
        assert not left
    print(
        f"promise 6: goal {RESTARTS} restarts of ground control at points of an upload never make a mixed mission "
        f"known; measured {mixed_known} mixed and known, {known} whole and known, {blocked} unknown and blocked"
    )
    assert (mixed_known, known + blocked) == (0, RESTARTS)
    assert min(known, blocked) > 0
