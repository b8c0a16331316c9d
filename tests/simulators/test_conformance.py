"""The ground station's side of each recording is said to the simulator; its side must be the real one's.

Compared are answers, requests, items, texts, modes, arming and reached items, each kind in its own order.
The texts of the banner and touch-down speeds differ by design. `pytest -s` prints the table.
"""

import difflib
import re
from pathlib import Path

import pytest

from simulators.autopilot import HEARD, Autopilot, VehicleSpec
from simulators.local_frame import LocalFrame
from telemetry.dialect import ARDUPILOTMEGA
from telemetry.messages import decode_frame
from telemetry.tlog import read_tlog

RECORDINGS = Path(__file__).parents[1] / "data/sitl"
STEP_US = 20_000
ONE_READ_US = 60
BANNER = re.compile(r"^(ArduCopter V4|AeroPatrol sim|.{0,2}d?[0-9a-f\\d]{28,})")

KEYS = {
    "COMMAND_ACK": lambda m: (m.command, m.result, m.target_system),
    "MISSION_ACK": lambda m: (m.type, m.mission_type, m.target_system),
    "MISSION_REQUEST": lambda m: (m.seq, m.mission_type, m.target_system),
    "MISSION_COUNT": lambda m: (m.as_dict()["count"], m.mission_type),
    "MISSION_ITEM_INT": lambda m: (m.seq, m.command, m.frame, m.param1, m.param2, m.param3, m.param4, m.x, m.y, m.z),
    "MISSION_ITEM_REACHED": lambda m: (m.seq,),
    "STATUSTEXT": lambda m: (m.severity, re.sub(r"at [\d.]+ m/s", "at speed", m.text)),
    "HEARTBEAT": lambda m: (m.custom_mode, m.base_mode & 128),
}
SAYS_AGAIN = {"HEARTBEAT"}
PROTOCOL = ("COMMAND_ACK", "MISSION_ACK", "MISSION_REQUEST", "MISSION_COUNT", "MISSION_ITEM_INT")


class Comparison:
    """Two logs of (unix microseconds, message name, key)."""

    def __init__(self, real, simulated):
        self.real, self.simulated = real, simulated

    def share(self, names):
        real = [key for _, name, key in self.real if name in names]
        if not real:
            return 1.0
        simulated = [key for _, name, key in self.simulated if name in names]
        matcher = difflib.SequenceMatcher(a=real, b=simulated, autojunk=False)
        equal = sum(block.size for block in matcher.get_matching_blocks())
        return equal / max(len(real), len(simulated))

    def delays_s(self, name):
        """How much later than the real one each matching message came."""
        real = [row for row in self.real if row[1] == name]
        simulated = [row for row in self.simulated if row[1] == name]
        matcher = difflib.SequenceMatcher(a=[r[2] for r in real], b=[s[2] for s in simulated], autojunk=False)
        return [
            (simulated[block.b + n][0] - real[block.a + n][0]) / 1e6
            for block in matcher.get_matching_blocks()
            for n in range(block.size)
        ]


class Log(list):
    """Rows as `Comparison` takes them; messages named in `keep` are kept whole."""

    def __init__(self, keep):
        super().__init__()
        self._keep = keep

    def note(self, at_us, message):
        name = message.message_name
        if name in self._keep:
            self.append((at_us, name, message))
            return
        key = KEYS[name](message) if name in KEYS else None
        if key is None or (name == "STATUSTEXT" and BANNER.match(message.text)):
            return
        if name in SAYS_AGAIN and key == next((row[2] for row in reversed(self) if row[1] == name), None):
            return
        self.append((at_us, name, key))


def replay(name, *, sysid=1, two_links=False, params=None, keep=frozenset()):
    frames = list(read_tlog(RECORDINGS / f"{name}.tlog.gz"))
    real, asked, boot_us = Log(keep), [], None
    for at_us, frame in frames:
        kind = ARDUPILOTMEGA.by_id.get(frame.msgid)
        if kind is None:
            continue
        if frame.sysid < 240:
            message = decode_frame(kind, frame)
            real.note(at_us, message)
            if boot_us is None and getattr(message, "time_boot_ms", 0):
                boot_us = at_us - message.time_boot_ms * 1000
        elif kind.TYPE.name in HEARD:
            asked.append((at_us, frame, decode_frame(kind, frame)))
    pilot = Autopilot(VehicleSpec(sysid=sysid, alt_m=10.1, warm=False, params=params or {}))
    for channel in ("A", "B") if two_links else ("A",):
        pilot.open(channel)
    now_us = boot_us or frames[0][0]
    simulated = Log(keep)

    def take():
        for message, channel in pilot.drain():
            for _ in range(2 if two_links and channel is None else 1):
                simulated.note(now_us, message)

    def run(until_us):
        nonlocal now_us
        while now_us < until_us:
            step_us = min(STEP_US, until_us - now_us)
            now_us += step_us
            pilot.step(step_us / 1e6)
            take()

    for index, (at_us, frame, message) in enumerate(asked):
        run(at_us)
        pilot.receive(message, frame.sysid, frame.compid, "B" if frame.sysid == 254 else "A")
        if index + 1 == len(asked) or asked[index + 1][0] - at_us > ONE_READ_US:
            take()
    run(frames[-1][0])
    return Comparison(real, simulated)


