"""The pages `/`, `/pilot`, `/unit` and `/train`, and signing in to them where a token is needed."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from urllib.parse import parse_qsl, quote, urlencode

from aiohttp import web

from gcs.auth import Grant, Role
from gcs.web.body import read_limited
from gcs.web.composed import composed
from gcs.web.doorman import COOKIE, Doorman
from gcs.web.language import LANGUAGE_COOKIE, LANGUAGES, language_asked
from gcs.web.login_page import CSP as LOGIN_CSP
from gcs.web.login_page import again_page, login_page
from gcs.web.problem import ProblemError, not_found
from gcs.web.security import page_csp
from gcs.web.services import Services

CENTRE, UNIT, PILOT, TRAIN = "/", "/unit", "/pilot", "/train"
KINDS = {CENTRE: "centre", UNIT: "unit", PILOT: "pilot", TRAIN: "train"}
KEPT_S = 30 * 24 * 3600
LARGEST_FORM = 4096


class Pages:
    """Whoever has no right to a page gets the one that asks for a token; API errors are not shown to people."""

    def __init__(self, services: Services, doorman: Doorman) -> None:
        self._services = services
        self._doorman = doorman

    def add_to(self, app: web.Application) -> None:
        app.router.add_get(CENTRE, self.centre)
        app.router.add_get(UNIT, self.unit)
        app.router.add_get(TRAIN, self.train)
        app.router.add_get(PILOT, self.pilot)
        app.router.add_post("/login", self.login)
        app.router.add_post("/logout", self.logout)

    async def centre(self, request: web.Request) -> web.StreamResponse:
        return await self._opened(request)

    async def unit(self, request: web.Request) -> web.StreamResponse:
        return await self._opened(request)

    async def pilot(self, request: web.Request) -> web.StreamResponse:
        return await self._opened(request)

    async def train(self, request: web.Request) -> web.StreamResponse:
        """The instructor's page; 404 where ground control was not started for training."""
        if self._services.training is None:
            raise not_found("page", TRAIN)
        return await self._opened(request)

    async def login(self, request: web.Request) -> web.StreamResponse:
        """The form of the sign-in page."""
        form = dict(parse_qsl((await read_limited(request, LARGEST_FORM)).decode("utf-8", "replace")))
        page = form.get("page") if form.get("page") in (CENTRE, UNIT, PILOT, TRAIN) else CENTRE
        return self._signed_in(request, form.get("token", "").strip(), str(page), {})

    async def logout(self, _: web.Request) -> web.StreamResponse:
        response = _redirect(CENTRE)
        response.del_cookie(COOKIE, path="/")
        return response

    async def _opened(self, request: web.Request) -> web.StreamResponse:
        query = {name: value for name, value in request.query.items() if name != "token"}
        if "token" in request.query:
            return self._signed_in(request, request.query["token"], request.path, query)
        try:
            person = self._doorman.person(request)
        except ProblemError as error:
            return self._not_in(request, error)
        if person.role is Role.UNIT and (request.path != UNIT or request.query.get("unit") != person.unit):
            return _redirect(f"{UNIT}?{urlencode({**query, 'unit': person.unit})}")
        return await self._page(request)

    def _signed_in(self, request: web.Request, token: str, page: str, query: dict[str, str]) -> web.StreamResponse:
        """On to the page without the token in its address, which would stay in histories and logs."""
        try:
            grant = self._doorman.grant(request, token)
        except ProblemError as error:
            return self._asks(request, page, error)
        response = _redirect(_address(grant, page, query))
        if self._doorman.asks_for_tokens:
            response.set_cookie(
                COOKIE, token, max_age=KEPT_S, path="/", httponly=True, samesite="Strict", secure=request.secure
            )
        return response

    def _not_in(self, request: web.Request, error: ProblemError) -> web.StreamResponse:
        if request.headers.get("Sec-Fetch-Site") == "cross-site":
            return _html(again_page(language_asked(request), request.path_qs), LOGIN_CSP)
        return self._asks(request, request.path, error)

    def _asks(self, request: web.Request, page: str, error: ProblemError) -> web.StreamResponse:
        document = error.problem
        shown = login_page(language_asked(request), page, document.code)
        return _html(shown, LOGIN_CSP, document.status, error.headers)

    async def _page(self, request: web.Request) -> web.Response:
        nonce, language, services = secrets.token_urlsafe(16), language_asked(request), self._services
        exercise, replay, basemaps = services.exercise(), services.replay, services.config.basemaps
        shown = await composed(KINDS[request.path], nonce, language, basemaps, exercise=exercise, replay=replay)
        response = _html(shown, page_csp(nonce))
        if request.query.get("lang") in LANGUAGES:
            response.set_cookie(LANGUAGE_COOKIE, language, max_age=KEPT_S, samesite="Strict", httponly=True)
        return response


def _address(grant: Grant, page: str, query: dict[str, str]) -> str:
    if grant.role is Role.UNIT and grant.unit is not None:
        page, query = UNIT, {**query, "unit": grant.unit}
    return page + (f"?{urlencode(query, quote_via=quote)}" if query else "")


def _redirect(address: str) -> web.Response:
    return web.Response(status=303, headers={"Location": address})


def _html(shown: str, csp: str, status: int = 200, headers: Mapping[str, str] | None = None) -> web.Response:
    told = {**(headers or {}), "Content-Security-Policy": csp}
    return web.Response(text=shown, status=status, content_type="text/html", charset="utf-8", headers=told)
