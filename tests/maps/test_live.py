"""The live feed: who gets what, when, and that nobody is waited for."""

import asyncio
import json

import pytest
from msgspec.structs import replace

from gcs.events import Event
from maps.layers import moved_view
from maps.live import GIVE_UP_AFTER_S, MOST_QUEUED, PERIOD_S, QUIET_S, SOON_S, LiveFeed, Sources
from maps.live_messages import COLUMNS, VEHICLES_AT_A_TIME
from maps.views import Trail


class Socket:
    """A reader. `stalled`: its end of the connection takes nothing until `flow` is set."""

    def __init__(self) -> None:
        self.sent = []
        self.flow = asyncio.Event()
        self.flow.set()
        self.left = asyncio.Event()
        self.cut = False

    async def send_frame(self, message, opcode):
        await self.flow.wait()
        if self.cut:
            raise ConnectionResetError
        self.sent.append(message)

    def get_extra_info(self, name):
        return self if name == "socket" else None

    def shutdown(self, how):
        self.cut = True
        self.left.set()

    def __aiter__(self):
        return self

    async def __anext__(self):
        await self.left.wait()
        raise StopAsyncIteration

    @property
    def messages(self):
        return [json.loads(message) for message in self.sent]

    def types(self):
        return [message["type"] for message in self.messages]

    def shown(self, kind):
        return [[item["id"] for item in m[kind]] for m in self.messages if m["type"] == "changes" and kind in m]


class Moves:
    """Says of the vehicles in `moved` that they only moved; counts how often all is to be told anew."""

    def __init__(self, making) -> None:
        self.making, self.moved, self.forgotten = making, set(), 0

    def of(self, vehicles):
        rows = [moved_view(self.making.vehicle(name), 100.0) for name in vehicles if name in self.moved]
        return rows, [name for name in vehicles if name not in self.moved]

    def forget(self):
        self.forgotten += 1


class Room:
    """A feed over a state that the test changes, and its readers."""

    def __init__(self, making) -> None:
        self.now = making.state()
        self.states_made = 0
        self.asked = []
        self.moves = Moves(making)
        self.feed = LiveFeed(Sources(self, self.outline, self.some, self.trails, self.moves))
        self.serving = []

    def __len__(self):
        return len(self.now.vehicles)

    def __iter__(self):
        return (vehicle.id for vehicle in self.now.vehicles)

    def outline(self):
        self.states_made += 1
        return replace(self.now, vehicles=())

    def some(self, wanted):
        self.asked.append({kind: len(ids) for kind, ids in wanted.items()})
        named = wanted.get("vehicles", ())
        return replace(self.now, vehicles=tuple(vehicle for vehicle in self.now.vehicles if vehicle.id in named))

    def trails(self, vehicles):
        return [Trail(vehicle=vehicle, points=((29.9, 121.8),)) for vehicle in vehicles]

    async def reader(self, unit=None, *, rows=False):
        socket = Socket()
        self.serving.append(asyncio.ensure_future(self.feed.serve(socket, unit, rows=rows)))
        await asyncio.sleep(0.01)
        return socket


@pytest.fixture
def in_room(virtual, making):
    """Runs a coroutine function of (room, making) in virtual time with the feed started."""

    def run(story):
        async def whole():
            room = Room(making)
            await room.feed.start()
            await story(room)
            await room.feed.stop()

        virtual.run(whole())

    return run


def test_the_first_message_is_everything(in_room, making):
    async def story(room):
        room.now = making.state(vehicles=(making.view(),))
        socket = await room.reader()
        (first,) = socket.messages
        assert first["type"] == "state"
        assert first["state"]["vehicles"][0]["id"] == "main-1"
        assert first["state"]["vehicles"][0]["lat"] is None
        assert first["trails"] == [{"vehicle": "main-1", "points": [[29.9, 121.8]]}]

    in_room(story)


def test_changes_are_collected_into_five_messages_a_second(in_room, making):
    async def story(room):
        room.now = making.state(vehicles=(making.view("main-1"), making.view("main-2")))
        socket = await room.reader()
        for _ in range(100):
            room.feed.mark("vehicles", "main-1")
            await asyncio.sleep(0.01)
        await asyncio.sleep(PERIOD_S)
        assert socket.shown("vehicles") == [["main-1"]] * len(socket.shown("vehicles"))
        assert 5 <= len(socket.shown("vehicles")) <= 6

    in_room(story)


