"""Messages beyond ArduPilot's: from a MAVLink XML file, a dialect of pymavlink, or a module that mavgen made.

They are added to ArduPilot's, so that everything ground control needs is always there; where an id is in both, the
custom one counts.
"""

from __future__ import annotations

import importlib
import importlib.util
import io
import shutil
import tempfile
from contextlib import redirect_stderr, redirect_stdout
from importlib.resources import files
from pathlib import Path
from types import ModuleType
from xml.parsers.expat import ExpatError

from telemetry.dialect import ARDUPILOTMEGA, Dialect, dialect_of


class DialectError(ValueError):
    """A dialect that cannot be used: which, and why, in one line."""


def custom_dialect(name: str) -> Dialect:
    """`name` is the path of an XML file, a dialect of pymavlink (`storm32`) or a module (`site.our_dialect`).

    An empty name is ArduPilot's dialect. Raises DialectError.
    """
    if not name:
        return ARDUPILOTMEGA
    module = _from_xml(Path(name)) if name.endswith(".xml") else _from_name(name)
    try:
        added = dialect_of(name, module)
    except (AttributeError, TypeError, ValueError) as error:
        raise DialectError(f"dialect {name!r}: no messages as mavgen makes them: {error}") from None
    if not added.by_id:
        raise DialectError(f"dialect {name!r}: no messages in it")
    return Dialect(name, list((dict(ARDUPILOTMEGA.by_id) | dict(added.by_id)).values()))


def _from_name(name: str) -> ModuleType:
    for full in (f"pymavlink.dialects.v20.{name}", name):
        try:
            return importlib.import_module(full)
        except (ImportError, ValueError):
            continue
    raise DialectError(f"dialect {name!r}: neither a file ending in .xml, a dialect of pymavlink, nor a module")


def _from_xml(path: Path) -> ModuleType:
    """What mavgen makes of the file; definitions that it includes are looked for beside it, then in pymavlink."""
    from pymavlink.generator import mavgen, mavparse  # noqa: PLC0415  needed by few, slow to import

    with tempfile.TemporaryDirectory(prefix="aeropatrol-dialect-") as folder:
        room, said = Path(folder), io.StringIO()
        try:
            for beside in (*_bundled(), *sorted(path.parent.glob("*.xml")), path):
                shutil.copy(beside, room / beside.name)
            made_file = room / "made_dialect.py"
            options = mavgen.Opts(str(made_file), wire_protocol="2.0", language="Python3", validate=False)
            with redirect_stdout(said), redirect_stderr(said):
                made = mavgen.mavgen(options, [str(room / path.name)])
        except OSError as error:
            raise DialectError(f"dialect {path}: cannot be read: {error.strerror}") from None
        except (SystemExit, mavparse.MAVParseError, ExpatError, LookupError, ValueError) as error:
            raise DialectError(f"dialect {path}: {error}") from None
        if not made:
            raise DialectError(f"dialect {path}: not a MAVLink definition")
        return _load(made_file)


def _bundled() -> list[Path]:
    folder = Path(str(files("pymavlink.dialects.v20")))
    return sorted(folder.glob("*.xml"))


def _load(file: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"aeropatrol_{file.stem}", file)
    if spec is None or spec.loader is None:
        raise DialectError(f"dialect {file}: cannot be loaded")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
