"""Terrain as a vehicle asks for it, is sent it and uses it."""

import pytest

from simulators.autopilot.telemetry.terrain_blocks import SQUARES, TerrainBlocks, corner_of, corners_around

HERE = (29.9, 121.84)


def test_the_block_of_a_place_is_the_recorded_one():
    assert corner_of(*HERE) == pytest.approx((298839473, 1218376102), abs=1)
    assert len(corners_around(*HERE)) == 6


def send(rig, corner, square, height_m, spacing_m=100):
    rig.tell(
        "TERRAIN_DATA", lat=corner[0], lon=corner[1], grid_spacing=spacing_m, gridbit=square, data=(height_m,) * 16
    )  # fmt: skip


def report(rig):
    rig.command(512, 136)
    return rig.sent("TERRAIN_REPORT")[-1]


@pytest.fixture
def told(make_rig):
    """A vehicle that was sent the block it stands in, 25 m high everywhere."""
    rig = make_rig()
    report(rig)
    for square in range(SQUARES):
        send(rig, corner_of(*HERE), square, 25)
    return rig


def test_a_vehicle_without_terrain_says_so(rig):
    said = report(rig)
    assert (said.spacing, said.pending, said.loaded) == (0, 6 * SQUARES, 0)


def test_what_was_asked_for_is_taken_and_reported(told):
    said = report(told)
    assert (said.spacing, said.pending, said.loaded) == (100, 5 * SQUARES, SQUARES)
    assert said.terrain_height == pytest.approx(25.0)
    assert said.current_height == pytest.approx(10.0 - 25.0)


def test_the_next_block_is_asked_for_when_one_is_whole(told):
    told.command(511, 133, 500_000)
    told.run(3.0)
    asked = told.sent("TERRAIN_REQUEST")
    assert asked
    assert all((m.lat, m.lon) != corner_of(*HERE) for m in asked)


@pytest.mark.parametrize(("corner", "square", "spacing_m"), [((1, 2), 0, 100), (None, SQUARES, 100), (None, 0, 30)])
def test_what_nobody_asked_for_is_ignored(rig, corner, square, spacing_m):
    report(rig)
    send(rig, corner or corner_of(*HERE), square, 25, spacing_m)
    assert report(rig).loaded == 0


def test_heights_lie_between_the_points_around():
    blocks = TerrainBlocks()
    blocks.look_around(*HERE)
    corner = corner_of(*HERE)
    for square in range(SQUARES):
        rows = square // 8 * 4
        blocks.take(corner, 100, square, [10 * (rows + n // 4) for n in range(16)])
    north_points = (29.9 - corner[0] / 1e7) * 111_318.845 / 100
    assert blocks.height_m(*HERE) == pytest.approx(10 * north_points, abs=0.2)
    assert blocks.height_m(29.95, 121.84) is None


def test_a_height_over_terrain_is_flown_over_what_was_sent(told):
    """10 m above ground that is 25 m high: 25 m above home, which is at 10 m."""
    told.fly(10.0)
    assert told.command_int(192, (-1, 1, 0, 0), 10, 299000000, 1218400000, 10.0) == 0
    told.run(25.0)
    assert told.vehicle.relative_alt_m == pytest.approx(25.0, abs=0.3)
