"""Where ArduPilot's SITL binary and its parameter file are on this machine."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Final

NAME: Final = "arducopter"
VARIABLE: Final = "ARDUPILOT_SITL"
IN_CHECKOUT: Final = Path("build/sitl/bin") / NAME
PARAMETERS_IN_CHECKOUT: Final = Path("Tools/autotest/default_params/copter.parm")
CHECKOUTS: Final = (".", "ardupilot", "../ardupilot", "~/ardupilot")


class SitlError(OSError):
    """The real autopilot cannot be run; the text names the file, port or vehicle, and is one line."""


def find_binary(named: Path | None, environ: Mapping[str, str], folder: Path) -> Path:
    """The binary: `named`, else ARDUPILOT_SITL, else on PATH, else built in a checkout near `folder` or at home.

    `named` and the variable may also be an ArduPilot checkout. Raises SitlError.
    """
    if named is not None:
        return _binary_at(named, "--binary")
    if from_variable := environ.get(VARIABLE):
        return _binary_at(Path(from_variable), VARIABLE)
    if on_path := shutil.which(NAME, path=environ.get("PATH")):
        return Path(on_path).resolve()
    for checkout in CHECKOUTS:
        built = (folder / Path(checkout).expanduser() / IN_CHECKOUT).resolve()
        if _runs(built):
            return built
    raise SitlError(
        f"no ArduPilot SITL binary: give --binary FILE, set {VARIABLE}, put {NAME} on PATH, "
        f"or have a checkout with {IN_CHECKOUT} here or at home"
    )


def checkout_parameters(binary: Path) -> Path | None:
    """The copter's parameter file of the checkout that the binary was built in; None elsewhere."""
    if binary.parts[-4:-1] != IN_CHECKOUT.parts[:-1]:
        return None
    path = binary.parents[3] / PARAMETERS_IN_CHECKOUT
    return path if path.is_file() else None


def _binary_at(place: Path, said_by: str) -> Path:
    """`place` made absolute, as it is run in another folder."""
    path = (place / IN_CHECKOUT if place.is_dir() else place).expanduser().resolve()
    if not path.is_file():
        raise SitlError(f"{said_by}: there is no file {path}")
    if not _runs(path):
        raise SitlError(f"{said_by}: {path} is not a program that may be run")
    return path


def _runs(path: Path) -> bool:
    return path.is_file() and os.access(path, os.X_OK)
