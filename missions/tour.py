"""One long way over all lanes: what a single tireless drone would fly, before it is split."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from missions.geodesy import Array
from missions.order import Stop, Tables
from missions.transit import Point, Transit


@dataclass(frozen=True, slots=True)
class Tour:
    """`points` (n, 2) metres; leg i goes from point i to point i + 1, `survey[i]` says whether it is a lane."""

    points: Array
    survey: tuple[bool, ...]

    def reversed(self) -> Tour:
        return Tour(self.points[::-1].copy(), self.survey[::-1])


def lanes_in_order(tables: Tables, stops: Sequence[Stop]) -> list[tuple[Point, Point]]:
    """Every lane as (start, end) in order and direction of flight."""
    return [lane for cell, sweep in stops for lane in tables.sweeps[cell][sweep].lanes]


def make_tour(lanes: Sequence[tuple[Point, Point]], transit: Transit) -> Tour:
    """The lanes joined by the shortest legal ways."""
    points: list[Point] = []
    survey: list[bool] = []
    ends = np.array([lane[1] for lane in lanes[:-1]]).reshape(-1, 2)
    starts = np.array([lane[0] for lane in lanes[1:]]).reshape(-1, 2)
    straight = [True, *transit.visible(ends, starts).tolist()] if len(lanes) > 1 else [True]
    for (start, end), direct in zip(lanes, straight, strict=True):
        if points:
            bends = [] if direct else transit.way(points[-1], start)
            points += bends
            survey += [False] * (len(bends) + 1)
        points += [start, end]
        survey.append(True)
    return Tour(np.array(points), tuple(survey))
