"""Doors for scripts follow the leases: one for each vehicle that is taken, for the seat that has taken it."""

from types import SimpleNamespace

import pytest

from gcs.clock import ManualClock
from gcs.leases import LEASE_S, Leases
from gcs.scripts import ScriptDoor
from gcs.vehicles.script_doors import ScriptDoors
from telemetry.links.link import CLOSED, OPEN
from telemetry.links.url import LinkError, parse_link_url

PORTS = range(14600, 14604)


class Links:
    """Opens what it is told, but for ports in `busy`."""

    def __init__(self):
        self.open, self.busy = {}, set()

    async def add(self, url, recorder=None, network="", *, signed=True):
        assert not signed, "a script on this machine needs no key"
        where = parse_link_url(url)
        if where.port in self.busy:
            raise LinkError("in use")
        self.open[url] = SimpleNamespace(
            url=url, where=where, network=network, state=OPEN, peers={}, turned_away=0, recorder=recorder
        )
        return self.open[url]

    async def remove(self, url):
        del self.open[url]


class Desk:
    def __init__(self, clock, ports=PORTS):
        self.clock, self.links, self.leases = clock, Links(), Leases(lambda _: None)
        self.events, self.changed, self.vehicles = [], [], {}
        for network, sysid in (("main", 1), ("main", 2), ("北区", 2)):
            self.vehicles[f"{network}-{sysid}"] = SimpleNamespace(id=f"{network}-{sysid}", network=network, sysid=sysid)
        self.doors = ScriptDoors(
            ports, self.links, self.leases,
            vehicles=self.vehicles, clock=clock, publish=self.events.append, changed=self.changed.append,
        )  # fmt: skip

    async def take(self, vehicle, seat, **how):
        self.leases.take(vehicle, seat, self.clock.monotonic_s(), **how)
        await self.doors.look()
        return self.doors.of(vehicle)

    def leads_to(self):
        return sorted(
            (link.where.port, link.where.seat, link.network, link.where.vehicle) for link in self.links.open.values()
        )


@pytest.fixture
def desk():
    return Desk(ManualClock())


async def test_a_vehicle_that_is_taken_has_a_door_for_its_seat_and_for_nothing_else(desk):
    await desk.doors.look()
    assert desk.links.open == {}
    assert await desk.take("main-1", "王警官") == ScriptDoor("王警官", "tcp:127.0.0.1:14601")
    (link,) = desk.links.open.values()
    assert (link.where.host, link.where.scheme, link.where.guest.value) == ("127.0.0.1", "tcpin", "leased")
    assert desk.leads_to() == [(14601, "王警官", "main", 1)]
    assert [(e.kind, e.actor, e.vehicle, e.data["connect"]) for e in desk.events] == [
        ("script.opened", "王警官", "main-1", "tcp:127.0.0.1:14601")
    ]


async def test_two_vehicles_with_one_id_in_two_networks_have_doors_of_their_own(desk):
    await desk.take("main-2", "Wang")
    await desk.take("北区-2", "Wang")
    assert desk.leads_to() == [(14600, "Wang", "北区", 2), (14602, "Wang", "main", 2)]


async def test_a_door_closes_when_the_vehicle_is_let_go_and_when_its_lease_runs_out(desk):
    await desk.take("main-1", "Wang")
    desk.leases.release("main-1", "Wang", desk.clock.monotonic_s())
    await desk.doors.look()
    assert (desk.links.open, desk.doors.of("main-1")) == ({}, None)
    await desk.take("main-1", "Wang")
    desk.clock.advance(LEASE_S + 0.1)
    assert desk.doors.of("main-1") is None
    await desk.doors.look()
    assert (desk.links.open, desk.doors.of("main-1")) == ({}, None)
    assert [event.kind for event in desk.events] == ["script.opened", "script.closed"] * 2


async def test_who_takes_a_vehicle_over_gets_another_door_at_the_same_port(desk):
    await desk.take("main-1", "Wang")
    (before,) = desk.links.open
    assert await desk.take("main-1", "Li", take_over=True) == ScriptDoor("Li", "tcp:127.0.0.1:14601")
    assert before not in desk.links.open
    assert desk.leads_to() == [(14601, "Li", "main", 1)]
    assert [(event.kind, event.actor) for event in desk.events] == [
        ("script.opened", "Wang"), ("script.closed", "Wang"), ("script.opened", "Li"),
    ]  # fmt: skip


async def test_another_port_is_taken_where_one_is_busy_and_it_is_told_where_all_are(desk):
    desk.links.busy = {14601, 14600}
    assert (await desk.take("main-1", "Wang")).connect == "tcp:127.0.0.1:14602"
    desk.links.busy = set(PORTS)
    assert await desk.take("main-2", "Wang") == ScriptDoor("Wang", None)
    assert [event.vehicle for event in desk.events] == ["main-1"]
    desk.links.busy = set()
    await desk.doors.look()
    assert desk.doors.of("main-2").connect == "tcp:127.0.0.1:14600"


async def test_it_is_told_whether_a_script_is_connected_and_what_it_may_not_say(desk):
    await desk.take("main-1", "Wang")
    (link,) = desk.links.open.values()
    desk.changed.clear()
    link.peers["127.0.0.1:40000"] = link.turned_away = 1
    await desk.doors.look()
    await desk.doors.look()
    assert desk.doors.of("main-1") == ScriptDoor("Wang", "tcp:127.0.0.1:14601", callers=1, refused=1)
    assert desk.changed == ["main-1"]


async def test_a_door_that_was_closed_as_a_link_stays_closed_until_the_vehicle_is_taken_anew(desk):
    await desk.take("main-1", "Wang")
    (link,) = desk.links.open.values()
    link.state = CLOSED
    assert await desk.take("main-1", "Wang") == ScriptDoor("Wang", None)


async def test_nothing_opens_where_no_ports_are_given():
    desk = Desk(ManualClock(), range(0))
    await desk.doors.start()
    assert await desk.take("main-1", "Wang") is None
    await desk.doors.stop()
    assert desk.links.open == {}


async def test_every_door_is_closed_at_the_end(desk):
    await desk.doors.start()
    await desk.take("main-1", "Wang")
    await desk.doors.stop()
    assert desk.links.open == {}