def test_what_may_call_somebody_goes_soon_and_takes_nothing_else_along(in_room, making):
    async def story(room):
        socket = await room.reader()
        room.feed.mark("vehicles", "main-1")
        room.feed.mark("sightings", "s-1")
        await asyncio.sleep(2 * SOON_S)
        assert socket.messages[-1]["gone"] == {"sightings": ["s-1"]}
        await asyncio.sleep(PERIOD_S)
        assert socket.messages[-1]["gone"] == {"vehicles": ["main-1"]}

    in_room(story)


def test_what_is_gone_is_named(in_room, making):
    async def story(room):
        socket = await room.reader()
        room.feed.mark("alarms", "link.lost:main-1")
        await asyncio.sleep(2 * PERIOD_S)
        assert socket.messages[-1]["gone"] == {"alarms": ["link.lost:main-1"]}

    in_room(story)


def test_an_event_goes_at_once(in_room, making):
    async def story(room):
        socket = await room.reader()
        room.feed.publish_event(Event(kind="vehicle.armed", at=making.noon, actor="main-1", seq=8))
        await asyncio.sleep(0.001)
        assert socket.messages[-1]["event"]["kind"] == "vehicle.armed"

    in_room(story)


def test_a_quiet_feed_says_that_it_lives(in_room):
    async def story(room):
        socket = await room.reader()
        await asyncio.sleep(10 * QUIET_S + PERIOD_S)
        quiet = socket.messages[1:]
        assert 9 <= len(quiet) <= 11
        assert all(set(message) == {"type", "at"} for message in quiet)

    in_room(story)


def test_a_unit_hears_that_the_feed_lives_while_others_have_all_the_news(in_room, making):
    async def story(room):
        socket = await room.reader("car-1")
        room.now = making.state(vehicles=(making.view(),))
        for _ in range(round(10 * QUIET_S / PERIOD_S) + 1):
            room.feed.mark("vehicles", "main-1")
            await asyncio.sleep(PERIOD_S)
        quiet = socket.messages[1:]
        assert 9 <= len(quiet) <= 11
        assert all(set(message) == {"type", "at"} for message in quiet)

    in_room(story)


def test_all_readers_get_the_same_bytes_made_once(in_room, making):
    async def story(room):
        room.now = making.state(vehicles=(making.view(),))
        sockets = [await room.reader() for _ in range(30)]
        await asyncio.sleep(PERIOD_S)
        room.asked.clear()
        room.feed.mark("vehicles", "main-1")
        await asyncio.sleep(PERIOD_S)
        assert room.asked == [{"vehicles": 1}, {}]
        assert all(socket.sent[-1] is sockets[0].sent[-1] for socket in sockets)

    in_room(story)


def test_nothing_is_computed_when_nobody_looks(in_room):
    async def story(room):
        for _ in range(20):
            room.feed.mark("vehicles", "main-1")
            await asyncio.sleep(PERIOD_S)
        assert room.states_made == 0
        assert not room.asked

    in_room(story)


def test_a_stalled_reader_costs_the_others_nothing_and_gets_a_fresh_state(in_room, making):
    async def story(room):
        stalled, healthy = await room.reader(), await room.reader()
        stalled.flow.clear()
        for seq in range(MOST_QUEUED + 20):
            room.now = making.state(seq=seq, vehicles=(making.view(),))
            room.feed.mark("vehicles", "main-1")
            await asyncio.sleep(PERIOD_S)
        assert len(healthy.shown("vehicles")) == MOST_QUEUED + 20
        stalled.flow.set()
        await asyncio.sleep(0.01)
        assert stalled.types() == ["state", "changes", "state"], "what it missed is in the state"
        assert stalled.messages[-1]["state"]["seq"] == MOST_QUEUED + 19

    in_room(story)


