"""One entry of the API: registers the handler and describes it, so that document and code cannot disagree."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from aiohttp import web

from gcs.auth import Person
from gcs.web.problem import ProblemError
from gcs.web.services import Services

B = TypeVar("B")
PREFIX = "/api/v1"
SMALL_BODY = 64 * 1024
JSON = "application/json"
LARGEST_NUMBER = 2**53


@dataclass(frozen=True, slots=True)
class Call(Generic[B]):
    """A request that passed every check: who asks, and the body as the type the route names."""

    services: Services
    person: Person
    request: web.Request
    body: B

    @property
    def actor(self) -> str:
        return self.person.seat

    def part(self, name: str) -> str:
        """A named part of the path."""
        return self.request.match_info[name]

    def number(self, name: str, default: int) -> int:
        """A query parameter that is a whole number of 0 or more; 400 when it is something else."""
        said = self.request.query.get(name)
        if said is None:
            return default
        if not (said.isascii() and said.isdigit() and len(said) < 17 and int(said) <= LARGEST_NUMBER):
            raise ProblemError(400, "query.number", f"{name} must be a whole number of 0 or more", field=name)
        return int(said)

    def moment(self, name: str) -> datetime | None:
        """A query parameter that is a time with its zone, if it is there; 400 when it is something else."""
        said = self.request.query.get(name)
        if said is None:
            return None
        try:
            moment = datetime.fromisoformat(said)
        except ValueError:
            moment = None
        if moment is None or moment.tzinfo is None:
            raise ProblemError(400, "query.time", f"{name} must be a time such as 2026-01-31T07:30:00Z", field=name)
        return moment


Handler = Callable[[Call[Any]], Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class Query:
    """A query parameter; all are optional."""

    name: str
    about: str
    type: str = "integer"


@dataclass(frozen=True, slots=True)
class Route:
    """`path` follows the prefix. `body` is what the request must hold (None: nothing), `answer` what comes
    back: a type for JSON, or None when the handler answers with a response of `content` itself.

    `units` says that a unit's token opens it too; the handler then checks which unit. `in_replay`: it changes
    something, and may, while recordings are played.
    """

    method: str
    path: str
    handler: Handler
    about: str
    tag: str
    body: Any = None
    answer: Any = None
    status: int = 200
    content: str = JSON
    query: tuple[Query, ...] = ()
    max_body: int = SMALL_BODY
    units: bool = False
    open_to_all: bool = False
    in_replay: bool = False
    problems: tuple[int, ...] = ()
