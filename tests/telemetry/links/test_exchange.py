"""Other ground stations as guests: what they hear, what they may say, and what they may never say."""

import asyncio
import contextlib

import pytest

from telemetry.constants import MavResult
from telemetry.frames import Parser, encode_frame
from telemetry.links.exchange import NEVER, NOT_TAKEN, SAME_ID
from telemetry.links.guard import Signing
from telemetry.links.keyring import Keyring
from telemetry.links.stream import NO_MAVLINK
from telemetry.links.times_file import Times
from telemetry.messages import new
from telemetry.recorder import Recorder
from telemetry.signing import key_from_passphrase
from telemetry.tlog import read_tlog

SUBSCRIBED = frozenset(
    {"HEARTBEAT", "COMMAND_LONG", "COMMAND_ACK", "REQUEST_DATA_STREAM", "SETUP_SIGNING", "STATUSTEXT"}
)
DENIED = MavResult.DENIED
RTL = new("COMMAND_LONG", target_system=1, target_component=190, command=20)


@pytest.fixture
def meet(stations, heartbeat, eventually):
    """A centre, vehicles and a guest station that have heard each other."""

    async def arrange(allow, vehicles=(1, 2), guest_sysid=250, hears=None, rules=None, **options):
        centre = stations(subscribed=SUBSCRIBED, rules=rules, **options)
        field = await centre.add("udpin://127.0.0.1:0")
        door = await centre.add(f"guest+udpin://127.0.0.1:0?allow={allow}")
        fleet = [stations(sysid=sysid, subscribed=SUBSCRIBED, **options) for sysid in vehicles]
        guest = stations(sysid=guest_sysid, subscribed=SUBSCRIBED)
        await guest.add(f"udpout://127.0.0.1:{door.port}")
        guest.send(heartbeat)
        await eventually(lambda: door.peers)
        for vehicle in fleet:
            await vehicle.add(f"udpout://127.0.0.1:{field.port}")
            vehicle.send(heartbeat)
        await centre.until(len(fleet))
        if rules is not None:
            rules.centre = centre
            for vehicle in fleet:
                vehicle.send(heartbeat)
        await guest.until(len(fleet) if hears is None else hears)
        for station in (guest, *fleet):
            station.heard.clear()
        return centre, guest, fleet, door

    return arrange


def names(station):
    return [(received.message.message_name, received.sysid) for received in station.heard]


async def test_a_guest_hears_the_vehicles_and_the_centre_does_not_hear_the_guest(meet, heartbeat):
    centre, guest, fleet, _ = await meet("read")
    fleet[1].send(heartbeat)

    assert (await guest.until(1))[0].sysid == 2
    assert {received.sysid for received in centre.heard} == {1, 2}


async def test_a_guest_that_may_only_read_reaches_no_vehicle(meet, heartbeat, eventually):
    centre, guest, fleet, door = await meet("read")
    before = door.frames_in
    guest.send(RTL)
    guest.send(heartbeat)
    await eventually(lambda: door.frames_in == before + 2)
    centre.send(heartbeat)
    for vehicle in fleet:
        await vehicle.until(1)

    assert [names(vehicle) for vehicle in fleet] == [[("HEARTBEAT", 255)]] * 2


async def test_a_guest_that_may_command_reaches_the_vehicle_it_names_and_gets_the_answer(meet, heartbeat):
    centre, guest, (one, two), _ = await meet("all")
    guest.send(RTL)
    (command,) = await one.until(1)
    one.send(new("COMMAND_ACK", command=20, target_system=250, target_component=190), command.origin)
    one.send(new("COMMAND_ACK", command=99, target_system=255, target_component=190), command.origin)
    await centre.until(4)
    guest.send(heartbeat)
    await two.until(1)

    assert names(one)[0] == ("COMMAND_LONG", 250)
    assert names(two) == [("HEARTBEAT", 250)]
    assert [received.message.command for received in guest.heard] == [20]


