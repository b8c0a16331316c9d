"""Machines at one end, a scripted vehicle at the other, a virtual network between them."""

from simulators.network import PERFECT, Network
from telemetry.received import Origin, Received

OWN, TARGET = (255, 190), (1, 1)
RADIO = Origin("test://", "vehicle")


class VirtualLink:
    """`vehicle` has take(message, sender, now_s), tick(now_s) and next_deadline()."""

    def __init__(self, vehicle, up=PERFECT, down=None, seed=0):
        self.vehicle = vehicle
        self.network = Network(up, down, seed)
        self.now_s = 0.0
        self.sent = []
        self.events = []

    def at(self, when_s, do):
        """Call `do(now_s)` once at `when_s`."""
        self.events.append((when_s, do))
        self.events.sort(key=lambda event: event[0])

    def run(self, machine, until_s=3600.0, own=OWN):
        """Run `machine` to its outcome, or to `until_s`."""
        machine.start(self.now_s)
        self._flush(machine, own)
        while machine.outcome is None and self.now_s < until_s:
            self._step(machine, own, until_s)
        return machine.outcome

    def _step(self, machine, own, until_s):
        times = [self.network.next_arrival(), machine.next_deadline(), self.vehicle.next_deadline()]
        times += [self.events[0][0]] if self.events else []
        self.now_s = max(self.now_s, min((at for at in times if at is not None), default=until_s))
        while self.events and self.events[0][0] <= self.now_s:
            self.events.pop(0)[1](self.now_s)
        for message, sender in self.network.up.arrived(self.now_s):
            self._say(self.vehicle.take(message, sender, self.now_s))
        self._say(self.vehicle.tick(self.now_s))
        for message in self.network.down.arrived(self.now_s):
            machine.receive(Received(message, *TARGET, 0, RADIO, self.now_s), self.now_s)
            self._flush(machine, own)
        deadline_s = machine.next_deadline()
        if deadline_s is not None and deadline_s <= self.now_s:
            machine.handle_timer(self.now_s)
            self._flush(machine, own)

    def _flush(self, machine, own):
        for message in machine.drain():
            self.sent.append((self.now_s, message))
            self.network.up.send((message, own), self.now_s, 50)

    def _say(self, messages):
        for message in messages:
            self.network.down.send(message, self.now_s, 50)
