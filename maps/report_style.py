"""The report's style sheet, its drones' colours, and the policy that allows nothing else."""

from __future__ import annotations

import base64
import hashlib
from importlib import resources

from missions.formats.colours import COLOURS

_DRONES = "".join(f".c{i} {{stroke: {colour}}}\n" for i, colour in enumerate(COLOURS))
STYLE = _DRONES + resources.files("maps").joinpath("report.css").read_text("utf-8")
_DIGEST = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
POLICY = f"default-src 'none'; style-src 'sha256-{_DIGEST}'; base-uri 'none'; form-action 'none'"
"""The Content-Security-Policy of the page: this style sheet, no script, no request."""
