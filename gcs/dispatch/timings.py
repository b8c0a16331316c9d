"""How long the desk waits for what. Seconds of the real world; per class and priority see `classes.toml`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DispatchTimings:
    """`time_scale` is how many seconds of the world pass in a second: above 1 for simulations run fast.

    A unit that refused or did not answer is not asked for the same sighting again for `ask_again_s`, doubled each
    time up to `ask_again_most_s`. After a restart a unit has at least `grace_s` to answer, time to come back.
    """

    time_scale: float = 1.0
    ask_again_s: float = 300.0
    ask_again_most_s: float = 3600.0
    grace_s: float = 15.0
    look_every_s: float = 5.0
    store_retry_s: float = 2.0


DEFAULT_TIMINGS = DispatchTimings()
