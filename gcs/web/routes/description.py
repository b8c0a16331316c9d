"""The API's own description."""

from __future__ import annotations

from aiohttp import web

from gcs.web.route import JSON, Call, Route

DOCUMENT: web.AppKey[bytes] = web.AppKey("document", bytes)


async def get_description(call: Call[None]) -> web.Response:
    return web.Response(body=call.request.app[DOCUMENT], content_type=JSON)


ROUTES = (
    Route("GET", "/openapi.json", get_description, "this description", "description", answer=dict, open_to_all=True),
)
