"""`aeropatrol report`: the after-action report of an operation."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Annotated

import typer

from gcs.cli.console import ERR, fail, print_json
from gcs.clock import SystemClock
from gcs.config import ConfigError, load_config
from gcs.operations.model import Operation
from gcs.operations.report_desk import ReportDesk
from gcs.sightings.catalogue import CatalogueError, load_catalogue
from gcs.store.errors import StoreError
from gcs.store.reader import StoreReader

NEWEST = "last"
MOST_NAMED = 20


def report(
    operation: Annotated[str, typer.Argument(help=f"Id of the operation, or `{NEWEST}` for the newest.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="The HTML file to write.")] = Path("report.html"),
    data: Annotated[Path | None, typer.Option(help="Data folder of the server [default: as in the settings].")] = None,
    json_output: Annotated[bool, typer.Option("--json", help="Say what was written as one JSON object.")] = False,
) -> None:
    """Write what was planned, flown, covered, seen and commanded in an operation as one HTML page.

    The page is in Chinese and English, needs no internet and prints on A4. A server may be running on the
    same data folder meanwhile: nothing in it is changed.
    """
    try:
        settings = load_config(None, None, {"data": str(data) if data else None})
        names = {key: (klass.zh, klass.en) for key, klass in load_catalogue(settings.classes).items()}
        wanted, draw = asyncio.run(_gather(settings.data_dir, operation, names))
        output.write_text(draw(), encoding="utf-8")
    except (ConfigError, CatalogueError, StoreError) as error:
        fail(str(error))
    except OSError as error:
        fail(f"{output}: cannot be written: {error.strerror or error}")
    if json_output:
        print_json({"operation": wanted.id, "status": wanted.status, "file": str(output)})
    else:
        ERR.print(f"written: {output}", markup=False, soft_wrap=True)


async def _gather(folder: Path, name: str, names: Mapping[str, tuple[str, str]]) -> tuple[Operation, Callable[[], str]]:
    reader = StoreReader.open_beside(folder)
    try:
        wanted = _choose(await reader.list_operations(), name, folder)
        draw = await ReportDesk(reader, folder, SystemClock(), names).gather(wanted)
    finally:
        await reader.close()
    if draw is None:
        fail(f"the plan of operation {wanted.id} is not in {folder}")
    return wanted, draw


def _choose(operations: Sequence[Operation], name: str, folder: Path) -> Operation:
    """The operation of that id, or the newest; otherwise the end, with those there are named."""
    if not operations:
        fail(f"{folder} holds no operation yet")
    if name == NEWEST:
        return operations[-1]
    found = next((operation for operation in operations if operation.id == name), None)
    if found is None:
        fail(f"there is no operation {name} in {folder}; newest first, there are:{_named(operations)}")
    return found


def _named(operations: Sequence[Operation]) -> str:
    newest = operations[-1 : -MOST_NAMED - 1 : -1]
    lines = [f"{o.id}  {o.created_at:%Y-%m-%d %H:%M} UTC  {o.status:<10}  {o.name}" for o in newest]
    left_out = len(operations) - len(newest)
    return "".join(f"\n  {line}" for line in [*lines, *([f"and {left_out} older ones"] if left_out else [])])
