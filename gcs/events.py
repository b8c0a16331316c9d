"""What happened: the one record that is kept, shown live and read back.

An event is written once and never changed. `kind` is dotted and stable (`command.acked`,
`operation.authorised`, `sighting.created`); `actor` names who caused it: a person's seat, `system`,
or a vehicle id. `data` holds JSON values only.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that happened; `seq` is given by the store when it is kept (0 = not yet kept)."""

    kind: str
    at: datetime
    actor: str
    vehicle: str | None = None
    operation: str | None = None
    sighting: str | None = None
    unit: str | None = None
    data: dict[str, Any] = {}
    seq: int = 0
