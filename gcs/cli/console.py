"""How every verb speaks: one clear line for an error, plain JSON where a program reads."""

from __future__ import annotations

import json
import sys
from typing import Any, NoReturn

import typer
from rich.console import Console

OUT = Console()
ERR = Console(stderr=True)


def fail(message: str) -> NoReturn:
    """Say why on stderr, in one line, and end with exit code 1."""
    print(f"aeropatrol: {message}", file=sys.stderr)
    raise typer.Exit(1)


def misused(message: str) -> NoReturn:
    """Say what was asked for wrongly, in one line, and end with exit code 2."""
    print(f"aeropatrol: {message}", file=sys.stderr)
    raise typer.Exit(2)


def print_json(value: Any) -> None:
    """One JSON object on one line of stdout, flushed, so that a reader gets it at once."""
    print(json.dumps(value, ensure_ascii=False, allow_nan=False), flush=True)
