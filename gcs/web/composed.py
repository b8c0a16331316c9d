"""The pages as they go out: composed once by `page_worker.py`, with a nonce of its own each time."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from functools import lru_cache

import msgspec

from gcs.config import Basemap

MARK = "the-nonce-of-this-answer"
"""Stands where a nonce belongs; not a secret, as it never goes out."""
WITHIN_S = 60.0
EARLY_S = 2.0
"""By then the start, which needs the processor itself, is over."""
COMMAND = (sys.executable, "-m", "gcs.web.page_worker")

Key = tuple[str, str, bool]


class PagesError(RuntimeError):
    """The pages cannot be composed: a defect of ours, or an installation that lacks files."""


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """For whom: the site's base maps, whether recordings are played; `mark` is put where the nonce will be."""

    basemaps: tuple[Basemap, ...]
    replay: bool
    mark: str


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """`exercise` makes a difference on the pages of the centre and of a pilot only."""

    kind: str
    language: str
    exercise: bool
    html: str


async def composed(
    kind: str, nonce: str, language: str, basemaps: tuple[Basemap, ...], *, exercise: bool, replay: bool
) -> str:
    """The page `kind` (`centre`, `pilot`, `unit`, `train`). The first one takes a second. Raises PagesError."""
    pages = await asyncio.to_thread(all_pages, basemaps, replay=replay)
    return pages[kind, language, exercise].replace(MARK, nonce)


async def compose_early(basemaps: tuple[Basemap, ...], *, replay: bool, after_s: float = EARLY_S) -> None:
    """So that nobody has to wait for it. Why it cannot be is told to whoever asks for a page."""
    await asyncio.sleep(after_s)
    with suppress(PagesError):
        await asyncio.to_thread(all_pages, basemaps, replay=replay)


@lru_cache(maxsize=4)
def all_pages(basemaps: tuple[Basemap, ...], *, replay: bool) -> Mapping[Key, str]:
    """Every page by kind, language and whether it is an exercise, with `MARK` for the nonce. Blocks. PagesError."""
    asked = msgspec.json.encode(Asked(basemaps=basemaps, replay=replay, mark=MARK))
    try:
        done = subprocess.run(  # noqa: S603  our own module
            COMMAND, input=asked, capture_output=True, timeout=WITHIN_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise PagesError(f"the pages cannot be composed: {error}") from error
    if done.returncode != 0:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise PagesError(f"the pages cannot be composed: {said[-1] if said else done.returncode}")
    pages = msgspec.json.decode(done.stdout, type=list[Page])
    return {(page.kind, page.language, page.exercise): page.html for page in pages}
