"""The places that are looked after."""

from __future__ import annotations

import msgspec

from gcs.sites.model import Hours, Polygon, PrivateZone, Profile
from gcs.web.route import Call, Route


class SiteView(msgspec.Struct, frozen=True, kw_only=True):
    """A site with what holds there; `due` are the hours of its profile that it is now, local time."""

    id: str
    zh: str
    en: str
    profile: Profile
    areas: tuple[Polygon, ...]
    private: tuple[PrivateZone, ...]
    due: tuple[Hours, ...]


async def list_sites(call: Call[None]) -> tuple[SiteView, ...]:
    sites, local = call.services.sites, call.services.clock.utc().astimezone(call.services.config.local)
    return tuple(
        SiteView(
            id=site.id,
            zh=site.zh,
            en=site.en,
            profile=sites.profile(site.id),
            areas=site.areas,
            private=site.private,
            due=sites.due(site.id, local),
        )
        for site in sites.values()
    )


ROUTES = (Route("GET", "/sites", list_sites, "the places that are looked after", "sites", answer=tuple[SiteView, ...]),)
