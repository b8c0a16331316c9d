"""Which of our two languages somebody reads."""

from __future__ import annotations

from collections.abc import Iterator

from aiohttp import web

LANGUAGE_COOKIE = "aeropatrol_lang"
LANGUAGES = ("zh", "en")
DEFAULT = "en"


def language_asked(request: web.Request) -> str:
    """The language in which a request is answered."""
    asked, kept = request.query.get("lang"), request.cookies.get(LANGUAGE_COOKIE)
    return language_of(asked, kept, request.headers.get("Accept-Language", ""))


def language_of(asked: str | None, kept: str | None, accept_language: str) -> str:
    """`asked` in the address, else `kept` in the cookie, else the better liked in Accept-Language, else English."""
    for said in (asked, kept):
        if said in LANGUAGES:
            return str(said)
    liked = sorted(_weights(accept_language), key=lambda pair: -pair[1])
    return next((language for language, weight in liked if weight > 0), DEFAULT)


def _weights(header: str) -> Iterator[tuple[str, float]]:
    for part in header[:1000].split(","):
        tag, _, rest = part.strip().partition(";")
        language = tag.strip().lower().partition("-")[0]
        if language in LANGUAGES:
            yield language, _weight(rest)


def _weight(parameters: str) -> float:
    name, _, value = parameters.partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0
