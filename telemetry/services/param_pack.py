"""Decodes `@PARAM/param.pck`, all of a vehicle's parameters in one file (read by MAVFTP).

    magic u16 (0x671B, 0x671C with defaults) | number u16 | total u16, then for each parameter, after any NULs:
    type (4 bits) + flags (4 bits, 1 = a default follows) | shared (4 bits) + rest - 1 (4 bits) | rest of the name
    | value | default

little-endian, low bits first; `shared` letters are those of the name before. Types: 1 int8, 2 int16, 3 int32,
4 float32. Source: ArduPilot's AP_Filesystem_Param.
"""

from __future__ import annotations

import struct
from types import MappingProxyType

from telemetry.constants import MavParamType
from telemetry.services.parameter import Parameter

PATH = "@PARAM/param.pck"
MAGIC, MAGIC_DEFAULTS = 0x671B, 0x671C
MAX_NAME = 16
_HEAD = struct.Struct("<HHH")
_KINDS = MappingProxyType(
    {
        1: (struct.Struct("<b"), MavParamType.INT8),
        2: (struct.Struct("<h"), MavParamType.INT16),
        3: (struct.Struct("<i"), MavParamType.INT32),
        4: (struct.Struct("<f"), MavParamType.REAL32),
    }
)


class ParamPackError(ValueError):
    """The file is not a whole packed parameter file; the text says where it breaks."""


def unpack_params(data: bytes) -> dict[str, Parameter]:
    """Parameters by name, in the file's order. Raises ParamPackError."""
    if len(data) < _HEAD.size:
        raise ParamPackError("the file is too short")
    magic, number, _ = _HEAD.unpack_from(data)
    if magic not in (MAGIC, MAGIC_DEFAULTS):
        raise ParamPackError(f"the file begins with {magic:#06x}")
    parameters: dict[str, Parameter] = {}
    at, name = _HEAD.size, b""
    while True:
        while at < len(data) and data[at] == 0:
            at += 1
        if at >= len(data):
            break
        at, name, parameter = _one(data, at, name, len(parameters), defaults=magic == MAGIC_DEFAULTS)
        parameters[parameter.name] = parameter
    if len(parameters) != number:
        raise ParamPackError(f"the file holds {len(parameters)} parameters instead of {number}")
    return parameters


def _one(data: bytes, at: int, before: bytes, index: int, *, defaults: bool) -> tuple[int, bytes, Parameter]:
    if at + 2 > len(data):
        raise ParamPackError(f"parameter {index} is cut off")
    kind, flags, shared, rest = data[at] & 15, data[at] >> 4, data[at + 1] & 15, (data[at + 1] >> 4) + 1
    if kind not in _KINDS or shared > len(before) or shared + rest > MAX_NAME:
        raise ParamPackError(f"parameter {index} is damaged")
    form, told = _KINDS[kind]
    value_at = at + 2 + rest
    end = value_at + form.size * (2 if defaults and flags & 1 else 1)
    if end > len(data):
        raise ParamPackError(f"parameter {index} is cut off")
    name = before[:shared] + data[at + 2 : value_at]
    (value,) = form.unpack_from(data, value_at)
    return end, name, Parameter(name.decode("ascii", "replace"), float(value), told, index)
