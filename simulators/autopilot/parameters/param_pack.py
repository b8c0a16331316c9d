"""ArduPilot's packed parameter file, `@PARAM/param.pck`.

    u16 magic (0x671B, with defaults 0x671C), u16 parameters in the file, u16 parameters in all
    then for each, in the order of the index:
    u8  type (1 int8, 2 int16, 3 int32, 4 float) | flags << 4 (1 = its default follows the value)
    u8  characters in common with the name before | (further characters - 1) << 4
    the further characters, the value and, where flagged, the default

A name that does not share anything new with the one before still brings one character.
"""

from __future__ import annotations

from collections.abc import Mapping
from struct import Struct, pack
from types import MappingProxyType
from typing import Final

from simulators.autopilot.parameters.params import default_parameters
from simulators.autopilot.state import ReadsParameters

PLAIN, WITH_DEFAULTS = 0x671B, 0x671C
MOST_COMMON: Final = 15
_KINDS: Final[Mapping[int, tuple[int, Struct]]] = MappingProxyType(
    {2: (1, Struct("<b")), 4: (2, Struct("<h")), 6: (3, Struct("<i")), 9: (4, Struct("<f"))}
)


def pack_parameters(values: ReadsParameters, *, with_defaults: bool) -> bytes:
    """The whole file."""
    defaults = default_parameters()
    out = bytearray(pack("<HHH", WITH_DEFAULTS if with_defaults else PLAIN, len(defaults), len(defaults)))
    last = ""
    for name, (default, kind, _) in defaults.items():
        code, form = _KINDS[kind]
        value = values[name]
        flagged = with_defaults and value != default
        common = _common(last, name)
        rest = name[common:].encode("ascii")
        out += bytes((code | flagged << 4, common | (len(rest) - 1) << 4)) + rest + _bytes(form, value)
        if flagged:
            out += _bytes(form, default)
        last = name
    return bytes(out)


def _common(last: str, name: str) -> int:
    most = min(len(last), len(name) - 1, MOST_COMMON)
    return next((n for n in range(most) if last[n] != name[n]), most)


def _bytes(form: Struct, value: float) -> bytes:
    return form.pack(value if form.format == "<f" else int(value))
