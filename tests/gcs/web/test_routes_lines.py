"""Links to vehicles are opened and closed over HTTP."""

import pytest

from gcs.vehicles.link_desk import LastHeardError, OnlyLinkError
from telemetry.links.url import LinkError

PATH = "/api/v1/links"
URL = "udpin://0.0.0.0:14560"


async def test_a_link_is_opened_in_the_network_of_the_settings_or_another(api, behind):
    answer = await api.put(PATH, json={"url": URL, "open": True}, headers={"X-Seat": "li"})
    assert [link["url"] for link in await answer.json()] == [link.url for link in behind.links]
    await api.put(PATH, json={"url": URL, "open": True, "network": "北区"}, headers={"X-Seat": "li"})
    await api.put(PATH, json={"url": URL, "open": False}, headers={"X-Seat": "li"})
    opened = [("open", URL, "main", "li"), ("open", URL, "北区", "li")]
    assert behind.lines.told == [*opened, ("close", URL, "li", False)]


@pytest.mark.parametrize(("confirm", "confirmed"), [(URL, True), ("udpin://0.0.0.0:1", False)])
async def test_closing_is_confirmed_by_naming_the_link_again(api, behind, confirm, confirmed):
    await api.put(PATH, json={"url": URL, "open": False, "confirm": confirm}, headers={"X-Seat": "li"})
    assert behind.lines.told == [("close", URL, "li", confirmed)]


async def test_who_would_not_be_heard_any_more_is_named(api, behind, refused):
    behind.lines.error = LastHeardError(URL, ["main-1", "main-2"])
    answer = await api.put(PATH, json={"url": URL, "open": False})
    assert set((await refused(answer, 409, "link.last_heard"))["reasons"]) == {"main-1", "main-2"}


async def test_it_is_told_by_which_link_each_vehicle_is_heard(api):
    (way,) = await (await api.get("/api/v1/ways")).json()
    assert way == {
        "vehicle": "main-1", "link": "udpin://0.0.0.0:14550", "peer": "10.0.0.7:14550", "used": True, "age_s": 0.2,
        "delay_s": None, "loss_pct": 3.1,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [(LinkError("in use"), 422, "link.invalid"), (OnlyLinkError("main-1 is armed"), 409, "link.needed")],
)
async def test_what_cannot_be_is_one_clear_line(api, behind, refused, error, status, code):
    behind.lines.error = error
    await refused(await api.put(PATH, json={"url": URL, "open": False}), status, code)


async def test_a_network_has_a_plain_name(api, behind, refused):
    await refused(await api.put(PATH, json={"url": URL, "open": True, "network": "a/b"}), 422, "body.invalid")
    assert behind.lines.told == []
