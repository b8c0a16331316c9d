"""A wire with scripted autopilots at its other end, in virtual time; scripted files as the services have them."""

import asyncio
import sys
from pathlib import Path

import pytest

from gcs.fleet.roster import Fleet
from gcs.vehicles.station import Station
from telemetry.constants import MavCmd, MavMissionResult, MavResult
from telemetry.dialect import ARDUPILOTMEGA
from telemetry.messages import new
from telemetry.received import Origin, Received

sys.path.append(str(Path(__file__).parents[2] / "telemetry" / "services"))

RADIO = Origin("udpin://0.0.0.0:14550", "10.0.0.1:14550")
DELAY_S = 0.01


class FakeAutopilot:
    """Answers commands and mission transfers as ArduPilot does, without flying.

    `results` overrides the result of a command by number; None says nothing at all.
    """

    def __init__(self, sysid, say):
        self.sysid = sysid
        self._say = say
        self.mode, self.armed, self.status = 0, False, 3
        self.version, self.is_sitl = b"SIM1.0\0\0", False
        self.silent = False
        self.boot_ms = 60_000
        self.results = {}
        self.commands = []
        self.rates = {}
        self.items = []
        self.uploading, self.uploading_type = None, 0
        self.break_upload_at = None

    def say(self, name, **fields):
        if not self.silent:
            self._say(self.sysid, new(name, **fields))

    def beat(self):
        self.boot_ms += 1000
        base = 81 | (128 if self.armed else 0)
        self.say("HEARTBEAT", type=2, autopilot=3, base_mode=base, custom_mode=self.mode, system_status=self.status)
        streams = {
            "SYS_STATUS": {},
            "GLOBAL_POSITION_INT": {"time_boot_ms": self.boot_ms, "lat": 299000000, "lon": 1218400000},
            "EXTENDED_SYS_STATE": {"landed_state": 1},
            "MISSION_CURRENT": {"seq": 0, "total": max(0, len(self.items) - 1), "mission_state": 2},
        }
        for name, fields in streams.items():
            if name in self.rates:
                self.say(name, **fields)

    def reboot(self):
        self.boot_ms, self.rates, self.mode, self.armed = 0, {}, 0, False
        self.status = 1
        self.beat()
        self.status = 3

    def take(self, message):
        handler = getattr(self, "_" + message.message_name.lower(), None)
        if handler is not None and not self.silent:
            handler(message)

    def _command_long(self, message):
        self.commands.append(message)
        result = self.results.get(message.command, MavResult.ACCEPTED)
        if result is None:
            return
        if result == MavResult.ACCEPTED:
            self._act(message)
        self.say("COMMAND_ACK", command=message.command, result=result, target_system=255, target_component=190)

    def _act(self, message):
        if message.command == MavCmd.COMPONENT_ARM_DISARM:
            self.armed = message.param1 == 1
        elif message.command == MavCmd.SET_MESSAGE_INTERVAL:
            name = ARDUPILOTMEGA.by_id[int(message.param1)].TYPE.name
            self.rates[name] = 1e6 / message.param2
        elif message.command == MavCmd.REQUEST_MESSAGE and message.param1 == 148:
            self.say("AUTOPILOT_VERSION", flight_sw_version=0x04070000, flight_custom_version=tuple(self.version))
        elif message.command == MavCmd.REQUEST_MESSAGE and message.param1 == 164 and self.is_sitl and self.status > 1:
            self.say("SIMSTATE", lat=299000000, lng=1218400000)
        elif message.command == MavCmd.REQUEST_MESSAGE and message.param1 == 242:
            self.say("HOME_POSITION", latitude=299000000, longitude=1218400000)

    def _mission_count(self, message):
        self.uploading, self.uploading_type = message.count, message.mission_type
        self.items = self.items[: message.count]
        self._request(0)

    def _request(self, seq):
        kind = self.uploading_type
        self.say("MISSION_REQUEST", target_system=255, target_component=190, seq=seq, mission_type=kind)

    def _mission_item_int(self, message):
        if self.uploading is None or message.seq == self.break_upload_at:
            return
        self.items[message.seq : message.seq + 1] = [message]
        if message.seq + 1 < self.uploading:
            self._request(message.seq + 1)
            return
        self.uploading = None
        kind, accepted = self.uploading_type, MavMissionResult.ACCEPTED
        self.say("MISSION_ACK", target_system=255, target_component=190, type=accepted, mission_type=kind)

    def _mission_request_list(self, message):
        kind = message.mission_type
        self.say("MISSION_COUNT", target_system=255, target_component=190, count=len(self.items), mission_type=kind)

    def _mission_request_int(self, message):
        if message.seq < len(self.items):
            self.say(
                "MISSION_ITEM_INT", **self.items[message.seq].replace(target_system=255, target_component=190).as_dict()
            )


class FakeWire:
    """Brings messages to the autopilots and back, `DELAY_S` later."""

    sysid, compid = 255, 190

    def __init__(self, clock):
        self._clock = clock
        self.sent = []
        self.station = None
        self.autopilots = {}

    def add(self, sysid):
        self.autopilots[sysid] = FakeAutopilot(sysid, self._arrive)
        return self.autopilots[sysid]

    def send(self, message, to=None):
        self.sent.append((self._clock.monotonic_s(), message, to))
        for autopilot in self.autopilots.values():
            if getattr(message, "target_system", autopilot.sysid) == autopilot.sysid:
                asyncio.get_running_loop().call_later(DELAY_S, autopilot.take, message)

    def loss(self, origin):
        return None

    def _arrive(self, sysid, message):
        received = Received(message, sysid, 1, 0, RADIO, self._clock.monotonic_s())
        asyncio.get_running_loop().call_later(DELAY_S, self.station.receive, received)

    async def live(self):
        while True:
            for autopilot in self.autopilots.values():
                autopilot.beat()
            await asyncio.sleep(1.0)


class Post:
    """A station at work, with one autopilot (sysid 1) on the wire."""

    origin = RADIO

    def __init__(self, virtual):
        self._virtual = virtual
        self.events = []
        self.wire = FakeWire(virtual)
        self.autopilot = self.wire.add(1)
        self.fleet = Fleet()
        self.station = Station(self.wire, self.fleet, virtual, self.events.append)
        self.wire.station = self.station

    @property
    def state(self):
        return self.fleet.vehicles["main-1"]

    def kinds(self, *prefixes):
        return [event.kind for event in self.events if event.kind.startswith(prefixes or "")]

    def of_people(self):
        return [event for event in self.events if event.actor not in ("system", "main-1")]

    def run(self, story, *, settle_s=5.0):
        """Let the vehicle be known first, then tell the story."""

        async def told():
            living = asyncio.get_running_loop().create_task(self.wire.live())
            await self.station.start()
            try:
                await asyncio.sleep(settle_s)
                return await story()
            finally:
                await self.station.stop()
                living.cancel()

        return self._virtual.run(told())


@pytest.fixture
def post(virtual):
    return Post(virtual)
