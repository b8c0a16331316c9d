"""Pictures of sightings: sent as they are, and shown to whoever may see the sighting."""

from __future__ import annotations

from aiohttp import web

from gcs.auth import Role
from gcs.sightings.masking import masked_for
from gcs.sightings.model import Sighting
from gcs.sightings.pictures import LARGEST_BYTES, SUFFIXES
from gcs.web.body import read_limited
from gcs.web.problem import ProblemError, not_found
from gcs.web.route import Call, Query, Route
from gcs.web.routes.sightings import by_volunteer, find_seen, seen_by

KEPT = "private, max-age=31536000, immutable"
CSP = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; sandbox"


async def add_picture(call: Call[None]) -> Sighting:
    """The body is the picture itself; sent again it is attached once."""
    sighting = await find_seen(call)
    if call.request.content_type not in SUFFIXES:
        raise ProblemError(415, "picture.type", f"send a picture with Content-Type: {', '.join(SUFFIXES)}")
    data = await read_limited(call.request, LARGEST_BYTES)
    after = await call.services.pictures.add(sighting.id, data, call.actor, call.moment("at"))
    return masked_for(after, call.actor) if by_volunteer(call) else after


async def get_picture(call: Call[None]) -> web.Response:
    """A volunteer gets coarse blocks."""
    name = call.part("name")
    mask = by_volunteer(call)
    allowed = call.person.role is Role.CENTRE or any(
        picture.name == name for sighting in seen_by(call) for picture in sighting.pictures
    )
    found = await call.services.pictures.read(name, mask=mask) if allowed else None
    if found is None:
        raise not_found("picture", name)
    data, media_type = found
    headers = {"Cache-Control": KEPT, "Content-Security-Policy": CSP, "Content-Disposition": "inline"}
    return web.Response(body=data, content_type=media_type, headers=headers)


ROUTES = (
    Route(
        "POST", "/sightings/{id}/pictures", add_picture, "attaches a picture, which is the body itself", "sightings",
        answer=Sighting, status=201, units=True,
        query=(Query("at", "when it was taken, if that was earlier", "string"),),
        problems=(400, 409, 413, 415, 422, 503, 507),
    ),
    Route(
        "GET", "/pictures/{name}", get_picture, "a picture", "sightings", content="image/*", units=True,
        problems=(404, 503),
    ),
)  # fmt: skip
