"""The last door: whatever a handler raises leaves as a problem document."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable

from aiohttp import web

from gcs.web.language import language_asked
from gcs.web.login_page import CSP, missing_page
from gcs.web.problem import ProblemError, problem, problem_response
from gcs.web.refusals import REFUSED, as_problem

LOG = logging.getLogger(__name__)
Next = Callable[[web.Request], Awaitable[web.StreamResponse]]
_KEPT = ("Allow", "Retry-After")
_SAID = {404: "nothing is served here", 405: "this path does not take that method"}


@web.middleware
async def problems(request: web.Request, handler: Next) -> web.StreamResponse:
    """Middleware, outermost of all. Who opens a page that is not there by a browser gets a page that says so."""
    response = await _answered(request, handler)
    if response.status == 404 and _is_for_a_person(request):
        shown = missing_page(language_asked(request), request.path)
        headers = {"Content-Security-Policy": CSP}
        return web.Response(text=shown, status=404, content_type="text/html", charset="utf-8", headers=headers)
    return response


async def _answered(request: web.Request, handler: Next) -> web.StreamResponse:
    try:
        return await handler(request)
    except ProblemError as error:
        return problem_response(error.problem, error.headers)
    except web.HTTPException as error:
        if error.status < 400:
            raise
        kept = {name: error.headers[name] for name in _KEPT if name in error.headers}
        said = _SAID.get(error.status, error.reason)
        return problem_response(problem(error.status, f"http.{error.status}", said), kept)
    except REFUSED as error:
        return problem_response(*as_problem(error))
    except Exception:  # a defect of ours is told as one, not shown; the server goes on
        LOG.exception("%s %s failed", request.method, request.path)
        return problem_response(problem(500, "server.defect", "an error of ours; it was written to the log"))


def _is_for_a_person(request: web.Request) -> bool:
    """Browsers ask for HTML where an address was typed or a link followed; programs and the API get problems."""
    asks = request.method == "GET" and "text/html" in request.headers.get("Accept", "")
    return asks and not request.path.startswith("/api/")
