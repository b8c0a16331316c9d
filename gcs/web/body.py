"""Request bodies: read up to a limit, then checked against the type that the route names."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import msgspec
from aiohttp import web

from gcs.web.problem import ProblemError

_PLACE = re.compile(r" - at `(?P<place>[^`]+)`$")
_JSON_TYPES = ("application/json", "application/geo+json")
WITHIN_S = 30.0


async def read_body(request: web.Request, limit: int) -> bytes:
    """The raw body, as `read_limited`; 415 when it is not JSON."""
    body = await read_limited(request, limit)
    if body and request.content_type not in _JSON_TYPES and not request.content_type.endswith("+json"):
        raise ProblemError(
            415, "body.type", f"send JSON with Content-Type: application/json, not {request.content_type}"
        )
    return body


async def read_limited(request: web.Request, limit: int) -> bytes:
    """The raw body; 413 as soon as it is known to be larger than `limit` bytes, 408 when it does not arrive,
    415 when it is compressed, 400 when it breaks off or its framing is wrong."""
    if request.headers.get("Content-Encoding", "identity") != "identity":
        raise ProblemError(415, "body.type", "send the body as it is, not compressed")
    if request.content_length is not None and request.content_length > limit:
        raise _too_large(limit)
    try:
        async with asyncio.timeout(WITHIN_S):
            return await _read(request, limit)
    except TimeoutError:
        raise ProblemError(408, "body.slow", f"the body did not arrive within {WITHIN_S:g} s") from None
    except web.RequestPayloadError as error:
        raise ProblemError(400, "body.broken", "the body could not be read to its end") from error


async def _read(request: web.Request, limit: int) -> bytes:
    parts: list[bytes] = []
    size = 0
    async for part in request.content.iter_chunked(64 * 1024):
        size += len(part)
        if size > limit:
            raise _too_large(limit)
        parts.append(part)
    return b"".join(parts)


def parse_body(data: bytes, wanted: Any) -> Any:
    """`data` as `wanted`; nothing at all counts as `{}`. 400 when it is not JSON, 422 when it does not fit."""
    try:
        return msgspec.json.decode(data.strip() or b"{}", type=wanted)
    except msgspec.ValidationError as error:
        said = str(error)
        found = _PLACE.search(said)
        place = found["place"].removeprefix("$.").removeprefix("$") if found else None
        raise ProblemError(422, "body.invalid", said, field=place or None) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ProblemError(400, "body.not_json", f"the body is not JSON: {error}") from error


def _too_large(limit: int) -> ProblemError:
    return ProblemError(413, "body.too_large", f"the body is larger than {limit // 1024} KiB")
