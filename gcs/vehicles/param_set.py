"""All parameters of a vehicle as they were read at one time, and what names them. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from telemetry.services.parameter import Parameter, shortest


@dataclass(frozen=True, slots=True)
class ParamSet:
    """All parameters of a vehicle by name, as read at `read_at`; equal sets have equal hashes."""

    hash: str
    read_at: datetime
    parameters: Mapping[str, Parameter]


def params_hash(parameters: Mapping[str, Parameter]) -> str:
    """Names a set of values, whatever the order and however they were read."""
    lines = (f"{name},{shortest(parameters[name].value)}" for name in sorted(parameters))
    return sha256("\n".join(lines).encode()).hexdigest()[:32]
