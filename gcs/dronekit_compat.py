"""Makes DroneKit 2.9 importable on today's Python; import `dronekit` from here.

DroneKit was written for Python 2 and 3.5. What it still takes from there: the abstract containers that
moved to `collections.abc`, and `past.builtins.basestring`, which means text. Both are put where it looks
for them while it is being imported; nothing of what is installed is changed.
"""

from __future__ import annotations

import collections
import collections.abc
import importlib
import importlib.util
import sys
from types import ModuleType
from typing import Any

_MOVED = ("Callable", "Iterable", "Mapping", "MutableMapping", "Sequence")


def import_dronekit() -> Any:
    """The `dronekit` module. Raises ModuleNotFoundError where it is not installed (extra `dronekit`)."""
    for name in _MOVED:
        if not hasattr(collections, name):
            setattr(collections, name, getattr(collections.abc, name))
    if "past" not in sys.modules and importlib.util.find_spec("past") is None:
        past, builtins = ModuleType("past"), ModuleType("past.builtins")
        builtins.basestring = str  # type: ignore[attr-defined]
        past.builtins = builtins  # type: ignore[attr-defined]
        sys.modules |= {"past": past, "past.builtins": builtins}
    return importlib.import_module("dronekit")
