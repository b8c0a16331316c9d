"""What pages load: our own files, and tiles of the site's base maps."""

from __future__ import annotations

from aiohttp import web

from gcs.web.doorman import Doorman
from gcs.web.problem import not_found
from gcs.web.security import STRICT_CSP
from gcs.web.services import Services
from maps.assets import Asset, find_asset

FOREVER = "public, max-age=31536000, immutable"
ASK_AGAIN = "no-cache"
TILES_KEPT = "private, max-age=86400"
EMPTY_KEPT = "private, max-age=60"
WORKER_CSP = "default-src 'none'; script-src 'self'; connect-src 'self'; frame-ancestors 'none'"
DEEPEST_ZOOM = 24


class Files:
    """Our files hold nothing of anybody's and are open to all; base maps are the site's."""

    def __init__(self, services: Services, doorman: Doorman) -> None:
        self._services = services
        self._doorman = doorman

    def add_to(self, app: web.Application) -> None:
        app.router.add_get("/assets/{path:.+}", self.asset)
        app.router.add_get("/favicon.ico", self.icon)
        app.router.add_get(r"/tiles/{name}/{z:\d{1,2}}/{x:\d{1,8}}/{y:\d{1,8}}", self.tile)

    async def asset(self, request: web.Request) -> web.Response:
        path = request.match_info["path"]
        found = find_asset(path)
        if found is None:
            raise not_found("file", path)
        return _answer(request, found)

    async def icon(self, request: web.Request) -> web.Response:
        found = find_asset("icon.svg")
        if found is None:
            raise not_found("file", "icon.svg")
        return _answer(request, found)

    async def tile(self, request: web.Request) -> web.Response:
        """204 where the base map has no tile, or has none at the moment: the map stays empty there for a while."""
        self._doorman.person(request)
        name = request.match_info["name"]
        z, x, y = (int(request.match_info[part]) for part in ("z", "x", "y"))
        source = self._services.tiles
        if source is None or z > DEEPEST_ZOOM or x >= 2**z or y >= 2**z:
            raise not_found("tile", request.path)
        found = await source.tile(name, z, x, y)
        if found is None:
            return web.Response(status=204, headers={"Cache-Control": EMPTY_KEPT})
        body, content_type = found
        return web.Response(body=body, content_type=content_type, headers={"Cache-Control": TILES_KEPT})


def _answer(request: web.Request, asset: Asset) -> web.Response:
    """A file asked for by its version never changes; one asked for by name alone is asked for again."""
    by_version = request.query.get("v") == asset.etag.strip('"')
    headers = {**asset.headers, "ETag": asset.etag, "Cache-Control": FOREVER if by_version else ASK_AGAIN}
    headers["Content-Security-Policy"] = WORKER_CSP if "Service-Worker-Allowed" in headers else STRICT_CSP
    if asset.etag in request.headers.get("If-None-Match", ""):
        return web.Response(status=304, headers=headers)
    headers["Content-Type"] = asset.content_type
    return web.Response(body=asset.content, headers=headers)
