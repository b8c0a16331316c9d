"""The OpenAPI document, made from the routes themselves."""

from __future__ import annotations

import re
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

import msgspec

from gcs.web.problem import CONTENT_TYPE, Problem
from gcs.web.route import JSON, PREFIX, Route

REF = "#/components/schemas/{name}"
SEAT = {
    "name": "X-Seat",
    "in": "header",
    "description": "your name, percent-encoded UTF-8; it is written beside everything you do",
    "schema": {"type": "string"},
}
_PART = re.compile(r"\{(\w+)(?::[^}]*)?\}")


def document(routes: Sequence[Route], version: str) -> dict[str, Any]:
    """OpenAPI 3.1 for `routes`."""
    types = [Problem, *(t for route in routes for t in (route.body, route.answer) if t is not None)]
    unique = list({repr(t): t for t in types}.values())
    schemas, components = msgspec.json.schema_components(unique, ref_template=REF)
    by_name = dict(zip(map(repr, unique), schemas, strict=True))
    paths: dict[str, dict[str, Any]] = {}
    for route in routes:
        paths.setdefault(open_path(route.path), {})[route.method.lower()] = _operation(route, by_name)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "AeroPatrol",
            "version": version,
            "description": "Times are RFC 3339 UTC, positions WGS-84 degrees, lengths metres. "
            "Errors are problem documents (RFC 9457). Say who you are in the header X-Seat.",
        },
        "servers": [{"url": PREFIX}],
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
        "security": [{}, {"token": []}],
    }


def open_path(path: str) -> str:
    """The path with its parts as OpenAPI writes them."""
    return _PART.sub(r"{\1}", path)


def _operation(route: Route, schemas: dict[str, Any]) -> dict[str, Any]:
    parts = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in _PART.findall(route.path)
    ]
    query = [{"name": q.name, "in": "query", "description": q.about, "schema": {"type": q.type}} for q in route.query]
    described: dict[str, Any] = {
        "summary": route.about,
        "operationId": route.handler.__name__,
        "tags": [route.tag],
        "parameters": parts + query + ([] if route.open_to_all else [SEAT]),
        "responses": {str(route.status): _answer(route, schemas)},
    }
    for status in _problems(route, has_parts=bool(parts)):
        content = {CONTENT_TYPE: {"schema": schemas[repr(Problem)]}}
        described["responses"][str(status)] = {"description": HTTPStatus(status).phrase, "content": content}
    if route.open_to_all:
        described["security"] = [{}]
    if route.body is not None:
        required = route.method == "POST" and not _all_optional(route.body)
        described["requestBody"] = {"required": required, "content": {JSON: {"schema": schemas[repr(route.body)]}}}
    return described


def _answer(route: Route, schemas: dict[str, Any]) -> dict[str, Any]:
    described: dict[str, Any] = {"description": HTTPStatus(route.status).phrase}
    if route.answer is not None:
        described["content"] = {route.content: {"schema": schemas[repr(route.answer)]}}
    elif route.status != HTTPStatus.SWITCHING_PROTOCOLS:
        described["content"] = {route.content: {}}
    return described


def _problems(route: Route, *, has_parts: bool) -> list[int]:
    statuses = set(route.problems) if route.open_to_all else {400, 401, 403, 429, *route.problems}
    if has_parts:
        statuses.add(404)
    if route.body is not None:
        statuses |= {400, 408, 409, 413, 415, 422}
    return sorted(statuses)


def _all_optional(body: Any) -> bool:
    fields = getattr(body, "__struct_fields__", None)
    return fields is not None and len(getattr(body, "__struct_defaults__", ())) == len(fields)
