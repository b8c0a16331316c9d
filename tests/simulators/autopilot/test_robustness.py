"""Whatever a client says, the vehicle goes on and everything it says fits the wire."""

import math
import random

import pytest

from simulators.autopilot import HEARD, Autopilot, VehicleSpec
from simulators.autopilot.fit import fitted
from telemetry.dialect import ARDUPILOTMEGA
from telemetry.frames import encode_frame
from telemetry.messages import new

ODD_FLOATS = (0.0, -0.0, 1.0, -1.0, 2.0, 1e-9, 1e9, 3.4e38, -3.4e38, math.inf, -math.inf, math.nan)
WHOLE = {"8": 8, "16": 16, "32": 32, "64": 64}
COMMANDS = (
    16, 17, 20, 21, 22, 115, 176, 177, 178, 179, 181, 183, 192, 193, 195, 197, 201, 207, 224, 246, 300, 400, 401, 410,
    510, 511, 512, 520, 203, 205, 206, 531, 1000, 1001, 2000, 2001, 2500, 2501, 42651,
)  # fmt: skip

PARAMETERS = (
    "WPNAV_SPEED", "WPNAV_ACCEL", "WPNAV_ACCEL_Z", "WPNAV_RADIUS", "LAND_SPEED", "RTL_ALT", "RTL_CONE_SLOPE",
    "FENCE_ENABLE", "FENCE_TYPE", "FENCE_RADIUS", "FENCE_ALT_MAX", "FENCE_ACTION", "DISARM_DELAY", "GUID_TIMEOUT",
    "CIRCLE_RADIUS",
    "SIM_RC_FAIL", "SIM_BATT_VOLTAGE", "SIM_ENGINE_FAIL", "SIM_GPS1_ENABLE", "SIM_WIND_SPD", "BATT_LOW_TIMER",
    "MNT1_TYPE", "CAM1_TYPE", "ADSB_TYPE", "SIM_ADSB_COUNT", "SIM_ADSB_RADIUS", "SIM_ADSB_ALT", "DID_ENABLE",
    "SIM_GPS1_GLTCH_X", "SIM_MAG1_FAIL", "SIM_MAG2_FAIL", "SIM_MAG3_FAIL", "RALLY_LIMIT_KM", "BATT_LOW_VOLT",
)  # fmt: skip


def value(field, chance):
    if field.is_text:
        return chance.choice((*PARAMETERS, "", "x" * field.array_length))
    if field.name in ("target_system", "start_stop"):
        return 1
    if field.name in ("mission_type", "current"):
        return chance.choice((0, 0, 0, 1, 2, 3, 255))
    if field.name == "command" and chance.random() < 0.9:
        return chance.choice(COMMANDS)
    if field.type in ("float", "double"):
        return chance.choice(ODD_FLOATS) if chance.random() < 0.5 else chance.uniform(-200, 200)
    bits = next(size for name, size in WHOLE.items() if name in field.type)
    low, high = (0, 2**bits - 1) if field.type.startswith("u") else (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)
    return chance.choice((low, high, 0, 1, 2, 3)) if chance.random() < 0.6 else chance.randint(low, high)


def said(kind, chance):
    values = {}
    for field in kind.TYPE.fields:
        count = 0 if field.is_text else field.array_length
        values[field.name] = tuple(value(field, chance) for _ in range(count)) if count else value(field, chance)
    return new(kind.TYPE.name, **values)


@pytest.mark.parametrize("seed", range(6))
def test_nothing_that_is_said_breaks_the_vehicle(seed):
    chance = random.Random(seed)
    kinds = [ARDUPILOTMEGA.by_name[name] for name in sorted(HEARD)]
    pilot = Autopilot(VehicleSpec(warm=seed % 2 == 0), seed)
    pilot.open("A")
    sent = 0
    for command, one, other in ((176, 1.0, 4.0), (400, 1.0, 21196.0)):
        pilot.receive(new("COMMAND_LONG", command=command, param1=one, param2=other), 255, 190, "A")
    pilot.receive(new("COMMAND_LONG", command=22, param7=30.0), 255, 190, "A")
    pilot.step(8.0)
    for _ in range(500):
        pilot.receive(said(chance.choice(kinds), chance), chance.choice((255, 254, 1)), 190, "A")
        if chance.random() < 0.3:
            pilot.step(chance.choice((0.02, 0.05, 0.5)))
        for message, _ in pilot.drain():
            encode_frame(fitted(message), seq=0, sysid=1, compid=1)
            sent += 1
    body = pilot.vehicle.body
    assert sent > 500
    assert all(math.isfinite(v) for v in (body.north_m, body.east_m, body.up_m, body.yaw_rad))


def test_what_it_listens_to_is_what_it_has_an_answer_for():
    assert Autopilot(VehicleSpec(), 0)._handlers.keys() == HEARD
