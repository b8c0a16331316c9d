"""Parameter files and what two sets of parameters differ in.

Read: Mission Planner and MAVProxy (`NAME,VALUE` or `NAME VALUE`) and QGroundControl (tab-separated: system,
component, name, value, type). Lines that begin with # are remarks. Written: `NAME,VALUE` in order of names.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import isfinite, nan

from telemetry.services.parameter import Parameter, kept, shortest

MAX_BYTES = 2_000_000
QGC_COLUMNS = 5
FLOAT32_MAX = 3.4028234663852886e38


class ParamFileError(ValueError):
    """A file that holds no parameters; the text names the line."""


@dataclass(frozen=True, slots=True)
class Change:
    """One parameter that differs; None where a side does not have it."""

    name: str
    before: float | None
    after: float | None


def read_params(text: str) -> dict[str, float]:
    """Values by name. Raises ParamFileError."""
    if len(text) > MAX_BYTES:
        raise ParamFileError(f"the file is larger than {MAX_BYTES} bytes")
    values: dict[str, float] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        content = line.split("#", 1)[0].strip()
        if content:
            name, value = _parsed(content, number)
            values[name] = value
    if not values:
        raise ParamFileError("the file holds no parameters")
    return values


def write_params(parameters: Mapping[str, Parameter], remark: str = "") -> str:
    """The text of a file that `read_params` reads back to the same values."""
    lines = [f"# {line}" for line in remark.splitlines()]
    lines += [f"{name},{parameters[name].shown()}" for name in sorted(parameters)]
    return "\n".join(lines) + "\n"


def differences(held: Mapping[str, Parameter], wanted: Mapping[str, float]) -> Iterator[Change]:
    """What would have to be set for the vehicle to hold what is wanted, by name. What it would cut a value
    to anyway is no difference; parameters that are not wanted differently are not mentioned."""
    for name in sorted(wanted):
        parameter = held.get(name)
        if parameter is None:
            yield Change(name, None, wanted[name])
        elif parameter.value != kept(wanted[name], parameter.kind):
            yield Change(name, parameter.value, wanted[name])


def as_text(change: Change) -> str:
    """`NAME: before -> after`."""
    before = "absent" if change.before is None else shortest(change.before)
    after = "absent" if change.after is None else shortest(change.after)
    return f"{change.name}: {before} -> {after}"


def _parsed(content: str, number: int) -> tuple[str, float]:
    columns = content.replace(",", " ").split()
    qgc = len(columns) == QGC_COLUMNS and columns[0].isdigit() and columns[1].isdigit()
    name, text = (columns[2:4] if qgc else [*columns, "", ""])[:2]
    try:
        value = float(text)
    except ValueError:
        value = nan
    if not isfinite(value) or abs(value) > FLOAT32_MAX:
        raise ParamFileError(f"line {number} is not a name and a value: {content[:60]!r}")
    return name, value
