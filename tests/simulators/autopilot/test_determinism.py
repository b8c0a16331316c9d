"""The same input gives the same bytes, over whole flights, at every speed a fleet may run at."""

import copy

import pytest

from simulators.autopilot import Autopilot, VehicleSpec
from simulators.autopilot.ports import VehiclePorts
from simulators.wind import WindSpec
from telemetry.frames import encode_frame
from telemetry.messages import new

STEP_S = 0.02
POINT = {"frame": 3, "command": 16, "autocontinue": 1, "target_system": 1, "target_component": 1}
MISSION = [
    {"frame": 0, "z": 10.0},
    {"command": 22, "z": 15.0},
    {"x": 299003000, "y": 1218400000, "z": 15.0},
    {"x": 299003000, "y": 1218403000, "z": 20.0},
    {"command": 20},
]


class Ground:
    """What a ground station says, frame by frame, each at its time."""

    def __init__(self, ports):
        self.ports, self.port, self.seq = ports, ports.open("serial0", 0), 0
        self.port.listening = True
        self.heard = bytearray()

    def say(self, name, **fields):
        self.ports.heard(encode_frame(new(name, **fields), seq=self.seq, sysid=255, compid=190), self.port)
        self.seq = (self.seq + 1) & 0xFF
        self.take()

    def command(self, number, **params):
        self.say("COMMAND_LONG", target_system=1, target_component=1, command=number, **params)

    def take(self):
        self.heard += b"".join(self.port.take())

    def run(self, seconds, speedup=1.0):
        for _ in range(round(seconds / STEP_S / speedup)):
            self.ports.step(STEP_S * speedup, STEP_S)
            self.take()


def flown(*, seed, speedup=1.0, for_s=180.0):
    spec = VehicleSpec(wind=WindSpec(speed_m_s=2.0, gust_sigma_m_s=0.7))
    ground = Ground(VehiclePorts(Autopilot(spec, seed)))
    ground.say("HEARTBEAT", type=6, autopilot=8)
    ground.say("REQUEST_DATA_STREAM", target_system=1, req_stream_id=0, req_message_rate=4, start_stop=1)
    ground.say("MISSION_COUNT", target_system=1, target_component=1, count=len(MISSION))
    for seq, item in enumerate(MISSION):
        ground.say("MISSION_ITEM_INT", **{**POINT, **item, "seq": seq})
    ground.command(176, param1=1.0, param2=4.0)
    ground.command(400, param1=1.0)
    ground.command(300)
    ground.run(for_s, speedup)
    return ground


def test_a_whole_flight_in_gusts_gives_the_same_bytes_each_time():
    one, same, other = flown(seed=7), flown(seed=7), flown(seed=8)
    vehicle = one.ports.autopilot.vehicle
    assert not vehicle.armed
    assert vehicle.battery.consumed_mah > 100
    assert len(one.heard) > 100_000
    assert one.heard == same.heard
    assert one.heard != other.heard


@pytest.mark.parametrize("speedup", [5.0, 25.0, 100.0])
def test_a_flight_at_any_speed_ends_where_it_ends_at_ordinary_speed(speedup):
    slow = flown(seed=7).ports.autopilot.vehicle
    fast = flown(seed=7, speedup=speedup).ports.autopilot.vehicle
    assert not fast.armed
    assert fast.mission.state == slow.mission.state
    assert fast.battery.consumed_mah == pytest.approx(slow.battery.consumed_mah, rel=0.05)
    assert abs(fast.body.north_m) < 1.5
    assert abs(fast.body.east_m) < 1.5


@pytest.mark.parametrize(
    "before_s", [0.5, 6.0, 40.0, 170.0], ids=["on the ground", "climbing", "on its way", "landed again"]
)
def test_a_copy_flies_on_as_the_vehicle_did_whatever_became_of_that(before_s):
    def go_on(ground):
        ground.heard.clear()
        ground.run(20.0)
        ground.say("PARAM_SET", target_system=1, param_id="SIM_RC_FAIL", param_value=1.0, param_type=9)
        ground.command(176, param1=1.0, param2=6.0)
        ground.run(60.0)
        return bytes(ground.heard)

    ground = flown(seed=7, for_s=before_s)
    ground.say("PARAM_SET", target_system=1, param_id="SIM_GPS1_GLTCH_X", param_value=0.0005, param_type=9)
    kept = copy.deepcopy(ground)
    first = go_on(ground)
    assert len(first) > 50_000
    assert go_on(copy.deepcopy(kept)) == first, "the copy shares something with the vehicle"
    assert go_on(kept) == first, "the copy's copy shares something with it"


def test_a_vehicle_that_is_held_in_flight_hangs_there_and_goes_on_as_if_nothing_had_been():
    held, plain = flown(seed=7, for_s=40.0), flown(seed=7, for_s=40.0)
    assert held.ports.autopilot.vehicle.flying
    for _ in range(100):
        held.ports.step(0.0, 0.0)
    held.run(30.0)
    plain.run(30.0)
    one, other = held.ports.autopilot.vehicle, plain.ports.autopilot.vehicle
    assert (one.now_s, one.position_deg, one.relative_alt_m) == (other.now_s, other.position_deg, other.relative_alt_m)
