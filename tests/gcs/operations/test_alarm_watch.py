"""Alarms are told once when they come up and once when they are over."""

import asyncio
from datetime import UTC, datetime, timedelta

from gcs.alarms import AlarmBoard, Severity, Situation
from gcs.operations.alarm_watch import AlarmWatch

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
FULL = {"store.failing": ("磁盘已满", "the disk is full")}


class Scene:
    def __init__(self):
        self.now_s, self.troubles = 0.0, {}
        self.told, self.changed = [], []
        self.board = AlarmBoard()
        self.watch = AlarmWatch(self.board, self.look, self.told.append, self.changed.append)

    def look(self):
        utc = NOON + timedelta(seconds=self.now_s)
        return Situation(
            vehicles={}, operations={}, off_plan_m={}, now_s=self.now_s, utc=utc, own_troubles=self.troubles
        )

    def at(self, now_s, troubles):
        self.now_s, self.troubles = now_s, troubles
        asyncio.run(self.watch.look_once())


def test_a_trouble_of_our_own_is_a_critical_alarm_of_no_vehicle():
    scene = Scene()
    scene.at(0.0, FULL)
    (alarm,) = scene.board.alarms.values()
    assert (alarm.code, alarm.severity, alarm.vehicle) == ("store.failing", Severity.CRITICAL, None)
    assert alarm.text == {"zh": "磁盘已满", "en": "the disk is full"}


def test_it_is_told_when_it_comes_and_when_it_is_over_and_not_between():
    scene = Scene()
    for now_s, troubles in ((0.0, FULL), (1.0, FULL), (2.0, {}), (6.0, {}), (7.0, {})):
        scene.at(now_s, troubles)
    assert [event.kind for event in scene.told] == ["alarm.raised", "alarm.cleared"]
    assert len(scene.changed) == 2
    assert not scene.board.alarms


def test_the_watch_looks_by_itself(virtual):
    scene = Scene()
    scene.troubles = FULL

    async def story():
        await scene.watch.start()
        await asyncio.sleep(0.1)
        await scene.watch.stop()

    virtual.run(story())
    assert [event.kind for event in scene.told] == ["alarm.raised"]
