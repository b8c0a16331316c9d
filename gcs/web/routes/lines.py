"""The links to vehicles: which there are, who is heard by them, and one more or less of them."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from gcs.config import NETWORK_NAME
from gcs.web.route import Call, Route
from maps.layers import heard_view
from maps.views import HeardView, LinkView


class LineRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`open` false closes it; where that leaves a vehicle unheard, `confirm` names the link again. Vehicles heard by
    it belong to `network`, that of the settings unless it is named."""

    url: Annotated[str, Meta(min_length=1, max_length=300)]
    open: bool
    network: Annotated[str, Meta(pattern=f"^{NETWORK_NAME}$")] | None = None
    confirm: Annotated[str, Meta(max_length=300)] | None = None


async def get_ways(call: Call[None]) -> tuple[HeardView, ...]:
    return tuple(heard_view(vehicle, way) for vehicle, way in call.services.lines.ways())


async def get_links(call: Call[None]) -> tuple[LinkView, ...]:
    return call.services.links()


async def set_link(call: Call[LineRequest]) -> tuple[LinkView, ...]:
    """Until the next start: what stays stands in the settings."""
    services, asked = call.services, call.body
    if asked.open:
        url = await services.lines.open(asked.url, asked.network or services.config.network, call.actor)
    else:
        url = asked.url
        await services.lines.close(url, call.actor, confirmed=asked.confirm == url)
    services.live.mark("links", url)
    return services.links()


ROUTES = (
    Route("GET", "/links", get_links, "the links to vehicles", "state", answer=tuple[LinkView, ...]),
    Route("GET", "/ways", get_ways, "by which links each vehicle is heard", "state", answer=tuple[HeardView, ...]),
    Route(
        "PUT", "/links", set_link, "opens a link to vehicles, or closes one", "state",
        body=LineRequest, answer=tuple[LinkView, ...], problems=(409, 422),
    ),
)  # fmt: skip
