"""Stop with one clear line when the interpreter is too old. Runs on any Python 3."""

import sys

if sys.version_info < (3, 11):
    sys.exit(
        "AeroPatrol needs Python 3.11 or newer; this is %d.%d. Name another one: make PYTHON=python3.12 ..."
        % sys.version_info[:2]
    )
