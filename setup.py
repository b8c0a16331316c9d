"""What pyproject.toml cannot say: the way in from the wire, compiled by mypyc from the same source, for who asks.

AEROPATROL_COMPILED=1 with mypy and a C compiler at hand compiles `COMPILED`; without either of them, or without the
variable, the package is pure Python and does the same.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from setuptools import setup

COMPILED = ("telemetry/crc.py", "telemetry/frames.py", "telemetry/sequence.py")


def extensions() -> list[Any]:
    """Those that are asked for and can be built; one that fails to build is left out."""
    if os.environ.get("AEROPATROL_COMPILED") != "1":
        return []
    try:
        from mypyc.build import mypycify  # noqa: PLC0415  only who asks needs it
    except ImportError:
        return []
    os.chdir(Path(__file__).parent)
    found = mypycify(["--ignore-missing-imports", *COMPILED])
    for extension in found:
        extension.optional = True
    return list(found)


setup(ext_modules=extensions())
