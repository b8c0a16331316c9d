"""A simulated autopilot driven message by message in virtual time."""

import pytest

from simulators.autopilot import Autopilot, VehicleSpec
from telemetry.messages import new

GCS = (255, 190)
UNADDRESSED = {"HEARTBEAT", "TIMESYNC", "TERRAIN_DATA"}


class Rig:
    """One vehicle, one channel; every message it sends is kept with its simulated time."""

    def __init__(self, *, step_s=0.02, seed=0, **spec) -> None:
        self.autopilot = Autopilot(VehicleSpec(**spec), seed)
        self.autopilot.open("A")
        self.step_s = step_s
        self.log = []

    @property
    def vehicle(self):
        return self.autopilot.vehicle

    def take(self):
        sent = [(self.vehicle.now_s, message, channel) for message, channel in self.autopilot.drain()]
        self.log += sent
        return [message for _, message, _ in sent]

    def tell(self, name, *, sender=GCS, channel="A", **fields):
        if name not in UNADDRESSED:
            fields |= {"target_system": 1, "target_component": 1}
        self.autopilot.receive(new(name, **fields), *sender, channel)
        return self.take()

    def command(self, number, *params, **more):
        """The result of a COMMAND_LONG; None when nobody answered."""
        padded = [*params, *[0.0] * (7 - len(params))]
        fields = {f"param{n}": float(value) for n, value in enumerate(padded, start=1)}
        return self._result(self.tell("COMMAND_LONG", command=number, **fields, **more))

    def command_int(self, number, params=(0, 0, 0, 0), frame=6, x=0, y=0, z=0.0):
        fields = {f"param{n}": float(value) for n, value in enumerate(params, start=1)}
        return self._result(self.tell("COMMAND_INT", command=number, frame=frame, x=x, y=y, z=z, **fields))

    @staticmethod
    def _result(messages):
        return next((m.result for m in messages if m.message_name == "COMMAND_ACK"), None)

    def run(self, seconds):
        for _ in range(round(seconds / self.step_s)):
            self.autopilot.step(self.step_s)
            self.take()

    def until(self, true, limit_s=600.0):
        """Run until `true()`; how long that took in simulated seconds."""
        start = self.vehicle.now_s
        while not true():
            assert self.vehicle.now_s - start < limit_s, "it did not happen in time"
            self.run(self.step_s)
        return self.vehicle.now_s - start

    def upload(self, items, mission_type=0):
        """Rows of field values; the result of the MISSION_ACK."""
        answers = self.tell("MISSION_COUNT", count=len(items), mission_type=mission_type)
        for _ in range(len(items) + 1):
            last = [m for m in answers if m.message_name in ("MISSION_REQUEST", "MISSION_ACK")][-1]
            if last.message_name == "MISSION_ACK":
                return last.type
            row = {"frame": 3, "command": 16, "autocontinue": 1, "mission_type": mission_type, **items[last.seq]}
            answers = self.tell("MISSION_ITEM_INT", **{**row, "seq": last.seq})
        raise AssertionError("the upload did not end")

    def sent(self, name, since_s=-1.0):
        return [message for at, message, _ in self.log if message.message_name == name and at > since_s]

    def texts(self, since_s=-1.0):
        return [message.text for message in self.sent("STATUSTEXT", since_s)]

    def fly(self, height_m=10.0):
        """GUIDED, armed, taken off to a height."""
        assert self.command(176, 1, 4) == 0
        assert self.command(400, 1) == 0
        self.run(3.0)
        assert self.command(22, 0, 0, 0, 0, 0, 0, height_m) == 0
        self.until(lambda: self.vehicle.relative_alt_m > height_m - 0.1)


@pytest.fixture
def make_rig():
    return Rig


@pytest.fixture
def rig():
    """A vehicle that stands ready with a good position."""
    return Rig()


@pytest.fixture
def flying():
    """A vehicle that hovers at ten metres in GUIDED."""
    rig = Rig()
    rig.fly()
    return rig
