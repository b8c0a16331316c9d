"""Links to vehicles are opened and closed over HTTP."""

import pytest

from gcs.vehicles.link_desk import OnlyLinkError
from telemetry.links.url import LinkError

PATH = "/api/v1/links"
URL = "udpin://0.0.0.0:14560"


async def test_a_link_is_opened_in_the_network_of_the_settings_or_another(api, behind):
    answer = await api.put(PATH, json={"url": URL, "open": True}, headers={"X-Seat": "li"})
    assert [link["url"] for link in await answer.json()] == [link.url for link in behind.links]
    await api.put(PATH, json={"url": URL, "open": True, "network": "北区"}, headers={"X-Seat": "li"})
    await api.put(PATH, json={"url": URL, "open": False}, headers={"X-Seat": "li"})
    assert behind.lines.told == [("open", URL, "main", "li"), ("open", URL, "北区", "li"), ("close", URL, "li")]


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
