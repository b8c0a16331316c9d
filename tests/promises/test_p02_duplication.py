"""2: what the network doubles is neither done nor told twice."""

from datetime import UTC, datetime

from scripted_ardupilot import ScriptedArduPilot
from virtual_link import OWN, RADIO, TARGET, VirtualLink

from gcs.fleet.roster import Fleet
from simulators.network import Channel, Faults
from telemetry.messages import new
from telemetry.received import Received
from telemetry.services import commands
from telemetry.services.command import Command
from telemetry.services.mission_verify import MissionTransfer

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
THRICE = Faults(duplicate=0.7, copies=2, delay_s=0.05, jitter_s=0.1)


class Obedient:
    """Accepts every command, and notes each that reaches it."""

    def __init__(self):
        self.heard = []

    def take(self, message, sender, now_s):
        self.heard.append(message)
        ack = {"target_system": sender[0], "target_component": sender[1], "result": 0}
        return [new("COMMAND_ACK", command=message.command, **ack)]

    def tick(self, now_s):
        return []

    def next_deadline(self):
        return None


def test_commands_that_must_not_be_repeated_are_sent_once(soak):
    trials = 1000
    sent_twice = confirmed = 0
    for seed in range(trials):
        link = VirtualLink(Obedient(), Faults(loss=0.3, duplicate=0.3), seed=seed)
        link.run(Command(TARGET, commands.arm(TARGET), own=OWN))
        sent_twice += len(link.sent) > 1
        link = VirtualLink(Obedient(), Faults(loss=0.5), seed=seed)
        link.run(Command(TARGET, commands.rtl(TARGET), own=OWN))
        confirmed += [message.confirmation for _, message in link.sent] == list(range(len(link.sent)))
    print(
        f"promise 2: goal 0 of {trials} arming commands sent twice and every repeated one counted up; "
        f"measured {sent_twice} sent twice, {confirmed} counted up"
    )
    assert (sent_twice, confirmed) == (0, trials)


def test_uploads_while_every_frame_comes_up_to_three_times(patrol):
    trials, verified = 100, 0
    for seed in range(trials):
        link = VirtualLink(ScriptedArduPilot(), THRICE, seed=seed)
        outcome = link.run(MissionTransfer(TARGET, OWN, patrol(30)))
        verified += outcome is not None and outcome.verified
    print(f"promise 2: goal {trials} uploads with each frame 1 to 3 times complete; measured {verified}")
    assert verified == trials


def _flight(frames):
    """Messages of a vehicle that arms, flies its mission and talks, as (name, fields)."""
    for n in range(frames):
        armed = 128 if (n // 400) % 2 else 0
        yield [
            ("HEARTBEAT", {"type": 2, "autopilot": 3, "base_mode": 81 | armed, "custom_mode": n // 200 % 5}),
            ("GLOBAL_POSITION_INT", {"time_boot_ms": 10_000 + 50 * n, "lat": 299000000 + n, "lon": 1218400000}),
            ("STATUSTEXT", {"severity": 6, "text": f"Mission: {n // 40} WP"}),
            ("MISSION_ITEM_REACHED", {"seq": n // 40 % 600}),
            ("MISSION_CURRENT", {"seq": n // 40 % 600, "total": 600, "mission_state": 3}),
        ][n % 5]


def _told(frames, faults):
    fleet, channel, events = Fleet(), Channel(faults, seed=7), []
    for n, (name, fields) in enumerate(_flight(frames)):
        now_s = 100.0 + 0.05 * n
        if n == 20:
            fleet.transfer_ended("main-1", "hash", 600)
        channel.send(Received(new(name, **fields), 1, 1, n % 256, RADIO, now_s), now_s)
        for received in channel.arrived(now_s):
            events += fleet.receive(received, now_s, NOON)
    return [(event.kind, event.data) for event in events]


def test_no_event_is_told_twice(soak):
    frames = 1_000_000 if soak else 30_000
    once = _told(frames, Faults(delay_s=0.0))
    doubled = _told(frames, Faults(delay_s=0.0, duplicate=0.7, copies=2))
    print(
        f"promise 2: goal 0 events told twice of {frames} frames each coming 1 to 3 times; "
        f"measured {len(doubled) - len(once)} of {len(once)} events"
    )
    assert doubled == once
