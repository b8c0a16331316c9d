"""3: frames that overtake each other move no state back and break no upload."""

from datetime import UTC, datetime

from scripted_ardupilot import ScriptedArduPilot
from virtual_link import OWN, RADIO, TARGET, VirtualLink

from gcs.fleet.roster import Fleet
from simulators.network import Channel, Faults
from telemetry.messages import new
from telemetry.received import Received
from telemetry.services.mission_verify import MissionTransfer

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
SHUFFLED = Faults(reorder=0.5, reorder_s=0.4, delay_s=0.02)


def test_uploads_while_frames_overtake_each_other(patrol, soak):
    trials, verified = 1000 if soak else 200, 0
    for seed in range(trials):
        link = VirtualLink(ScriptedArduPilot(), SHUFFLED, seed=seed)
        outcome = link.run(MissionTransfer(TARGET, OWN, patrol(50)))
        verified += outcome is not None and outcome.verified
    print(f"promise 3: goal {trials} uploads shuffled within 400 ms complete; measured {verified}")
    assert verified == trials


def test_a_state_never_goes_back_in_time():
    fleet, channel = Fleet(), Channel(SHUFFLED, seed=3)
    fleet.receive(Received(new("HEARTBEAT", type=2, autopilot=3, system_status=4), 1, 1, 0, RADIO, 0.0), 0.0, NOON)
    frames, back, kinds, newest_ms, late = 50_000, 0, set(), 0, 0
    names = ("GLOBAL_POSITION_INT", "ATTITUDE", "SYSTEM_TIME")
    lat = 0.0
    for n in range(frames):
        now_s = 0.02 * n
        fields = {"time_boot_ms": 20 * n} | ({"lat": n + 1, "lon": 1} if n % 3 == 0 else {})
        channel.send(Received(new(names[n % 3], **fields), 1, 1, n % 256, RADIO, now_s), now_s)
        for received in channel.arrived(now_s):
            late += received.message.time_boot_ms < newest_ms
            newest_ms = max(newest_ms, received.message.time_boot_ms)
            kinds |= {event.kind for event in fleet.receive(received, now_s, NOON)}
            position = fleet.vehicles["main-1"].position
            if position is not None:
                back += position.lat_deg < lat
                lat = position.lat_deg
    print(f"promise 3: goal 0 steps back of {frames} frames, {late} of them late; measured {back}, events {kinds}")
    assert late > frames / 20
    assert (back, kinds) == (0, set())
