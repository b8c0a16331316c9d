"""Links opened and closed by hand: only ways to vehicles, and never the last one of an armed vehicle."""

from types import SimpleNamespace

import pytest

from gcs.fleet.ways import WayHealth
from gcs.vehicles.link_desk import LastHeardError, LinkDesk, OnlyLinkError
from telemetry.links.url import LinkError
from telemetry.received import Origin

URL, OTHER = "udpin://0.0.0.0:14550", "serial:///dev/ttyUSB0"


class Links:
    def __init__(self):
        self.done = []

    async def add(self, url, recorder=None, network=""):
        self.done.append(("add", url, recorder, network))
        return SimpleNamespace(url=url.replace(":0", ":40123"))

    async def remove(self, url):
        self.done.append(("remove", url))

    def loss(self, origin):
        return 0.25 if origin.link == URL else None


class Fleet:
    """One vehicle, heard by `heard_by`."""

    def __init__(self, heard_by, *, armed=True, stale=False):
        self.vehicles = {"main-1": SimpleNamespace(id="main-1", armed=armed, stale=lambda now_s: stale)}
        self.heard_by, self.networks = heard_by, {}

    def ways(self, vehicle_id, now_s):
        return tuple(
            WayHealth(origin=Origin(link, "peer"), used=link == URL, age_s=0.1, delay_s=None, loss=None)
            for link in self.heard_by
        )

    def assign_link(self, url, network):
        self.networks[url] = network


@pytest.fixture
def desk_of(virtual):
    def make(fleet):
        links, events = Links(), []
        return LinkDesk(links, fleet, virtual, lambda network: f"recorder of {network}", events.append), links, events

    return make


async def test_a_link_belongs_to_its_network_and_is_recorded_there(desk_of):
    fleet = Fleet(())
    desk, links, events = desk_of(fleet)
    assert await desk.open("udpin://127.0.0.1:0", "north", "li") == "udpin://127.0.0.1:40123"
    assert links.done == [("add", "udpin://127.0.0.1:0", "recorder of north", "north")]
    assert fleet.networks["udpin://127.0.0.1:40123"] == "north"
    assert [(e.kind, e.actor, e.data["network"]) for e in events] == [("link.opened", "li", "north")]


@pytest.mark.parametrize(
    "url", ["guest+udpin://:1?allow=all", "faulty+udpin://:1?loss=1", "tlog:///flight.tlog", "http://host", "nonsense"]
)
async def test_what_lets_others_in_or_plays_what_was_stands_in_the_settings_only(desk_of, url):
    desk, links, events = desk_of(Fleet(()))
    with pytest.raises(LinkError):
        await desk.open(url, "main", "li")
    assert (links.done, events) == ([], [])


async def test_the_only_link_of_an_armed_vehicle_is_not_closed(desk_of):
    desk, links, events = desk_of(Fleet((URL,)))
    with pytest.raises(OnlyLinkError, match="main-1 is armed and heard by"):
        await desk.close(URL, "li", confirmed=True)
    assert (links.done, events) == ([], [])


LAST = [Fleet((URL,), armed=False), Fleet((URL,), stale=True)]
"""Heard by that link alone: on the ground, or silent while it was armed."""


@pytest.mark.parametrize("fleet", LAST)
async def test_the_only_link_of_another_vehicle_is_closed_by_whoever_means_it(desk_of, fleet):
    desk, links, events = desk_of(fleet)
    with pytest.raises(LastHeardError, match="main-1 would not be heard") as refused:
        await desk.close(URL, "li", confirmed=False)
    assert (list(refused.value.reasons), links.done, events) == (["main-1"], [], [])
    await desk.close(URL, "li", confirmed=True)
    assert links.done == [("remove", URL)]


@pytest.mark.parametrize(
    "fleet", [Fleet((URL, OTHER)), Fleet((OTHER,)), Fleet(()), Fleet((URL,), armed=False, stale=True)]
)
async def test_any_other_is_and_it_is_told(desk_of, fleet):
    desk, links, events = desk_of(fleet)
    await desk.close(URL, "li", confirmed=False)
    assert links.done == [("remove", URL)]
    assert [(event.kind, event.data["link"]) for event in events] == [("link.closed", URL)]


def test_each_way_is_told_with_what_is_lost_on_it_now(desk_of):
    desk, _, _ = desk_of(Fleet((URL, OTHER)))
    assert [(vehicle, way.origin.link, way.used, way.loss) for vehicle, way in desk.ways()] == [
        ("main-1", URL, True, 0.25),
        ("main-1", OTHER, False, None),
    ]
