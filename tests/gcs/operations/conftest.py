"""A scripted fleet, a store in memory and a small plan, for operations in virtual time."""

import asyncio
from dataclasses import dataclass, field
from types import SimpleNamespace

import pytest
from msgspec.structs import replace

from gcs.fleet.state import Battery, Gps, MissionProgress, Position, StatusText, VehicleState
from gcs.operations.conductor import Conductor
from gcs.operations.timings import OperationTimings
from missions.plan import Plan, Sortie, Waypoint
from telemetry.constants import MavCmd
from telemetry.services.mission_item import MissionItem, mission_hash

LAT, LON = 29.9, 121.84
GUIDED, AUTO, RTL, BRAKE = 4, 3, 6, 17
STEP_S = 0.25
EKF_GOOD = 831


def make_mission(sortie):
    """Home, take-off, the path as waypoints, RTL."""
    way = [
        MissionItem(
            seq=n, command=MavCmd.NAV_WAYPOINT, x=round(w.lat_deg * 1e7), y=round(w.lon_deg * 1e7), z=w.alt_rel_m
        )
        for n, w in enumerate(sortie.path, start=2)
    ]
    rtl = MissionItem(seq=len(way) + 2, command=MavCmd.NAV_RETURN_TO_LAUNCH)
    return (MissionItem(seq=0, command=16), MissionItem(seq=1, command=MavCmd.NAV_TAKEOFF, z=30.0), *way, rtl)


def make_plan(drones=2, sorties=1, legs=3):
    def path(drone, number):
        north = 0.00015 * (drone + 3 * number)
        return tuple(Waypoint(LON + 0.0002 * leg, LAT + north, 50.0, survey=leg > 0) for leg in range(legs))

    flown = tuple(
        Sortie(d, s, path(d, s), 100.0, 120.0, 40.0, 8.0, start_s=200.0 * s)
        for d in range(drones)
        for s in range(sorties)
    )
    ring = ((LON, LAT), (LON + 0.001, LAT), (LON + 0.001, LAT + 0.001), (LON, LAT + 0.001))
    return Plan(((ring,),), (), flown, 500.0, 1.0, (("endurance_s", 1200.0),))


def ready_state(vehicle_id, now_s, **changes):
    """A vehicle on the ground that every check is happy with."""
    home = Position(lat_deg=LAT, lon_deg=LON, alt_rel_m=0.0, alt_amsl_m=10.0)
    state = VehicleState(
        id=vehicle_id,
        network=vehicle_id.rsplit("-", 1)[0],
        sysid=int(vehicle_id.rsplit("-", 1)[1]),
        simulated=True,
        autopilot=3,
        vehicle_type=2,
        mode="STABILIZE",
        armed=False,
        system_status=3,
        landed_state=1,
        position=home,
        battery=Battery(voltage_v=12.6, remaining_pct=100, cells=3.0),
        gps=Gps(fix=6, satellites=10),
        ekf_flags=EKF_GOOD,
        prearm_ok=True,
        home=home,
        mission_known=True,
        mission_hash="nothing",
        last_heard_s=now_s,
        last_heartbeat_s=now_s,
    )
    return replace(state, **changes)


MODES = {GUIDED: "GUIDED", AUTO: "AUTO", RTL: "RTL", BRAKE: "BRAKE"}