def test_a_reader_that_takes_nothing_is_cut_off(in_room, making):
    async def story(room):
        stalled = await room.reader()
        stalled.flow.clear()
        room.feed.mark("vehicles", "main-1")
        await asyncio.sleep(GIVE_UP_AFTER_S + 1)
        assert stalled.cut
        assert room.feed.readers == 0
        assert all(task.done() and task.exception() is None for task in room.serving)

    in_room(story)


def test_a_reader_that_leaves_is_forgotten(in_room):
    async def story(room):
        socket = await room.reader()
        socket.left.set()
        await asyncio.sleep(0.01)
        assert room.feed.readers == 0

    in_room(story)


def test_what_changed_while_somebody_joined_is_not_missed(in_room, making):
    async def story(room):
        await room.reader()
        room.now = making.state(seq=8, vehicles=(making.view("main-9"),))
        room.feed.mark("vehicles", "main-9")
        late = await room.reader()
        await asyncio.sleep(PERIOD_S)
        assert late.shown("vehicles") == [["main-9"]]

    in_room(story)


def test_a_unit_sees_itself_and_its_own_sightings_only(in_room, making):
    async def story(room):
        room.now = making.state(
            vehicles=(making.view(),),
            sightings=(making.sighting("mine", unit="car-1"), making.sighting("theirs", unit="car-2")),
            units=(making.unit("car-1"), making.unit("car-2")),
        )
        socket = await room.reader("car-1")
        (first,) = socket.messages
        assert [s["id"] for s in first["state"]["sightings"]] == ["mine"]
        assert [u["id"] for u in first["state"]["units"]] == ["car-1"]
        assert first["state"]["vehicles"] == []
        assert first["trails"] == []
        for kind, name in (("vehicles", "main-1"), ("sightings", "theirs"), ("units", "car-2")):
            room.feed.mark(kind, name)
        await asyncio.sleep(PERIOD_S)
        assert len(socket.messages) == 1, "what concerns others is not told, not even by an id"
        room.feed.mark("sightings", "mine")
        await asyncio.sleep(PERIOD_S)
        assert socket.shown("sightings") == [["mine"]]

    in_room(story)


def test_a_unit_is_told_that_a_sighting_went_to_somebody_else(in_room, making):
    async def story(room):
        socket = await room.reader("car-1")
        room.now = making.state(sightings=(making.sighting("s-1", unit="car-2", before=("car-1", "car-2")),))
        room.feed.mark("sightings", "s-1")
        await asyncio.sleep(2 * PERIOD_S)
        assert socket.messages[-1]["gone"] == {"sightings": ["s-1"]}
        assert "sightings" not in socket.messages[-1]

    in_room(story)


def test_a_unit_gets_its_own_events_only(in_room, making):
    async def story(room):
        socket = await room.reader("car-1")
        for unit in ("car-1", "car-2", None):
            room.feed.publish_event(Event(kind="unit.status", at=making.noon, actor="x", unit=unit))
        await asyncio.sleep(0.01)
        assert [m["event"]["unit"] for m in socket.messages if m["type"] == "event"] == ["car-1"]

    in_room(story)


def test_a_mark_of_an_unknown_kind_is_a_mistake_of_ours(making):
    with pytest.raises(KeyError):
        Room(making).feed.mark("clouds", "1")


def test_many_vehicles_are_told_together_and_looked_at_a_few_at_a_time(in_room, making):
    async def story(room):
        names = [f"main-{n}" for n in range(1, 2 * VEHICLES_AT_A_TIME + 6)]
        room.now = making.state(vehicles=tuple(making.view(name) for name in names))
        socket = await room.reader()
        assert [view["id"] for view in socket.messages[0]["state"]["vehicles"]] == names
        assert [trail["vehicle"] for trail in socket.messages[0]["trails"]] == names
        assert [call["vehicles"] for call in room.asked] == [VEHICLES_AT_A_TIME, VEHICLES_AT_A_TIME, 5]
        room.asked.clear()
        for name in (*names, "main-999"):
            room.feed.mark("vehicles", name)
        await asyncio.sleep(2 * PERIOD_S)
        assert [call["vehicles"] for call in room.asked if call] == [VEHICLES_AT_A_TIME, VEHICLES_AT_A_TIME, 6]
        assert socket.shown("vehicles") == [names]
        assert [m["gone"] for m in socket.messages if "gone" in m] == [{"vehicles": ["main-999"]}]
        assert socket.types().count("changes") == 1

    in_room(story)


