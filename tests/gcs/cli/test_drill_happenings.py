"""A drill's log in words, in both languages: nothing is called by its id or its code."""

import pytest

from gcs.cli.drill_happenings import happenings
from gcs.sightings.catalogue import default_catalogue
from simulators.drill.engine import Entry
from simulators.drill.file import load_drill, shipped_drills

DRILL = load_drill(shipped_drills()["dusk-search"], "dusk-search.toml")
REPORT = Entry(9.0, "sighting.report", {"sighting": "s", "klass": "missing_person", "reports": ["s"]})


def told(*entries):
    return [(happening.zh, happening.en) for happening in happenings(DRILL, entries, default_catalogue())]


def test_steps_say_of_what_and_by_whom():
    step = Entry(20.0, "sighting.accept", {"sighting": "s", "unit": "officer-2", "by": "x"})
    (_, klass), (zh, en) = told(REPORT, step)
    name = klass.removeprefix("reported: ")
    assert name != "missing_person"
    assert en == f"{name}: accepted by Search officer 2"
    assert zh.endswith("接单 搜救警员 2")


@pytest.mark.parametrize(
    ("kind", "data", "zh", "en"),
    [
        ("fault.on", {"name": "CellFailure", "vehicle": 2}, "故障开始：单节电芯失效（2 号机）",
         "fault begins: a battery cell failed (vehicle 2)"),
        ("operation", {"status": "flying"}, "行动飞行中", "operation flying"),
        ("alarm", {"code": "battery.low", "zh": "drill-2 电量低：37%", "en": "drill-2: battery low, 37 %"},
         "告警：drill-2 电量低：37%", "alarm: drill-2: battery low, 37 %"),
        ("command", {"vehicle": "drill-2", "command": "NAV_RETURN_TO_LAUNCH", "params": [], "result": "refused"},
         "指令 drill-2 返航：被拒绝", "command drill-2 return to launch: refused"),
        ("command", {"vehicle": "v", "command": "COMPONENT_ARM_DISARM", "params": [0.0, None], "result": "timeout"},
         "指令 v 上锁：无应答", "command v disarm: no answer"),
        ("command", {"vehicle": "v", "command": "DO_SET_MODE", "params": [1.0, 17.0], "result": "acked"},
         "指令 v 切换模式 BRAKE：已执行", "command v change mode BRAKE: done"),
        ("instructor.fault", {"name": "GpsLoss", "vehicle": 0}, "教员设置故障 卫星定位丢失（全部）",
         "instructor sets a fault GPS lost (all vehicles)"),
        ("instructor.paused", {}, "教员暂停演练", "instructor holds the drill"),
        ("vehicle.lost", {"vehicle": 3}, "3 号机的模拟程序已终止", "vehicle 3: its simulation has ended"),
        ("vehicle.parameter_not_taken", {"vehicle": 3, "name": "SIM_X"}, "3 号机不接受参数 SIM_X",
         "vehicle 3 does not take the parameter SIM_X"),
        ("bookmark", {"name": "here"}, "标记：here", "bookmark: here"),
    ],
)  # fmt: skip
def test_each_is_told_in_both_languages(kind, data, zh, en):
    assert told(Entry(1.0, kind, data)) == [(zh, en)]


def test_poses_and_what_cameras_saw_are_not_told():
    assert told(Entry(1.0, "pose", {"vehicle": 1}), Entry(1.0, "camera.saw", {"id": "a"})) == []
