"""Clocks."""

from gcs import clock as clocks
from gcs.clock import StandingClock


def test_while_a_clock_stands_no_interval_passes(monkeypatch):
    machine = [100.0]
    monkeypatch.setattr(clocks.time, "monotonic", lambda: machine[0])
    clock = StandingClock()
    assert clock.monotonic_s() == 100.0
    clock.stand(standing=True)
    machine[0] = 160.0
    clock.stand(standing=True)
    assert clock.monotonic_s() == 100.0
    clock.stand(standing=False)
    clock.stand(standing=False)
    machine[0] = 161.0
    assert clock.monotonic_s() == 101.0
    assert clock.utc().tzinfo is not None