@dataclass
class FakeVehicle:
    """Flies a mission in virtual time: 2 s to lift, `leg_s` an item, 10 s home, `swap_s` to a full battery."""

    state: VehicleState
    leg_s: float = 5.0
    swap_s: float = 20.0
    items: tuple = ()
    refuse: dict = field(default_factory=dict)
    ignore: set = field(default_factory=set)
    broken_uploads: int = 0
    silent: bool = False
    home_at_arming: bool = False
    paused: bool = False
    timer_s: float = 0.0

    def set(self, **changes):
        self.state = replace(self.state, **changes)

    def mission(self, **changes):
        self.set(mission=replace(self.state.mission, **changes))

    def step(self, now_s, utc):
        if self.state.armed:
            self._fly()
        elif (self.state.battery.remaining_pct or 0) < 90:
            self.timer_s += STEP_S
            if self.timer_s >= self.swap_s:
                self.timer_s = 0.0
                self.set(battery=Battery(voltage_v=12.6, remaining_pct=100, cells=3.0))
        if not self.silent:
            self.set(last_heard_s=now_s, last_heartbeat_s=now_s)

    def _fly(self):
        self.timer_s += STEP_S
        if self.state.landed_state == 1:
            if self.state.mode == "AUTO" and self.timer_s >= 2.0:
                self.timer_s = 0.0
                self.set(landed_state=2)
                self.mission(current=2, reached=1, state=3)
        elif self.state.mode == "RTL" or (self.state.mode == "AUTO" and self._item().command in (20, 21)):
            if self.timer_s >= 10.0:
                self._land()
        elif self.state.mode == "AUTO" and not self.paused and self.timer_s >= self.leg_s:
            self.timer_s = 0.0
            item = self._item()
            self.set(position=Position(lat_deg=item.x / 1e7, lon_deg=item.y / 1e7, alt_rel_m=50.0, alt_amsl_m=60.0))
            self.mission(current=item.seq + 1, reached=item.seq)

    def _item(self):
        return self.items[self.state.mission.current]

    def _land(self):
        complete = self.state.mode == "AUTO"
        if complete and (item := self._item()).command == MavCmd.NAV_LAND:
            self.set(position=Position(lat_deg=item.x / 1e7, lon_deg=item.y / 1e7, alt_rel_m=0.0, alt_amsl_m=10.0))
        self.timer_s = 0.0
        self.set(armed=False, landed_state=1, battery=Battery(voltage_v=11.0, remaining_pct=20, cells=3.0))
        self.mission(current=0, state=5 if complete else 2)

    def take(self, message, utc):
        """(result, ok) of a command."""
        number, p2 = message.command, int(message.param2)
        if number in self.refuse:
            self.set(texts=(*self.state.texts, StatusText(severity=2, text=self.refuse[number], at=utc)))
            return False
        if number == MavCmd.DO_SET_MODE:
            self.paused = False
            self.set(mode=MODES[p2])
        elif number == MavCmd.COMPONENT_ARM_DISARM:
            self.set(armed=message.param1 == 1)
            if self.home_at_arming and self.state.armed:
                self.set(home=self.state.position)
            self.mission(reached=None)
            self.timer_s = 0.0
        elif number == MavCmd.MISSION_START:
            self.set(mode="AUTO")
            self.mission(current=1, state=3)
            self.timer_s = 0.0
        elif number == MavCmd.NAV_RETURN_TO_LAUNCH:
            self.set(mode="RTL")
            self.timer_s = 0.0
        elif number == MavCmd.DO_PAUSE_CONTINUE:
            self.paused = message.param1 == 0
        return True


class FakeFleet:
    """The `Vehicles` port over fake vehicles; `commands` lists (time, vehicle, command, param1, param2, actor)."""

    def __init__(self, clock, *ids):
        self.clock = clock
        self.fakes = {i: FakeVehicle(ready_state(i, clock.monotonic_s())) for i in ids}
        self.commands = []
        self.uploads = []
        self._moved = []

    @property
    def vehicles(self):
        return {i: fake.state for i, fake in self.fakes.items()}

    def target(self, vehicle_id):
        return self.fakes[vehicle_id].state.sysid, 1

    def on_moved(self, subscriber):
        self._moved.append(subscriber)
        return lambda: self._moved.remove(subscriber)

    async def command(self, vehicle_id, message, actor):
        fake = self.fakes[vehicle_id]
        if fake.state.stale(self.clock.monotonic_s()):
            return outcome(ok=False)
        asked = (vehicle_id, int(message.command), int(message.param1), int(message.param2), actor)
        self.commands.append((self.clock.monotonic_s(), *asked))
        await asyncio.sleep(0.02)
        if message.command in fake.ignore:
            await asyncio.sleep(3.0)
            return outcome(ok=False, timed_out=True)
        return outcome(ok=fake.take(message, self.clock.utc()))

    async def transfer_mission(self, vehicle_id, items, actor):
        fake = self.fakes[vehicle_id]
        self.uploads.append((self.clock.monotonic_s(), vehicle_id, len(items)))
        fake.set(mission_known=False, mission_hash=None)
        await asyncio.sleep(0.5)
        if fake.broken_uploads:
            fake.broken_uploads -= 1
            return SimpleNamespace(verified=False, reason="it went silent")
        fake.items = tuple(items)
        fake.set(mission_known=True, mission_hash=mission_hash(items), mission=MissionProgress(total=len(items) - 1))
        return SimpleNamespace(verified=True, reason="")

    async def live(self):
        """Time passes for every vehicle."""
        while True:
            await asyncio.sleep(STEP_S)
            for fake in self.fakes.values():
                before = fake.state.position
                fake.step(self.clock.monotonic_s(), self.clock.utc())
                if fake.state.position is not before:
                    for subscriber in tuple(self._moved):
                        subscriber(fake.state)

    def sent(self, command, vehicle=None):
        return [c for c in self.commands if c[2] == command and vehicle in (None, c[1])]


