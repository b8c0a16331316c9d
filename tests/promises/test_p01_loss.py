"""1: an upload ends with exactly the mission that was planned, however much is lost, the last answer included."""

import pytest
from scripted_ardupilot import ScriptedArduPilot, through_the_wire
from virtual_link import OWN, TARGET, VirtualLink

from simulators.autopilot.items.stored_items import stored
from simulators.network import Faults
from telemetry.services.mission_item import from_message, to_message
from telemetry.services.mission_verify import MissionTransfer

ITEMS = 100


@pytest.mark.parametrize(("loss", "trials", "at_least", "p95_s"), [(0.3, 1000, 1.0, 120.0), (0.5, 300, 0.99, 600.0)])
def test_uploads_under_loss(loss, trials, at_least, p95_s, patrol, soak):
    trials = 1000 if soak else trials
    items = patrol(ITEMS)
    kept = [stored(from_message(through_the_wire(to_message(item, TARGET))), 0) for item in items[1:]]
    took_s, differing, broken = [], 0, []
    for seed in range(trials):
        link = VirtualLink(ScriptedArduPilot(), Faults(loss=loss), seed=seed)
        outcome = link.run(MissionTransfer(TARGET, OWN, items))
        if outcome is None or not outcome.verified:
            broken.append((seed, outcome))
            continue
        took_s.append(link.now_s)
        differing += sum(held != meant for held, meant in zip(link.vehicle.items[0][1:], kept, strict=True))
    measured = sorted(took_s)[int(0.95 * len(took_s))]
    print(
        f"promise 1: loss {loss:.0%} each way, goal {at_least:.0%} of {trials} uploads of {ITEMS} items complete, "
        f"0 items differ, p95 <= {p95_s:.0f} s; measured {len(took_s)} complete, {differing} differ, "
        f"p95 {measured:.0f} s, longest {max(took_s):.0f} s"
    )
    assert len(took_s) >= at_least * trials, broken[:3]
    assert differing == 0
    assert measured <= p95_s
