"""What a program that runs for days does once it is up."""

from __future__ import annotations

import gc


def settle() -> None:
    """Take all there is now out of the garbage collector's rounds: modules and whatever was made at the start stay
    until the end. With them a full round held up everything for 80 ms, without them it is done in a few."""
    gc.collect()
    gc.freeze()