async def test_rates_signing_and_commands_under_a_vehicles_id_do_not_pass(meet, heartbeat, eventually, stations):
    _, guest, fleet, door = await meet("all")
    false_vehicle = stations(sysid=2)
    await false_vehicle.add(f"udpout://127.0.0.1:{door.port}")
    before = door.frames_in
    guest.send(new("REQUEST_DATA_STREAM", target_system=1, target_component=190))
    guest.send(new("COMMAND_LONG", target_system=1, target_component=190, command=511))
    guest.send(new("SETUP_SIGNING", target_system=1, target_component=190))
    false_vehicle.send(RTL)
    await eventually(lambda: door.frames_in == before + 4)
    guest.send(heartbeat)
    await fleet[0].until(1)

    assert names(fleet[0]) == [("HEARTBEAT", 250)]


async def test_a_guest_under_our_own_id_is_refused_and_told(meet, heartbeat, eventually):
    _, guest, fleet, door = await meet("all", guest_sysid=255)
    guest.send(RTL)
    await eventually(lambda: door.status().problem == SAME_ID)

    assert all(not vehicle.heard for vehicle in fleet)


def signed(url):
    return Signing(Keyring({url: key_from_passphrase("a passphrase")}), Times(), unix_us=lambda: 1_790_000_000_000_000)


async def test_what_a_guest_commands_is_recorded_once_and_signed_by_us(stations, heartbeat, eventually, tmp_path):
    recorder = Recorder(tmp_path)
    centre = stations(recorder=recorder, signing=signed("udpin://127.0.0.1:0"))
    vehicle, guest = stations(sysid=1, subscribed=SUBSCRIBED, signing=signed("*")), stations(sysid=250)
    field = await centre.add("udpin://127.0.0.1:0")
    door = await centre.add("guest+udpin://127.0.0.1:0?allow=all")
    await vehicle.add(f"udpout://127.0.0.1:{field.port}")
    await guest.add(f"udpout://127.0.0.1:{door.port}")
    guest.send(heartbeat)
    await eventually(lambda: door.peers)
    vehicle.send(heartbeat)
    await guest.until(1)
    guest.send(RTL)
    await vehicle.until(1)
    recorder.close()
    (path,) = tmp_path.iterdir()

    assert names(vehicle) == [("COMMAND_LONG", 250)]
    assert [(frame.sysid, frame.msgid) for _, frame in read_tlog(path)] == [(1, 0), (250, 76)]


async def test_a_door_without_a_key_takes_and_gives_frames_without_a_signature_and_the_vehicle_gets_ours(
    stations, heartbeat, eventually
):
    centre = stations(signing=signed("*"))
    vehicle, guest = stations(sysid=1, subscribed=SUBSCRIBED, signing=signed("*")), stations(sysid=250)
    field = await centre.add("udpin://127.0.0.1:0")
    door = await centre.add("guest+udpin://127.0.0.1:0?allow=all", signed=False)
    await vehicle.add(f"udpout://127.0.0.1:{field.port}")
    await guest.add(f"udpout://127.0.0.1:{door.port}")
    guest.send(heartbeat)
    await eventually(lambda: door.peers)
    vehicle.send(heartbeat)
    (peer,) = door.peers.values()
    sent, write = [], peer.write
    peer.write = lambda frame: sent.append(frame) or write(frame)
    vehicle.send(heartbeat)
    await guest.until(1)
    guest.send(RTL)
    await vehicle.until(1)

    assert field.guard is not None
    assert door.guard is None
    assert names(vehicle) == [("COMMAND_LONG", 250)]
    assert not any(frame.signed for frame in Parser().feed(b"".join(sent)))
    assert sent


class Seats:
    """Who has taken which vehicle, what passed and what did not; `says` is why nothing must pass."""

    def __init__(self, **leases):
        self.leases, self.centre, self.says = leases, None, ""
        self.told, self.turned_away = [], []

    def taken(self, seat, network, sysid):
        if self.centre is None or sysid not in self.leases.get(seat, ()):
            return None
        return next(received.origin for received in self.centre.heard if received.sysid == sysid)

    def refusal(self, network, frame):
        return self.says

    def passed(self, door, guest, frame):
        self.told.append((door.where.seat, frame.msgid))

    def refused(self, door, guest, frame, reason):
        self.turned_away.append((door.where.seat, frame.msgid, reason))
        return True


