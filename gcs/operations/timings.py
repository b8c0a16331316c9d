"""How long an operation waits for what. Seconds on the wall; all of them are settings."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class OperationTimings:
    """`time_scale` is how many seconds of a plan pass in a second: above 1 for simulations run fast.

    No time-out limits how long a flight takes. `attempts` are informed ones: a step is asked again only
    when the vehicle itself shows that it was not taken.
    """

    time_scale: float = 1.0
    poll_s: float = 0.1
    stagger_s: float = 3.0
    confirm_s: float = 4.0
    takeoff_s: float = 20.0
    refusal_text_s: float = 0.6
    attempts: int = 2
    upload_parallel: int = 4
    upload_attempts: int = 3
    upload_retry_s: float = 3.0
    track_flush_s: float = 2.0
    off_plan_every_s: float = 1.0


DEFAULT_TIMINGS = OperationTimings()
