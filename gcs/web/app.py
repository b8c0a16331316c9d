"""The web application: every route with its guards, ready for a runner."""

from __future__ import annotations

from functools import cache, partial

import msgspec
from aiohttp import web

from gcs.web.answering import add_routes
from gcs.web.doorman import Doorman
from gcs.web.errors import Next, problems
from gcs.web.files import Files
from gcs.web.openapi import document
from gcs.web.pages import Pages
from gcs.web.route import SMALL_BODY
from gcs.web.routes import ALL
from gcs.web.routes.description import DOCUMENT
from gcs.web.security import add_headers, check_request, host_names
from gcs.web.services import Services
from gcs.web.sockets import SOCKETS, Sockets
from gcs.web.version import VERSION

CALLED: web.AppKey[tuple[str, frozenset[str]]] = web.AppKey("called", tuple)


def build_app(services: Services) -> web.Application:
    """The application over `services`. Stopping it closes every live socket and gives up running plans."""
    app = web.Application(middlewares=[problems, guard], client_max_size=SMALL_BODY)
    host = services.config.http_host
    app[CALLED] = (host, host_names(host, services.config.called))
    doorman = Doorman(services.tokens, services.clock)
    app[DOCUMENT] = _description()
    app[SOCKETS] = Sockets()
    add_routes(app, ALL, services, doorman)
    Pages(services, doorman).add_to(app)
    Files(services, doorman).add_to(app)
    app.on_response_prepare.append(add_headers)
    app.on_shutdown.append(app[SOCKETS].close_all)
    app.on_cleanup.append(partial(_stop_planning, services))
    return app


@cache
def _description() -> bytes:
    return msgspec.json.encode(document(ALL, VERSION))


@web.middleware
async def guard(request: web.Request, handler: Next) -> web.StreamResponse:
    """Middleware: nobody looks at a request that must not be looked at."""
    check_request(request, *request.app[CALLED])
    return await handler(request)


async def _stop_planning(services: Services, _: web.Application) -> None:
    await services.planner.stop()
