"""23: a ground control that stands still sends no heartbeat, so that the vehicles' own failsafe acts."""

import asyncio

import pytest

FAILSAFE_S = 5.0


def _beats(post, since_s):
    return [at for at, message, _ in post.wire.sent if message.message_name == "HEARTBEAT" and at > since_s]


def _stand_still(virtual, seconds):
    """What blocks the loop: time passes and nobody gets his turn."""
    virtual._selector.now_s += seconds


@pytest.mark.parametrize("stall_s", [2.0, 2.5, 4.0])
def test_after_a_stall_the_heartbeat_that_is_due_is_left_out(virtual, post_of, stall_s):
    trials, missed = 20, 0
    post = post_of(virtual)

    async def story():
        nonlocal missed
        for trial in range(trials):
            await asyncio.sleep(3.0 + trial * 0.05)
            before_s = virtual.monotonic_s()
            _stand_still(virtual, stall_s)
            after_s = virtual.monotonic_s()
            await asyncio.sleep(0.5)
            missed += not [at for at in _beats(post, before_s) if at <= after_s + 0.4]
        await asyncio.sleep(2.0)
        return _beats(post, virtual.monotonic_s() - 2.0)

    resumed = post.run(story)
    print(f"promise 23: goal {trials} of {trials} stalls of {stall_s} s leave a heartbeat out; measured {missed}")
    assert missed == trials
    assert resumed


def test_while_it_keeps_stalling_there_are_none_at_all(virtual, post_of):
    post = post_of(virtual)

    async def story():
        begun_s = virtual.monotonic_s()
        for _ in range(20):
            await asyncio.sleep(0.1)
            _stand_still(virtual, 2.2)
        return _beats(post, begun_s + 1.0), virtual.monotonic_s() - begun_s

    beats, lasted_s = post.run(story)
    print(
        f"promise 23: goal 0 heartbeats in {lasted_s:.0f} s of stalls of 2.2 s (failsafe after {FAILSAFE_S:.0f} s); "
        f"measured {len(beats)}"
    )
    assert beats == []
    assert lasted_s > FAILSAFE_S