async def test_a_guest_for_a_seat_hears_and_commands_the_vehicles_that_the_seat_has_taken(meet, heartbeat, eventually):
    seats = Seats(Wang={2})
    _, guest, (one, two), door = await meet("leased&seat=Wang", hears=1, rules=seats)
    before, refused = door.frames_in, door.status().refused
    for message in (
        RTL,
        RTL.replace(target_system=0),
        new("MANUAL_CONTROL", target=1, x=500),
        new("COMMAND_LONG", target_system=2, target_component=190, command=511),
        RTL.replace(target_system=2),
    ):
        guest.send(message)
    guest.send(heartbeat)
    await eventually(lambda: door.frames_in == before + 6)
    await two.until(2)
    await guest.until(3)
    guest.heard.clear()
    one.send(heartbeat)
    two.send(heartbeat)
    await guest.until(1)

    assert names(two) == [("COMMAND_LONG", 250), ("HEARTBEAT", 250)]
    assert not one.heard
    assert [received.sysid for received in guest.heard] == [2]
    assert door.status().refused - refused == 4
    assert seats.told[-2:] == [("Wang", 76), ("Wang", 0)]
    assert [reason for *_, reason in seats.turned_away] == [NOT_TAKEN, NOT_TAKEN, NOT_TAKEN, NEVER]


async def test_what_is_no_longer_leased_is_neither_heard_nor_reached(meet, heartbeat, eventually):
    seats = Seats(Wang={1, 2})
    _, guest, (one, two), door = await meet("leased&seat=Wang", hears=2, rules=seats)
    seats.leases["Wang"] = {2}
    one.send(heartbeat)
    two.send(heartbeat)
    await guest.until(1)
    before = door.frames_in
    guest.send(RTL)
    await eventually(lambda: door.frames_in == before + 1)
    ack = (await guest.until(2))[1]

    assert guest.heard[0].sysid == 2
    assert (ack.sysid, ack.message.command, ack.message.result) == (255, 20, DENIED)
    assert not one.heard


async def test_a_door_to_one_vehicle_leads_to_no_other_though_the_seat_has_taken_it_too(meet, heartbeat, eventually):
    seats = Seats(Wang={1, 2})
    centre, guest, (one, two), door = await meet("leased&seat=Wang&vehicle=2", hears=1, rules=seats)
    before = door.frames_in
    for message in (RTL, RTL.replace(target_system=0, command=21), RTL.replace(target_system=2), heartbeat):
        guest.send(message)
    await eventually(lambda: door.frames_in == before + 4)
    await two.until(3)
    centre.send(heartbeat)
    await one.until(1)
    one.send(heartbeat)
    two.send(heartbeat)
    await eventually(lambda: any(name == "HEARTBEAT" for name, _ in names(guest)))

    assert names(two)[:3] == [("COMMAND_LONG", 250), ("COMMAND_LONG", 250), ("HEARTBEAT", 250)]
    assert [(told.message.command, told.message.target_system) for told in two.heard[:2]] == [(21, 2), (20, 2)]
    assert names(one) == [("HEARTBEAT", 255)]
    assert [sysid for name, sysid in names(guest) if name == "HEARTBEAT"] == [2]
    assert [reason for *_, reason in seats.turned_away] == ["this door leads to vehicle 2 alone"]


async def test_what_must_not_be_said_to_a_vehicle_now_does_not_reach_it_and_the_guest_is_told_why(
    meet, heartbeat, eventually
):
    seats = Seats(Wang={1})
    _, guest, (one,), door = await meet("leased&seat=Wang", vehicles=(1,), rules=seats)
    seats.says = "two vehicles answer to this system id: nobody can tell which one would obey"
    guest.send(RTL)
    guest.send(heartbeat)
    await one.until(1)
    ack, *texts = (received.message for received in await guest.until(3))

    assert names(one) == [("HEARTBEAT", 250)]
    assert (ack.command, ack.result, ack.target_system, ack.target_component) == (20, DENIED, 250, 190)
    assert "".join(text.text for text in texts) == f"refused: {seats.says}"
    assert [text.chunk_seq for text in texts] == [0, 1]
    assert door.status().refused == 1


