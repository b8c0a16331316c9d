"""A recording as Parquet files, one for each message type: for pandas, Polars, DuckDB and whatever else reads columns.

Needs pyarrow, which is not installed by default (`pip install aeropatrol[parquet]`).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from telemetry.dialect import ARDUPILOTMEGA, Dialect
from telemetry.logs import Columns, Log


class ParquetError(RuntimeError):
    """Parquet cannot be written here, in one line."""


def write_parquet(log: Log, folder: Path, dialect: Dialect = ARDUPILOTMEGA) -> tuple[Path, ...]:
    """`folder`, made when it is missing, gets TYPE.parquet for each type of message.

    Columns are `time` (UTC, microseconds), `sysid`, `compid`, `seq` and the fields; arrays are lists of fixed size,
    texts are strings. Raises ParquetError without pyarrow, OSError when the disk does not take it.
    """
    try:
        import pyarrow as pa  # noqa: PLC0415  optional
        from pyarrow import parquet  # noqa: PLC0415
    except ImportError:
        raise ParquetError("Parquet needs pyarrow: pip install aeropatrol[parquet]") from None
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, columns in log.items():
        path = folder / f"{name}.parquet"
        parquet.write_table(pa.table(_arrays(pa, name, columns, dialect)), path)
        written.append(path)
    return tuple(written)


def _arrays(pa: Any, name: str, columns: Columns, dialect: Dialect) -> dict[str, Any]:
    found = {
        "time": pa.array(columns.unix_us, pa.timestamp("us", tz="UTC")),
        "sysid": pa.array(columns.sysid),
        "compid": pa.array(columns.compid),
        "seq": pa.array(columns.seq),
    }
    for field in dialect.by_name[name].TYPE.fields:
        values = np.ascontiguousarray(columns.fields[field.name])
        if field.is_text:
            column = pa.array(columns.texts(field.name), pa.string())
        elif field.array_length:
            column = pa.FixedSizeListArray.from_arrays(pa.array(values.reshape(-1)), field.array_length)
        else:
            column = pa.array(values)
        found[field.name if field.name not in found else f"{field.name}_"] = column
    return found
