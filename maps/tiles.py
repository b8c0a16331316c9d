"""The site's raster base maps: MBTiles files, and tile services that this program asks so that pages need not.

A tile that is missing, too large, no picture or late is no tile: the map is empty there and nothing else
happens. What went wrong is logged once a base map.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import aiohttp

from gcs.config import Basemap, basemap_key

LOG = logging.getLogger(__name__)
LARGEST_TILE_BYTES = 2**20
TIMEOUT_S = 10.0
AT_ONCE = 8
MOST_WAITING = 200

Tile = tuple[bytes, str]
"""The picture and its content type."""


class _Source(Protocol):
    async def tile(self, z: int, x: int, y: int) -> Tile | None: ...

    async def close(self) -> None: ...


class Tiles:
    """Tiles by the names that pages know (`gcs.config.basemap_key`)."""

    def __init__(self, basemaps: Sequence[Basemap]) -> None:
        self._sources: dict[str, _Source] = {
            basemap_key(index): _MbtilesFile(Path(basemap.mbtiles)) if basemap.mbtiles else _TileService(basemap.url)
            for index, basemap in enumerate(basemaps)
        }

    async def tile(self, name: str, z: int, x: int, y: int) -> Tile | None:
        """The tile in XYZ numbering (y from the north); None when there is none."""
        source = self._sources.get(name)
        if source is None or not (0 <= z <= 30 and 0 <= x < 2**z and 0 <= y < 2**z):
            return None
        return await source.tile(z, x, y)

    async def close(self) -> None:
        for source in self._sources.values():
            await source.close()


def picture_type(content: bytes) -> str | None:
    """The content type by the first bytes; None for what is no PNG, JPEG or WebP."""
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if content.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    return None


class _MbtilesFile:
    """SQLite as in the MBTiles specification 1.3: rows count from the south. Read beside the event loop."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._connection: sqlite3.Connection | None = None
        self._one_at_a_time = asyncio.Lock()
        self._broken = False

    async def tile(self, z: int, x: int, y: int) -> Tile | None:
        if self._broken:
            return None
        async with self._one_at_a_time:
            try:
                content = await asyncio.to_thread(self._read, z, x, 2**z - 1 - y)
            except sqlite3.Error as error:
                LOG.warning("base map %s cannot be read: %s", self._path.name, error)
                self._broken = True
                return None
        return _checked(content)

    async def close(self) -> None:
        if self._connection is not None:
            await asyncio.to_thread(self._connection.close)
            self._connection = None

    def _read(self, z: int, column: int, row: int) -> bytes | None:
        if self._connection is None:
            address = f"{self._path.absolute().as_uri()}?mode=ro&immutable=1"
            self._connection = sqlite3.connect(address, uri=True, check_same_thread=False)
        query = "SELECT tile_data FROM tiles WHERE zoom_level = ? AND tile_column = ? AND tile_row = ?"
        found = self._connection.execute(query, (z, column, row)).fetchone()
        return found[0] if found and isinstance(found[0], bytes) else None


class _TileService:
    """Another host's tiles; redirects are not followed, so that only the configured host is asked."""

    def __init__(self, template: str) -> None:
        self._template = template
        self._session: aiohttp.ClientSession | None = None
        self._at_once = asyncio.Semaphore(AT_ONCE)
        self._waiting = 0
        self._told = False

    async def tile(self, z: int, x: int, y: int) -> Tile | None:
        if self._waiting >= MOST_WAITING:
            return None
        self._waiting += 1
        try:
            async with self._at_once:
                return _checked(await self._fetch(z, x, y))
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            if not self._told:
                LOG.warning("base map %s: %s", self._template, error or type(error).__name__)
            self._told = True
            return None
        finally:
            self._waiting -= 1

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _fetch(self, z: int, x: int, y: int) -> bytes | None:
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=TIMEOUT_S))
        address = self._template.replace("{z}", str(z)).replace("{x}", str(x)).replace("{y}", str(y))
        async with self._session.get(address, allow_redirects=False) as response:
            if response.status != 200:
                return None
            content = bytearray()
            async for part in response.content.iter_chunked(65536):
                content += part
                if len(content) > LARGEST_TILE_BYTES:
                    return None
            return bytes(content)


def _checked(content: bytes | None) -> Tile | None:
    if content is None or len(content) > LARGEST_TILE_BYTES:
        return None
    kind = picture_type(content)
    return (content, kind) if kind else None