async def test_a_vehicle_that_is_taken_is_heard_and_reached_by_the_way_it_is_answered_by(
    meet, heartbeat, eventually, stations
):
    seats = Seats(Wang={1})
    centre, guest, (one,), _ = await meet("leased&seat=Wang", vehicles=(1,), rules=seats)
    field = await centre.add("udpin://127.0.0.1:0")
    false_one = stations(sysid=1, subscribed=SUBSCRIBED)
    await false_one.add(f"udpout://127.0.0.1:{field.port}")
    false_one.send(heartbeat)
    await eventually(lambda: field.peers)
    guest.send(RTL)
    await one.until(1)
    one.send(heartbeat)
    await guest.until(1)
    centre.send(heartbeat)
    await false_one.until(1)

    assert names(false_one) == [("HEARTBEAT", 255)]
    assert names(guest).count(("HEARTBEAT", 1)) == 1


async def test_a_guest_over_tcp_must_begin_with_a_frame(meet, heartbeat, stations, eventually):
    centre = stations()
    door = await centre.add("guest+tcpin://127.0.0.1:0?allow=all")
    wrapped = encode_frame(RTL, seq=0, sysid=250, compid=1)
    page, page_writes = await asyncio.open_connection("127.0.0.1", door.port)
    page_writes.write(b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n" + wrapped)
    with contextlib.suppress(ConnectionResetError):
        assert await page.read() == b""
    page_writes.close()

    assert (door.frames_in, door.status().problem) == (0, NO_MAVLINK)
    script = stations(sysid=250)
    await script.add(f"tcpout://127.0.0.1:{door.port}")
    await eventually(lambda: door.peers)
    script.send(heartbeat)
    await eventually(lambda: door.frames_in == 1)
    assert door.status().problem == ""


async def test_a_guest_is_in_one_network_and_the_same_id_elsewhere_is_another_vehicle(stations, heartbeat, eventually):
    centre = stations(subscribed=SUBSCRIBED)
    south, north = stations(sysid=1, subscribed=SUBSCRIBED), stations(sysid=1, subscribed=SUBSCRIBED)
    ours, theirs = stations(sysid=250, subscribed=SUBSCRIBED), stations(sysid=250, subscribed=SUBSCRIBED)
    for network, vehicle in (("main", south), ("north", north)):
        field = await centre.add("udpin://127.0.0.1:0", network=network)
        await vehicle.add(f"udpout://127.0.0.1:{field.port}")
    doors = [
        await centre.add(f"guest+udpin://127.0.0.1:0?allow=all{told}", network="main")
        for told in ("", "&network=north")
    ]
    for guest, door in zip((ours, theirs), doors, strict=True):
        await guest.add(f"udpout://127.0.0.1:{door.port}")
        guest.send(heartbeat)
    await eventually(lambda: all(door.peers for door in doors))
    for vehicle, mode in ((south, 4), (north, 9)):
        vehicle.send(heartbeat.replace(custom_mode=mode))
    await centre.until(2)
    ours.send(RTL)
    theirs.send(RTL.replace(command=21))
    await south.until(1)
    await north.until(1)
    heard = [[(one.sysid, one.message.custom_mode) for one in await guest.until(1)] for guest in (ours, theirs)]

    assert heard == [[(1, 4)], [(1, 9)]]
    assert [[one.message.command for one in vehicle.heard] for vehicle in (south, north)] == [[20], [21]]
    assert [door.status().refused for door in doors] == [0, 0]


async def test_a_guest_may_have_an_id_that_a_vehicle_of_another_network_has(stations, heartbeat, eventually):
    centre, north, south = (stations(sysid=sysid, subscribed=SUBSCRIBED) for sysid in (255, 7, 1))
    guest = stations(sysid=7, subscribed=SUBSCRIBED)
    links = [await centre.add("udpin://127.0.0.1:0", network=network) for network in ("north", "main")]
    door = await centre.add("guest+udpin://127.0.0.1:0?allow=all", network="main")
    for station, link in ((north, links[0]), (south, links[1]), (guest, door)):
        await station.add(f"udpout://127.0.0.1:{link.port}")
    north.send(heartbeat)
    south.send(heartbeat)
    await centre.until(2)
    guest.send(RTL)
    await south.until(1)

    assert names(south) == [("COMMAND_LONG", 7)]
    assert not north.heard
    assert door.status().refused == 0
