"""Imports go down only, pure files stay pure, and no file or function outgrows a reader.

The floors are those of docs/architecture.md.
"""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("gcs", "missions", "telemetry", "maps", "simulators")
SOURCES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))

MAY_IMPORT = {
    "missions": {"missions", "telemetry"},
    "telemetry": {"telemetry"},
    "maps": {"maps", "missions", "gcs"},
    "simulators": {"simulators", "telemetry", "missions"},
    "gcs": {"gcs", "missions", "telemetry", "maps", "simulators"},
}
COMPOSITION_ROOT = ("gcs/__main__.py", "gcs/app.py", "gcs/cli/")
SHELLS = (
    *COMPOSITION_ROOT,
    "gcs/clock.py",
    "gcs/dispatch/",
    "gcs/operations/",
    "gcs/store/",
    "gcs/vehicles/",
    "gcs/web/",
    "maps/live.py",
    "maps/tiles.py",
    "simulators/cameras/reporter.py",
    "simulators/fleet.py",
    "simulators/line/relay.py",
    "simulators/sitl/",
    "simulators/units.py",
    "telemetry/links/",
    "telemetry/recorder.py",
)
PURE_IN_SHELL_ROOMS = (
    "gcs/operations/adoption.py",
    "gcs/operations/check_texts.py",
    "gcs/operations/corridor.py",
    "gcs/operations/errors.py",
    "gcs/operations/launch.py",
    "gcs/operations/lifecycle.py",
    "gcs/operations/model.py",
    "gcs/operations/plan_limits.py",
    "gcs/operations/preflight.py",
    "gcs/operations/progress.py",
    "gcs/operations/tracks.py",
    "gcs/dispatch/model.py",
    "gcs/vehicles/policy.py",
    "gcs/web/openapi.py",
)
IMPURE_MODULES = {"asyncio", "socket", "time", "random", "sqlite3", "threading", "subprocess", "aiohttp", "sqlalchemy"}
MAX_FILE_LINES = 500
MAX_FUNCTION_LINES = 70


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def imported(tree: ast.Module) -> set[str]:
    """Full names of the modules a file imports while running; typing-only imports do not count."""
    typing_only = {
        id(child)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING")
        for child in ast.walk(node)
    }
    names: set[str] = set()
    for node in ast.walk(tree):
        if id(node) in typing_only:
            continue
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
    return names


def test_the_pure_rooms_named_here_exist() -> None:
    assert set(PURE_IN_SHELL_ROOMS) <= set(map(relative, SOURCES)), "a renamed pure file is still pure: rename it here"


def is_pure(name: str, tree: ast.Module) -> bool:
    """By its room, by the list above, or by its own word."""
    says_so = "Pure." in (ast.get_docstring(tree) or "")
    return says_so or name in PURE_IN_SHELL_ROOMS or not name.startswith(SHELLS)


@pytest.mark.parametrize("path", SOURCES, ids=relative)
def test_a_file_keeps_to_its_floor(path: Path) -> None:
    name, source = relative(path), path.read_text("utf-8")
    tree = ast.parse(source)
    modules = imported(tree)
    own = name.split("/")[0]

    upward = {m for m in modules if m.split(".")[0] in PACKAGES and m.split(".")[0] not in MAY_IMPORT[own]}
    assert not upward, f"{name} may not import {upward}"
    if own == "missions":
        foreign = {m for m in modules if m.startswith("telemetry") and not name.startswith("missions/to_mavlink")}
        assert not foreign, f"only missions/to_mavlink.py may know of MAVLink, not {name}"
    if own == "maps":
        shells = {m for m in modules if m.startswith(("gcs.web", "gcs.vehicles", "gcs.store", "gcs.app", "gcs.cli"))}
        assert not shells, f"maps draws state and never reaches into the shells: {shells}"
    if own == "gcs" and not name.startswith(COMPOSITION_ROOT):
        wired = {m for m in modules if m.startswith(("gcs.app", "gcs.cli", "simulators"))}
        assert not wired, f"only the composition root wires things together, not {name}: {wired}"
    if is_pure(name, tree):
        impure = {m for m in modules if m.split(".")[0] in IMPURE_MODULES}
        assert not impure, f"{name} is a pure room and may not import {impure}"


@pytest.mark.parametrize("path", SOURCES, ids=relative)
def test_a_file_fits_a_reader(path: Path) -> None:
    source = path.read_text("utf-8")
    tree = ast.parse(source)
    assert ast.get_docstring(tree) is not None, "every module says what it is for"
    assert len(source.splitlines()) <= MAX_FILE_LINES
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno is not None:
            assert node.end_lineno - node.lineno < MAX_FUNCTION_LINES, f"{node.name} is too long"