BATTERY_FAILSAFES = {"BATT_LOW_VOLT": 11.5, "BATT_CRT_VOLT": 10.8, "BATT_FS_LOW_ACT": 2, "BATT_FS_CRT_ACT": 1}
FLOORS = {
    # recording: options, protocol, texts, modes, reached
    "modes": ({}, 1.0, 1.0, 1.0, 1.0),
    "readback": ({}, 1.0, 1.0, 1.0, 1.0),
    "connect": ({}, 1.0, 1.0, 1.0, 0.85),
    "mission_ok": ({}, 1.0, 1.0, 1.0, 1.0),
    "mission_bad": ({"two_links": True}, 0.99, 0.86, 1.0, 1.0),
    "commands": ({}, 1.0, 0.97, 0.95, 1.0),
    "fence_rally": ({}, 0.99, 0.97, 1.0, 1.0),
    "reboot": ({"sysid": 3}, 1.0, 0.93, 1.0, 1.0),
    "mavsdk_client": ({}, 1.0, 0.89, 1.0, 1.0),
    "failsafes_gcs": ({"params": {"FS_GCS_ENABLE": 1}}, 1.0, 0.9, 0.92, 1.0),
    "failsafes_battery": ({"params": BATTERY_FAILSAFES}, 1.0, 0.94, 1.0, 1.0),
    "failsafes_gps": ({}, 1.0, 0.69, 0.92, 1.0),
    "failsafes_radio": ({}, 1.0, 0.93, 0.87, 1.0),
    "failsafes_motor": ({}, 1.0, 1.0, 1.0, 1.0),
    "failsafes_prearm": ({}, 1.0, 0.84, 0.88, 1.0),
    "failsafes_prearm_guided": ({}, 1.0, 0.96, 1.0, 1.0),
}
KINDS = (PROTOCOL, ("STATUSTEXT",), ("HEARTBEAT",), ("MISSION_ITEM_REACHED",))


@pytest.mark.parametrize("name", FLOORS)
def test_the_vehicles_side_is_the_recorded_one(name):
    options, protocol, texts, modes, reached = FLOORS[name]
    comparison = replay(name, **options)
    shares = [comparison.share(names) for names in KINDS]

    print(f"{name:24s}" + "".join(f" {share:7.1%}" for share in shares))
    for got, floor in zip(shares, (protocol, texts, modes, reached), strict=True):
        assert got >= floor


def test_waypoints_of_the_recorded_mission_are_reached_when_the_real_one_reached_them():
    comparison = replay("mission_ok")
    delays = comparison.delays_s("MISSION_ITEM_REACHED")
    print("reached items come later by s:", [round(delay, 2) for delay in delays])
    assert len(delays) == 7
    flown_s = 174.0 - 46.5
    assert all(abs(delay) < 0.05 * flown_s for delay in delays)
    assert abs(delays[-1]) < 2.0


def test_answers_come_as_fast_as_the_real_ones():
    delays = replay("commands").delays_s("COMMAND_ACK")
    assert len(delays) > 200
    late = sorted(abs(delay) for delay in delays)
    assert late[len(late) * 95 // 100] < 0.025


def test_the_track_and_the_energy_of_the_recorded_mission_are_the_real_ones():
    real, simulated = flown("mission_ok")
    ways = [point[1:] for point in real["track"]]
    apart = [min(distance(point[1:], way) for way in ways) for point in simulated["track"]]
    print(f"track apart by at most {max(apart):.2f} m; energy {simulated['wh']:.2f} for {real['wh']:.2f} Wh")
    assert max(apart) < 2.0
    assert simulated["wh"] == pytest.approx(real["wh"], rel=0.05)


def flown(name):
    """Positions (s, north, east, up in metres) with what the battery gave, on both sides."""
    sides = {}
    comparison = replay(name, keep={"GLOBAL_POSITION_INT", "BATTERY_STATUS"})
    for side, log in (("real", comparison.real), ("simulated", comparison.simulated)):
        frame = LocalFrame(29.9, 121.84, 0.0)
        track = []
        for at_us, kind, message in log:
            if kind == "GLOBAL_POSITION_INT" and message.relative_alt > 1500:
                track.append(
                    (at_us / 1e6, *frame.to_local(message.lat / 1e7, message.lon / 1e7), message.relative_alt / 1e3)
                )
        used = [message.energy_consumed for _, kind, message in log if kind == "BATTERY_STATUS"]
        sides[side] = {"track": track, "wh": used[-1] / 36}
    return sides["real"], sides["simulated"]


def distance(a, b):
    return sum((x - y) ** 2 for x, y in zip(a, b, strict=True)) ** 0.5