def test_who_reads_rows_gets_one_of_each_vehicle_that_only_moved_and_others_all_of_it(in_room, making):
    async def story(room):
        room.now = making.state(vehicles=(making.view("main-1"), making.view("main-2")))
        with_rows, whole = await room.reader(rows=True), await room.reader()
        assert with_rows.messages[0] == whole.messages[0], "both begin with everything"
        room.moves.moved = {"main-1"}
        for name in ("main-1", "main-2", "main-9"):
            room.feed.mark("vehicles", name)
        await asyncio.sleep(PERIOD_S)
        assert whole.shown("vehicles") == [["main-1", "main-2"]]
        assert with_rows.shown("vehicles") == [["main-2"]]
        (moved,) = [message["moved"] for message in with_rows.messages if "moved" in message]
        assert moved["columns"] == list(COLUMNS)
        (row,) = moved["rows"]
        shown = {view["id"]: view for view in whole.messages[-1]["vehicles"]}
        assert dict(zip(moved["columns"], row, strict=True)).items() <= shown["main-1"].items()
        assert "moved" not in whole.messages[-1]
        for socket in (with_rows, whole):
            assert socket.messages[-1]["gone"] == {"vehicles": ["main-9"]}

    in_room(story)


def test_rows_alone_ask_for_no_whole_vehicle(in_room, making):
    async def story(room):
        room.now = making.state(vehicles=(making.view("main-1"),))
        socket = await room.reader(rows=True)
        room.asked.clear()
        room.moves.moved = {"main-1"}
        room.feed.mark("vehicles", "main-1")
        await asyncio.sleep(PERIOD_S)
        assert room.asked == [{}]
        assert set(socket.messages[-1]) == {"type", "at", "moved"}

    in_room(story)


def test_who_begins_with_a_state_is_told_by_no_row_what_the_state_did_not_show(in_room, making):
    async def story(room):
        await room.reader(rows=True)
        before = room.moves.forgotten
        await asyncio.sleep(PERIOD_S)
        await room.reader(rows=True)
        assert room.moves.forgotten == before + 2, "before the state is made, and once it is"
        room.feed.tell_anew()
        assert room.moves.forgotten > before + 2

    in_room(story)


def test_a_state_is_made_once_for_all_who_come_while_it_is_made(in_room, making):
    async def story(room):
        room.now = making.state(vehicles=tuple(making.view(f"main-{n}") for n in range(3 * VEHICLES_AT_A_TIME)))
        room.states_made = 0
        sockets = [Socket() for _ in range(5)]
        room.serving += [asyncio.ensure_future(room.feed.serve(socket)) for socket in sockets]
        await asyncio.sleep(0.01)
        assert room.states_made == 1
        assert all(socket.sent[0] is sockets[0].sent[0] for socket in sockets)

    in_room(story)


def test_rounds_that_take_long_leave_as_much_time_to_others(in_room):
    async def story(room):
        rounds = []

        async def slow(kinds):
            rounds.append(kinds)
            await asyncio.sleep(4 * PERIOD_S)

        room.feed._round = slow
        await asyncio.sleep(80.5 * PERIOD_S)
        assert len(rounds) == 10

    in_room(story)


def test_who_comes_with_another_taste_while_a_round_is_put_together_begins_after_it(in_room, making):
    async def story(room):
        many = 3 * VEHICLES_AT_A_TIME
        room.now = making.state(vehicles=tuple(making.view(f"main-{n}") for n in range(many)))
        await room.reader(rows=True)
        room.moves.moved = set(room)
        late = []

        def look(vehicles, of=room.moves.of):
            if not late:
                late.append(Socket())
                room.serving.append(asyncio.ensure_future(room.feed.serve(late[0])))
            return of(vehicles)

        room.moves.of = look
        for name in room:
            room.feed.mark("vehicles", name)
        await asyncio.sleep(1.5 * PERIOD_S)
        assert late[0].types() in (["state"], ["state", "state"]), "no round that was not made for it"

    in_room(story)
