"""The last door: whatever a handler raises leaves as a problem document."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable

from aiohttp import web

from gcs.web.problem import ProblemError, problem, problem_response
from gcs.web.refusals import REFUSED, as_problem

LOG = logging.getLogger(__name__)
Next = Callable[[web.Request], Awaitable[web.StreamResponse]]
_KEPT = ("Allow", "Retry-After")
_SAID = {404: "nothing is served here", 405: "this path does not take that method"}


@web.middleware
async def problems(request: web.Request, handler: Next) -> web.StreamResponse:
    """Middleware, outermost of all."""
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
