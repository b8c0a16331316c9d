"""GCJ-02: the published offset, and a way back that is exact."""

import random

import pytest

from gcs.operations.corridor import distance_m
from maps.datum import from_gcj02, to_gcj02

KNOWN = [
    # WGS-84 to GCJ-02 of the package eviltransform 0.1.1 and of prcoords 1.0.2, which agree to 1e-6 degrees
    ((31.1774276, 121.5272106), (31.17530398364597, 121.531541859215)),
    ((22.543847, 113.912316), (22.540796131694766, 113.9171764808363)),
    ((39.911954, 116.377817), (39.91334545536069, 116.38404722455657)),
]


@pytest.mark.parametrize(("wgs84", "gcj02"), KNOWN)
def test_the_shift_is_the_published_one(wgs84, gcj02):
    assert to_gcj02(*wgs84) == pytest.approx(gcj02, abs=1e-6)


def test_in_beilun_the_shift_is_nearly_half_a_kilometre():
    lat, lon = to_gcj02(29.90, 121.84)
    assert distance_m(121.84, 29.90, lon, 29.90) == pytest.approx(396, abs=2)
    assert distance_m(lon, 29.90, lon, lat) == pytest.approx(284, abs=2)


def test_there_and_back_is_the_same_place():
    rng = random.Random(7)
    for _ in range(2000):
        place = rng.uniform(18, 50), rng.uniform(75, 134)
        assert from_gcj02(*to_gcj02(*place)) == pytest.approx(place, abs=1e-9)


@pytest.mark.parametrize("place", [(51.5, -0.1), (-33.9, 151.2), (35.7, 139.7), (0.0, 0.0)])
def test_outside_china_nothing_is_shifted(place):
    assert to_gcj02(*place) == place
    assert from_gcj02(*place) == place
