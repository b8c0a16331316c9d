"""One colour a drone, told apart also by colour-blind eyes (after Okabe and Ito), then repeated."""

from __future__ import annotations

COLOURS = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#8a7f00", "#5b3a99", "#7a4b2a", "#444444")


def colour_of(drone: int) -> str:
    return COLOURS[drone % len(COLOURS)]
