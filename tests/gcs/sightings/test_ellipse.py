"""Ellipses of uncertainty, checked against drawn points."""

import numpy as np
import pytest

from gcs.sightings.ellipse import Ellipse

SHAPES = [(9.0, 9.0, 0.0), (100.0, 4.0, 0.0), (4.0, 100.0, 0.0), (50.0, 50.0, 45.0), (2.0, 900.0, -30.0)]


@pytest.mark.parametrize(("east", "north", "between"), SHAPES)
def test_the_radius_holds_nine_in_ten_of_drawn_points(east, north, between):
    ellipse = Ellipse(east, north, between)
    drawn = np.random.default_rng(1).multivariate_normal([0, 0], [[east, between], [between, north]], 200_000)
    held = np.mean(np.hypot(drawn[:, 0], drawn[:, 1]) <= ellipse.ce90_m)
    assert held == pytest.approx(0.9, abs=0.003)


@pytest.mark.parametrize(("east", "north", "between"), SHAPES)
def test_axes_and_bearing_agree_with_the_eigenvectors(east, north, between):
    ellipse = Ellipse(east, north, between)
    values, vectors = np.linalg.eigh([[east, between], [between, north]])
    assert ellipse.axes_m == pytest.approx((values[1] ** 0.5, values[0] ** 0.5))
    if values[0] != values[1]:
        bearing = np.degrees(np.arctan2(vectors[0, 1], vectors[1, 1])) % 180
        assert ellipse.bearing_deg == pytest.approx(bearing, abs=1e-6)


def test_a_circle_comes_back():
    assert Ellipse.circle(8.0).ce90_m == pytest.approx(8.0, abs=1e-6)
    assert Ellipse.circle(8.0).ce_m == pytest.approx(8.0 / 2.146, abs=1e-3)
    assert Ellipse(0.0, 0.0).ce90_m == 0.0
    assert Ellipse(100.0, 0.0).ce90_m == pytest.approx(16.45, abs=0.05)
