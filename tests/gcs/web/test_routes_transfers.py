"""A transfer is given up over HTTP by who waits for it, or by who commands the vehicle."""

import pytest

from gcs.transfers import Transfer
from telemetry.services.log_transfer import LogDownload, LogEntry

PATH = "/api/v1/vehicles/main-1/transfers/7/cancel"
BODY = {"confirm": "main-1"}


@pytest.fixture
def transfer(behind):
    machine = LogDownload((1, 1), (255, 190), LogEntry(3, 9000, None))
    behind.station.under_way = (Transfer("7", "log", "3", "chen", machine),)
    return behind.station.under_way[0]


async def test_who_waits_for_it_gives_it_up(api, behind, transfer):
    answer = await api.post(PATH, json=BODY, headers={"X-Seat": "chen"})
    assert (await answer.json()) == {"vehicle": "main-1", "transfer": "7"}
    assert behind.station.given_up == [("main-1", transfer, "chen")]


async def test_another_seat_does_so_only_when_it_commands_the_vehicle(api, behind, transfer, refused):
    await api.post("/api/v1/vehicles/main-1/lease", json=BODY, headers={"X-Seat": "li"})
    await refused(await api.post(PATH, json=BODY, headers={"X-Seat": "wang"}), 409, "vehicle.held")
    assert (await api.post(PATH, json=BODY, headers={"X-Seat": "li"})).status == 200
    assert [actor for _, _, actor in behind.station.given_up] == ["li"]


async def test_one_that_is_not_under_way_and_a_vehicle_named_once(api, behind, transfer, refused):
    await refused(await api.post(PATH.replace("/7/", "/8/"), json=BODY), 404, "transfer.unknown")
    await refused(await api.post(PATH, json={"confirm": "main-2"}), 422, "command.not_confirmed")
    assert behind.station.given_up == []
