"""Strict JSON: what Python's parser lets through (NaN, repeated keys, bottomless nesting) is refused here."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NoReturn

from missions.areas.checks import AreaError

LARGEST_FILE_BYTES = 32 * 2**20
DEEPEST_NESTING = 64


def read_file(path: Path) -> bytes:
    """The whole file. AreaError when it cannot be read or is too large."""
    try:
        refuse_large(path.name, path.stat().st_size)
        return path.read_bytes()
    except OSError as error:
        raise AreaError(f"{path.name}: cannot be read: {error.strerror or error}") from error


def refuse_large(name: str, size: int) -> None:
    """AreaError for more than `LARGEST_FILE_BYTES`."""
    if size > LARGEST_FILE_BYTES:
        limit = LARGEST_FILE_BYTES // 2**20
        raise AreaError(
            f"{name}: {size / 2**20:.0f} MB is too large for an area (limit {limit} MB): simplify the outline"
        )


def parse_json(data: bytes, name: str) -> Any:
    """The document in `data`. AreaError when it is not UTF-8 JSON, or not strict."""
    text = _decoded(data, name)
    if not text.strip():
        raise AreaError(f"{name}: is empty: expected GeoJSON")
    _refuse_deep_nesting(text, name)
    try:
        return json.loads(
            text,
            parse_constant=lambda word: _refuse_constant(word, name),
            object_pairs_hook=lambda pairs: _without_repeats(pairs, name),
        )
    except json.JSONDecodeError as error:
        raise AreaError(f"{name}: is not JSON: {error.msg} at line {error.lineno}, column {error.colno}") from error
    except AreaError:
        raise
    except ValueError as error:  # an integer of thousands of digits
        raise AreaError(f"{name}: holds a number that is too long") from error


def _decoded(data: bytes, name: str) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise AreaError(f"{name}: is not UTF-8 text (byte {error.start}): save it as GeoJSON") from error


def _refuse_deep_nesting(text: str, name: str) -> None:
    depth, inside_text, escaped = 0, False, False
    for i, char in enumerate(text) if text.count("[") + text.count("{") > DEEPEST_NESTING else ():
        if inside_text:
            inside_text, escaped = char != '"' or escaped, char == "\\" and not escaped
        elif char == '"':
            inside_text = True
        elif char in "[{":
            depth += 1
            if depth > DEEPEST_NESTING:
                raise AreaError(f"{name}: is nested more than {DEEPEST_NESTING} deep at character {i + 1}")
        elif char in "]}":
            depth -= 1


def _refuse_constant(word: str, name: str) -> NoReturn:
    raise AreaError(f"{name}: holds {word}, which is not a number: every coordinate must be finite")


def _without_repeats(pairs: list[tuple[str, Any]], name: str) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        keys = [key for key, _ in pairs]
        repeated = next(key for key in keys if keys.count(key) > 1)
        raise AreaError(f"{name}: the key {repeated[:40]!r} appears twice in one object: keep one")
    return result
