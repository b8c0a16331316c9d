"""Dialogues that are no commands: in turn, refused, and told with who asked."""

import asyncio

import pytest

from gcs.vehicles.param_set import params_hash
from gcs.vehicles.parameters import ParamDesk, UnreadError
from gcs.vehicles.work import WorkRefusedError
from telemetry.services.parameter import Parameter


class Kept:
    """Keeps in memory."""

    def __init__(self):
        self.sets = {}

    async def put(self, vehicle_id, params):
        self.sets[vehicle_id] = params

    async def latest(self, vehicle_id):
        return self.sets.get(vehicle_id)


def give(post, values):
    """The autopilot has these parameters, and answers about them; file transfer it has not."""
    names = list(values)

    def tell(name, index=65535):
        post.autopilot.say(
            "PARAM_VALUE", param_id=name, param_value=values[name], param_type=9, param_count=len(names),
            param_index=index,
        )  # fmt: skip

    def read(message):
        if message.param_id in values:
            tell(message.param_id)

    def put(message):
        if message.param_id in values:
            values[message.param_id] = message.param_value
            tell(message.param_id)

    post.autopilot._param_request_read = read
    post.autopilot._param_set = put
    post.autopilot._param_request_list = lambda _: [tell(name, index) for index, name in enumerate(names)]
    return values


@pytest.fixture
def desk(post, virtual):
    return ParamDesk(post.station, Kept(), virtual)


def of(post, prefix):
    return [event for event in post.events if event.kind.startswith(prefix)]


def test_setting_a_parameter_is_told_with_who_set_it_and_what_the_vehicle_holds(post, desk):
    held = give(post, {"RTL_ALT": 3000.0})

    async def story():
        return await desk.set("main-1", "RTL_ALT", 4000.0, "chen")

    outcome = post.run(story)
    assert outcome.ok
    assert held["RTL_ALT"] == 4000.0
    events = of(post, "param.set")
    assert [event.kind for event in events] == ["param.set.started", "param.set.done"]
    assert {event.actor for event in events} == {"chen"}
    assert events[-1].data == {"name": "RTL_ALT", "value": 4000.0, "held": 4000.0, "reason": ""}


def test_a_parameter_that_the_vehicle_does_not_have_is_told_as_failed(post, desk):
    give(post, {"RTL_ALT": 3000.0})

    async def story():
        return await desk.set("main-1", "NO_SUCH", 1.0, "chen")

    assert not post.run(story).ok
    assert of(post, "param.set")[-1].kind == "param.set.failed"


@pytest.mark.parametrize(("name", "goes"), [("RTL_ALT", False), ("WP_SPD", True)])
def test_an_armed_vehicle_gets_only_what_is_listed_as_safe(post, desk, name, goes):
    give(post, {"RTL_ALT": 3000.0, "WP_SPD": 8.0})

    async def story():
        post.autopilot.armed = True
        await asyncio.sleep(2)
        if goes:
            return await desk.set("main-1", name, 5.0, "chen")
        with pytest.raises(WorkRefusedError, match="armed"):
            await desk.set("main-1", name, 5.0, "chen")
        return None

    post.run(story)
    assert of(post, "param.set")[-1].kind == ("param.set.done" if goes else "param.set.refused")
    assert any(message.message_name == "PARAM_SET" for _, message, _ in post.wire.sent) is goes


def test_nothing_is_asked_of_a_vehicle_that_is_silent_or_unknown(post, desk):
    async def story():
        post.autopilot.silent = True
        await asyncio.sleep(10)
        with pytest.raises(WorkRefusedError, match="silent"):
            await desk.get("main-1", "RTL_ALT", "chen")
        with pytest.raises(WorkRefusedError, match="never heard"):
            await desk.get("main-9", "RTL_ALT", "chen")

    post.run(story)
    assert not any(message.message_name.startswith("PARAM") for _, message, _ in post.wire.sent)


def test_all_parameters_are_read_one_by_one_from_a_vehicle_without_files_and_kept(post, desk):
    give(post, {f"P{n}": float(n) for n in range(50)})

    async def story():
        params = await desk.read("main-1", "chen")
        return params, await desk.latest("main-1")

    params, kept = post.run(story)
    assert {name: p.value for name, p in params.parameters.items()} == {f"P{n}": float(n) for n in range(50)}
    assert kept == params
    assert of(post, "params")[-1].data["number"] == 50


def test_a_vehicle_that_says_nothing_gives_no_set(post, desk):
    async def story():
        with pytest.raises(UnreadError):
            await desk.read("main-1", "chen")
        return await desk.latest("main-1")

    assert post.run(story) is None
    assert of(post, "params")[-1].kind == "params.failed"


def test_what_waits_for_its_turn_is_refused_when_the_vehicle_was_armed_meanwhile(post, desk):
    give(post, {"RTL_ALT": 3000.0})

    async def story():
        slow = asyncio.create_task(desk.get("main-1", "NO_SUCH", "chen"))
        await asyncio.sleep(0.1)
        post.autopilot.armed = True
        with pytest.raises(WorkRefusedError, match="armed"):
            await desk.set("main-1", "RTL_ALT", 1.0, "wang")
        await slow

    post.run(story)


def test_the_same_values_are_the_same_set_however_they_were_read():
    as_float = {"A": Parameter("A", 1.0, 9), "B": Parameter("B", 0.1, 9)}
    as_int = {"B": Parameter("B", 0.10000000149011612, 9, 7), "A": Parameter("A", 1.0, 2)}
    assert params_hash(as_float) == params_hash(as_int) != params_hash({"A": Parameter("A", 2.0)})
