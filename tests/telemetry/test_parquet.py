"""What is read from Parquet is what was recorded."""

import sys
from pathlib import Path

import pytest

from telemetry.logs import load_log
from telemetry.parquet import ParquetError, write_parquet

RECORDING = Path(__file__).parents[1] / "data/sitl/failsafes_battery.tlog.gz"


def test_every_column_is_read_back(tmp_path):
    parquet = pytest.importorskip("pyarrow.parquet")
    log = load_log(RECORDING)
    written = write_parquet(log, tmp_path / "flight")

    assert {path.stem for path in written} == set(log)
    position = parquet.read_table(tmp_path / "flight/GLOBAL_POSITION_INT.parquet")
    assert position["lat"].to_pylist() == log["GLOBAL_POSITION_INT"].fields["lat"].tolist()
    assert position["time"].cast("int64").to_pylist() == log["GLOBAL_POSITION_INT"].unix_us.tolist()
    texts = parquet.read_table(tmp_path / "flight/STATUSTEXT.parquet")["text"].to_pylist()
    assert texts == log["STATUSTEXT"].texts("text")
    cells = parquet.read_table(tmp_path / "flight/BATTERY_STATUS.parquet")["voltages"].to_pylist()
    assert cells == log["BATTERY_STATUS"].fields["voltages"].tolist()


def test_without_pyarrow_the_fix_is_said(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)

    with pytest.raises(ParquetError, match=r"pip install aeropatrol\[parquet\]"):
        write_parquet(load_log(RECORDING, ["HEARTBEAT"]), tmp_path)
