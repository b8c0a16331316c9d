"""Other ground stations as guests: what they hear, what they may say, and what they may never say."""

import pytest

from telemetry.links.exchange import SAME_ID
from telemetry.links.guard import Signing
from telemetry.links.keyring import Keyring
from telemetry.links.times_file import Times
from telemetry.messages import new
from telemetry.recorder import Recorder
from telemetry.signing import key_from_passphrase
from telemetry.tlog import read_tlog

SUBSCRIBED = frozenset({"HEARTBEAT", "COMMAND_LONG", "COMMAND_ACK", "REQUEST_DATA_STREAM", "SETUP_SIGNING"})
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


class Seats:
    """Who has taken which vehicle, and what passed."""

    def __init__(self, **taken):
        self.taken = taken
        self.told = []

    def leased(self, seat, link, sysid):
        return sysid in self.taken.get(seat, ())

    def passed(self, door, guest, link, frame):
        self.told.append((door.where.seat, frame.msgid))


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
    one.send(heartbeat)
    two.send(heartbeat)
    await guest.until(1)

    assert names(two) == [("COMMAND_LONG", 250), ("HEARTBEAT", 250)]
    assert not one.heard
    assert [received.sysid for received in guest.heard] == [2]
    assert door.status().refused - refused == 4
    assert seats.told[-2:] == [("Wang", 76), ("Wang", 0)]


async def test_what_is_no_longer_leased_is_neither_heard_nor_reached(meet, heartbeat, eventually):
    seats = Seats(Wang={1, 2})
    _, guest, (one, two), door = await meet("leased&seat=Wang", hears=2, rules=seats)
    seats.taken["Wang"] = {2}
    one.send(heartbeat)
    two.send(heartbeat)
    await guest.until(1)
    before = door.frames_in
    guest.send(RTL)
    await eventually(lambda: door.frames_in == before + 1)

    assert [received.sysid for received in guest.heard] == [2]
    assert not one.heard


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
