"""What the sightings of some days say together: as CSV, as heat by place, as figures by class. Never by person."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar

import msgspec
from aiohttp import web

from gcs.sightings.analysis import CELL_M, ClassFigures, SiteFigures, by_class, by_site, heat
from gcs.sightings.analysis_files import heat_geojson, sightings_csv
from gcs.sightings.model import Sighting
from gcs.web.analysis_page import analysis_page
from gcs.web.language import language_asked
from gcs.web.problem import ProblemError
from gcs.web.route import Call, Query, Route
from maps.report_style import POLICY

T = TypeVar("T")
USUAL_DAYS, MOST_DAYS = 30, 3660
MOST_SIGHTINGS = 100_000
SMALLEST_CELL_M, LARGEST_CELL_M = 20, 5000
GEOJSON = "application/geo+json"
_DAYS = Query("days", f"received in the last so many days; {USUAL_DAYS} unless told")
_SIMULATED = Query("simulated", "1: those of exercises; else the real ones")


class SiteWeights(msgspec.Struct, frozen=True, kw_only=True):
    """How much there was to do at each site, and when; a file of it is what the planner takes."""

    at: datetime
    sites: tuple[SiteFigures, ...]


async def get_csv(call: Call[None]) -> web.Response:
    catalogue = call.services.catalogue
    text = await _of(call, lambda found: sightings_csv(found, catalogue))
    headers = {"Content-Disposition": 'attachment; filename="sightings.csv"'}
    # The mark at the start is how spreadsheets know UTF-8, without which Chinese is unreadable there.
    return web.Response(body=b"\xef\xbb\xbf" + text.encode(), content_type="text/csv", charset="utf-8", headers=headers)


async def get_heat(call: Call[None]) -> web.Response:
    cell_m = call.number("cell_m", round(CELL_M))
    if not SMALLEST_CELL_M <= cell_m <= LARGEST_CELL_M:
        raise ProblemError(400, "query.number", f"cell_m must be {SMALLEST_CELL_M} to {LARGEST_CELL_M}", field="cell_m")
    now, local = call.services.clock.utc(), call.services.config.local
    cells = await _of(call, lambda found: heat_geojson(heat(found, now, local, float(cell_m))))
    return web.Response(body=msgspec.json.encode(cells), content_type=GEOJSON)


async def get_page(call: Call[None]) -> web.Response:
    """The same as a page to read and print: it runs nothing and asks nobody."""
    services, (since, until) = call.services, _span(call)
    local, catalogue, sites = services.config.local, services.catalogue, services.sites
    names = {name: (klass.zh, klass.en) for name, klass in catalogue.items()}
    places = {site.id: (site.zh, site.en) for site in sites.values()}
    language = language_asked(call.request)
    page = await _of(
        call,
        lambda found: analysis_page(found, since, until, local, names=names, places=places, language=language),
    )
    headers = {"Content-Security-Policy": f"{POLICY}; frame-ancestors 'none'; sandbox"}
    return web.Response(text=page, content_type="text/html", headers=headers)


def _span(call: Call[Any]) -> tuple[datetime, datetime]:
    until = call.services.clock.utc()
    return until - timedelta(days=min(call.number("days", USUAL_DAYS), MOST_DAYS)), until


async def get_figures(call: Call[None]) -> tuple[ClassFigures, ...]:
    local = call.services.config.local
    return await _of(call, lambda found: by_class(found, local))


async def get_sites(call: Call[None]) -> SiteWeights:
    now, local, sites = call.services.clock.utc(), call.services.config.local, tuple(call.services.sites)
    return SiteWeights(at=now, sites=await _of(call, lambda found: by_site(found, sites, now, local)))


async def _of(call: Call[Any], work: Callable[[Sequence[Sighting]], T]) -> T:
    """`work` on the sightings asked for, beside the loop. Exercises and real work are never counted together."""
    simulated = call.number("simulated", 0) > 0
    since, _ = _span(call)
    found = await call.services.store.list_sightings_since(since, MOST_SIGHTINGS)
    return await asyncio.to_thread(lambda: work([s for s in found if s.simulated is simulated]))


ROUTES = (
    Route(
        "GET", "/analysis/sightings.csv", get_csv, "sightings as CSV", "analysis", content="text/csv",
        query=(_DAYS, _SIMULATED), problems=(400, 503),
    ),
    Route(
        "GET", "/analysis/heat.geojson", get_heat, "where to look next: cells with weights", "analysis",
        content=GEOJSON, query=(_DAYS, _SIMULATED, Query("cell_m", "side of a cell, 100 m unless told")),
        problems=(400, 503),
    ),
    Route(
        "GET", "/analysis/sites", get_sites, "where and when to look next: weights of sites", "analysis",
        answer=SiteWeights, query=(_DAYS, _SIMULATED), problems=(400, 503),
    ),
    Route(
        "GET", "/analysis/page", get_page, "the same as a page to print", "analysis", content="text/html",
        query=(_DAYS, _SIMULATED), problems=(400, 503),
    ),
    Route(
        "GET", "/analysis/classes", get_figures, "figures by class: how many, when, how long steps took", "analysis",
        answer=tuple[ClassFigures, ...], query=(_DAYS, _SIMULATED), problems=(400, 503),
    ),
)  # fmt: skip