def outcome(*, ok, timed_out=False):
    return SimpleNamespace(result=None, ok=ok, timed_out=timed_out, attempts=1, detail="")


class MemoryStore:
    """An `OperationStore` that keeps everything in memory and survives the conductor; `full` makes it fail."""

    def __init__(self):
        self.plans, self.operations, self.events, self.tracks = {}, {}, [], {}
        self.full = False

    async def put_plan(self, plan):
        if self.full:
            raise OSError("disk full")
        self.plans[plan.hash] = plan

    async def get_plan(self, plan_hash):
        return self.plans.get(plan_hash)

    async def put_operation(self, operation, events):
        await asyncio.sleep(0.005)
        if self.full:
            raise OSError("disk full")
        kept = [replace(event, seq=len(self.events) + n) for n, event in enumerate(events, start=1)]
        self.operations[operation.id] = operation
        self.events.extend(kept)
        return kept

    async def list_operations(self):
        return list(self.operations.values())

    async def append_track(self, operation, vehicle, points):
        if self.full:
            raise OSError("disk full")
        self.tracks.setdefault((operation, vehicle), []).extend(points)

    async def read_track(self, operation, vehicle):
        return self.tracks.get((operation, vehicle), [])


class Stage:
    """Everything an operation needs, in virtual time."""

    def __init__(self, virtual):
        self.virtual = virtual
        self.fleet = FakeFleet(virtual, "sim-1", "sim-2")
        self.store = MemoryStore()
        self.published = []
        self.reports = []
        self.measured = []

    def conductor(self, **changes):
        async def write_report(operation):
            self.reports.append(operation)
            return f"report-{operation.id}.html"

        async def at_once(work, *args):
            return work(*args)

        def measure(area, no_fly, tracks, swath_m):
            self.measured.append((tracks, swath_m))
            return 0.99

        services = {
            "vehicles": self.fleet,
            "store": self.store,
            "clock": self.virtual,
            "publish": self.published.append,
            "make_mission": make_mission,
            "measure": measure,
            "write_report": write_report,
            "off_loop": at_once,
            "timings": OperationTimings(),
        }
        return Conductor(**(services | changes))

    def kinds(self, *prefixes):
        return [e.kind for e in self.published if not prefixes or e.kind.startswith(prefixes)]

    async def until(self, true):
        while True:
            if true():
                return
            await asyncio.sleep(0.1)

    def run(self, story):
        async def told():
            living = asyncio.get_running_loop().create_task(self.fleet.live())
            try:
                return await story()
            finally:
                living.cancel()

        return self.virtual.run(told())

    async def launched(self, conductor, plan, vehicles=("sim-1", "sim-2")):
        """Through all steps to launch."""
        operation = await conductor.create(plan, "night", "patrol", vehicles, "chen")
        await conductor.check(operation.id, "chen")
        await conductor.authorise(operation.id, "li", "agreed")
        await conductor.upload(operation.id, "chen")
        return await conductor.launch(operation.id, "chen")


@pytest.fixture
def stage(virtual):
    return Stage(virtual)


@pytest.fixture
def plan_of():
    return make_plan


@pytest.fixture
def vehicle_ready():
    return ready_state


@pytest.fixture
def mission_of():
    return make_mission
