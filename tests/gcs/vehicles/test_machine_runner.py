"""The runner: messages and time go in, what the machine wants sent goes out, the outcome comes back."""

import asyncio

import pytest

from gcs.vehicles.machine_runner import MachineRunner
from telemetry.messages import new
from telemetry.received import Origin, Received
from telemetry.services.machine import Machine


class Counting(Machine[str]):
    """Sends a heartbeat at the start and every second; ends with the third message received."""

    def __init__(self):
        super().__init__()
        self.received, self.timers = 0, []

    def start(self, now_s):
        self._send(now_s)

    def receive(self, received, now_s):
        self.received += 1
        if self.received == 3:
            self.outcome = "three"

    def handle_timer(self, now_s):
        self.timers.append(now_s)
        self._send(now_s)

    def next_deadline(self):
        return None if self.done else self._deadline_s

    def _send(self, now_s):
        self._deadline_s = now_s + 1.0
        self._outbox.append(new("HEARTBEAT"))


@pytest.fixture
def sent():
    return []


@pytest.fixture
def runner(virtual, sent):
    return MachineRunner(lambda message: sent.append((virtual.monotonic_s(), message)), virtual)


def _received():
    return Received(new("HEARTBEAT"), 1, 1, 0, Origin("udpin://", "x"), 0.0)


def test_the_outcome_comes_back_when_the_machine_is_done(virtual, runner, sent):
    machine = Counting()

    async def story():
        task = asyncio.get_running_loop().create_task(runner.run(machine))
        await asyncio.sleep(2.5)
        assert runner.busy
        for _ in range(5):
            runner.offer(_received())
        return await task

    assert virtual.run(story()) == "three"
    assert not runner.busy
    assert len(sent) == 3
    assert machine.timers == pytest.approx([sent[0][0] + 1, sent[0][0] + 2])


def test_every_machine_is_offered_every_message(virtual, runner):
    machines = [Counting(), Counting()]

    async def story():
        both = [asyncio.get_running_loop().create_task(runner.run(machine)) for machine in machines]
        await asyncio.sleep(0)
        for _ in range(3):
            runner.offer(_received())
        return await asyncio.gather(*both)

    assert virtual.run(story()) == ["three", "three"]


def test_a_cancelled_machine_is_forgotten(virtual, runner, sent):
    async def story():
        task = asyncio.get_running_loop().create_task(runner.run(Counting()))
        await asyncio.sleep(0.5)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await asyncio.sleep(10)

    virtual.run(story())
    assert len(sent) == 1
    assert not runner.busy


def test_a_message_that_comes_together_with_the_time_out_counts_first(virtual, runner):
    machine = Counting()

    async def story():
        loop = asyncio.get_running_loop()
        task = loop.create_task(runner.run(machine))
        await asyncio.sleep(0)
        loop.call_at(machine.next_deadline(), lambda: [runner.offer(_received()) for _ in range(3)])
        return await task

    assert virtual.run(story()) == "three"
    assert machine.timers == []
