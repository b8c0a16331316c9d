"""A drone in the air flies to a place only where it may, at a height that nobody else has."""

import pytest
from msgspec.structs import replace

from gcs.dispatch.fly_there import WHY_NOT_SENT, NotSentError, free_height_m, height_there_m

from .test_first_look import ask, box, drone, position


def sent(state, *others, wanted_m=None, **asked):
    answers = [answer for answer in ask(state, **asked) if answer.state.id == state.id]
    return height_there_m(answers[0], [state, *others], wanted_m)


def refused(state, *others, **asked):
    with pytest.raises(NotSentError) as error:
        sent(state, *others, **asked)
    return error.value.words


def test_it_flies_as_high_as_it_is_unless_told():
    assert sent(drone("a")) == 50.0
    assert sent(drone("a"), wanted_m=80.0) == 80.0


def test_a_low_one_climbs_and_a_high_one_comes_down():
    assert sent(drone("a", position=position(up_m=6.0))) == 20.0
    assert sent(drone("a", position=position(up_m=300.0))) == 120.0


def test_it_keeps_a_layer_from_everybody_in_the_air_wherever_that_is():
    layers = [drone(name, 9000, position=position(9000, up_m)) for name, up_m in (("b", 50.0), ("c", 55.0))]
    assert sent(drone("a"), *layers) == 45.0
    assert sent(drone("a"), *layers, wanted_m=54.0) == 60.0


def test_heights_are_compared_above_the_sea_and_one_on_the_ground_is_in_nobodys_way():
    other_home = replace(position(2000, 50.0), alt_amsl_m=90.0)  # ours is at 60 m above the sea
    assert sent(drone("a"), drone("b", position=other_home)) == 50.0
    assert sent(drone("a"), drone("b", position=other_home), wanted_m=80.0) == 85.0
    assert sent(drone("a"), drone("b", armed=False, landed_state=1)) == 50.0


def test_one_of_whom_nobody_knows_whether_it_flies_counts_as_flying():
    unsure = drone("b", landed_state=None, system_status=0, position=replace(position(), alt_rel_m=None))
    assert sent(drone("a"), unsure) == 55.0


def test_who_cannot_look_there_is_not_sent_with_the_reason():
    assert "flies home" in refused(drone("a", mode="RTL"))[1]
    assert "operation dawn" in refused(drone("a"), engaged={"a": "dawn"}.get)[1]
    ground = drone("a", armed=False, landed_state=1, position=position(up_m=0.0))
    assert refused(ground) == WHY_NOT_SENT["on_ground"]
    assert refused(drone("a"), zones=[box(500, 200)]) == WHY_NOT_SENT["zone_between"]
    with pytest.raises(NotSentError, match="never mixed"):
        height_there_m(None, [])


def test_where_every_height_is_taken_nobody_is_sent():
    crowd = [drone(f"b{up_m}", 9000, position=position(9000, up_m)) for up_m in range(15, 130, 5)]
    assert refused(drone("a"), *crowd) == WHY_NOT_SENT["no_height"]


@pytest.mark.parametrize(
    ("wanted_m", "taken_m", "free_m"),
    [(50, [], 50), (50, [50], 55), (50, [52], 47), (20, [20], 25), (120, [118], 113), (5, [], 20), (500, [], 120)],
)
def test_the_nearest_free_height(wanted_m, taken_m, free_m):
    assert free_height_m(wanted_m, taken_m) == free_m
