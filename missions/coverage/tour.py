"""One long way over all lanes: what a single tireless drone would fly, before it is split."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from missions.coverage.order import Tables
from missions.geodesy import Array
from missions.ways.transit import Point, Transit

HOP_OF_SWATH = 1.6


@dataclass(frozen=True, slots=True)
class Tour:
    """`points` (n, 2) metres; leg i goes from point i to point i + 1. `survey[i]`: the leg is flown to look
    (a lane, a hop along the rim from one lane to the next, a detour to a gap); other legs only lead on.
    `lanes` are the legs that are lanes, as long as nothing was changed."""

    points: Array
    survey: tuple[bool, ...]
    lanes: tuple[int, ...] = ()

    def stretches(self) -> list[Array]:
        """The parts that are flown to look, (n, 2) each."""
        parts: list[Array] = []
        begin = 0
        for i, looks in enumerate((*self.survey, False)):
            if not looks:
                if i > begin:
                    parts.append(self.points[begin : i + 1])
                begin = i + 1
        return parts


def lanes_in_order(tables: Tables, stops: Sequence[int]) -> list[tuple[Point, Point]]:
    """Every lane as (start, end) in order and direction of flight."""
    return [lane for stop in stops for lane in tables.sweeps[stop].lanes]


def make_tour(lanes: Sequence[tuple[Point, Point]], transit: Transit, swath_m: float) -> Tour:
    """The lanes joined by the shortest legal ways; where there is none, by a straight leg that is not to be flown."""
    points: list[Point] = []
    survey: list[bool] = []
    legs: list[int] = []
    ends = np.array([lane[1] for lane in lanes[:-1]]).reshape(-1, 2)
    starts = np.array([lane[0] for lane in lanes[1:]]).reshape(-1, 2)
    straight = [True, *transit.visible(ends, starts).tolist()] if len(lanes) > 1 else [True]
    for (start, end), direct in zip(lanes, straight, strict=True):
        if points:
            bends = [] if direct else transit.way(points[-1], start)
            is_hop = bool(direct) and math.dist(points[-1], start) < HOP_OF_SWATH * swath_m
            points += bends
            survey += [is_hop] * (len(bends) + 1)
        legs.append(len(survey))
        points += [start, end]
        survey.append(True)
    return Tour(np.array(points), tuple(survey), tuple(legs))
