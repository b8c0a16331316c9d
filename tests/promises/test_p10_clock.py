"""10: the wall clock may jump; nothing that flies notices."""

import asyncio
import operator
from datetime import UTC, datetime, timedelta
from itertools import pairwise

JUMPS = [timedelta(hours=1), timedelta(hours=-1), timedelta(days=3653), timedelta(days=-3653), timedelta(seconds=1)]


class Jumping:
    """The virtual clock with a wall clock that somebody sets."""

    def __init__(self, virtual):
        self._virtual = virtual
        self.offset = timedelta()

    def monotonic_s(self):
        return self._virtual.monotonic_s()

    def utc(self):
        return self._virtual.utc() + self.offset

    def run(self, coroutine):
        return self._virtual.run(coroutine)


def test_no_link_is_lost_and_no_timer_bursts_when_the_wall_clock_jumps(virtual, post_of):
    clock = Jumping(virtual)
    post = post_of(clock)
    told = []

    async def story():
        begun_s, before, sent = clock.monotonic_s(), len(post.events), len(post.wire.sent)
        for jump in JUMPS:
            clock.offset += jump
            await asyncio.sleep(10.0)
        told.extend(event.kind for event in post.events[before:])
        return clock.monotonic_s() - begun_s, post.wire.sent[sent:]

    lasted_s, sent = post.run(story, settle_s=20.0)
    beats = [at for at, message, _ in sent if message.message_name == "HEARTBEAT"]
    gaps_s = [after - before for before, after in pairwise(beats)]
    asked = [at for at, message, _ in sent if message.message_name == "TIMESYNC"]
    others = {message.message_name for _, message, _ in sent} - {"HEARTBEAT", "TIMESYNC"}
    print(
        f"promise 10: goal 0 links lost, 0 timer bursts through jumps of 1 h and 10 y; measured {len(told)} events, "
        f"{len(others)} other frames sent, heartbeats {min(gaps_s):.2f} to {max(gaps_s):.2f} s apart, "
        f"questions for the time {min(map(operator.sub, asked[1:], asked)):.2f} s apart or more"
    )
    assert told == []
    assert others == set()
    assert min(map(operator.sub, asked[1:], asked)) > 4.5
    assert len(beats) in (int(lasted_s), int(lasted_s) + 1)
    assert max(gaps_s) - min(gaps_s) < 0.01


def test_what_is_written_down_keeps_its_order_by_sequence(virtual, post_of):
    """Events are handed on in the order in which things happened, whatever the wall clock said."""
    clock = Jumping(virtual)
    post = post_of(clock)

    async def story():
        post.autopilot.mode = 4
        await asyncio.sleep(2.0)
        clock.offset = timedelta(hours=-1)
        post.autopilot.mode = 6
        await asyncio.sleep(2.0)

    post.run(story)
    modes = [event for event in post.events if event.kind == "vehicle.mode"]
    assert [event.data["mode"] for event in modes] == ["GUIDED", "RTL"]
    assert modes[1].at < modes[0].at
    assert modes[0].at > datetime(2026, 1, 1, tzinfo=UTC)
