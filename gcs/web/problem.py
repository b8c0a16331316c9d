"""Errors as RFC 9457 problem documents: the only form in which the API says no."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

import msgspec
from aiohttp import web

CONTENT_TYPE = "application/problem+json"


class Problem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A problem document.

    `code` is stable and meant for programs; `detail` is one line for people that says what to do.
    `field` names the part of the request that is wrong, `legal` the steps that would have been possible,
    `reasons` what went wrong where (vehicle or check to reason).
    """

    status: int
    title: str
    code: str
    detail: str = ""
    type: str = "about:blank"
    field: str | None = None
    legal: tuple[str, ...] | None = None
    reasons: dict[str, str] | None = None


def problem(
    status: int,
    code: str,
    detail: str,
    *,
    field: str | None = None,
    legal: tuple[str, ...] | None = None,
    reasons: dict[str, str] | None = None,
) -> Problem:
    title = HTTPStatus(status).phrase
    return Problem(status=status, title=title, code=code, detail=detail, field=field, legal=legal, reasons=reasons)


class ProblemError(Exception):
    """Ends a request with a problem document."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        field: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.problem = problem(status, code, detail, field=field)
        self.headers = headers or {}


def not_found(kind: str, wanted: str) -> ProblemError:
    return ProblemError(404, f"{kind}.unknown", f"there is no {kind} {wanted[:80]!r}")


def problem_response(document: Problem, headers: Mapping[str, str] | None = None) -> web.Response:
    body = msgspec.json.encode(document)
    return web.Response(body=body, status=document.status, content_type=CONTENT_TYPE, headers=headers)
