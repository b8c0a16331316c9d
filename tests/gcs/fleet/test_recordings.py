"""A real ArduPilot's traffic, as recorded: restarts are seen where there were some, twins nowhere."""

from collections import Counter
from pathlib import Path

import pytest

from gcs.fleet.reduce import SUBSCRIBED
from gcs.fleet.roster import Fleet
from telemetry.dialect import ARDUPILOTMEGA
from telemetry.messages import decode_frame
from telemetry.received import Origin, Received
from telemetry.tlog import read_tlog

SITL = Path(__file__).parents[2] / "data" / "sitl"
TAPE = Origin("tlog://recording", "tape")
RESTARTS = {"reboot": 1, "commands": 1, "signing": 1, "failsafes_gps": 0, "mission_ok": 0, "swarm4_head": 0}


def _told(recording, now):
    fleet, kinds = Fleet(), Counter()
    for unix_us, frame in read_tlog(recording):
        cls = ARDUPILOTMEGA.by_id.get(frame.msgid)
        if cls is not None and cls.TYPE.name in SUBSCRIBED:
            at_s = unix_us / 1e6
            heard = Received(decode_frame(cls, frame), frame.sysid, frame.compid, frame.seq, TAPE, at_s)
            kinds.update(event.kind for event in fleet.receive(heard, at_s, now))
    return fleet, kinds


@pytest.mark.parametrize("name", RESTARTS)
def test_restarts_and_twins(name, noon):
    fleet, kinds = _told(SITL / f"{name}.tlog.gz", noon)
    assert kinds["vehicle.rebooted"] == RESTARTS[name]
    assert kinds["vehicle.sysid_conflict"] == kinds["vehicle.identity_changed"] == 0
    assert len(fleet.vehicles) == (4 if name.startswith("swarm4") else 1)
