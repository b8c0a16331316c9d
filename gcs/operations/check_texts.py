"""Pre-flight findings in Chinese and English."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from gcs.operations.model import CheckLevel

_Pair = tuple[str, str]

GOOD: Mapping[str, _Pair] = MappingProxyType(
    {
        "plan.limits": ("计划在限制之内", "plan is within limits"),
        "fleet.not_mixed": ("没有混用真机与模拟机", "no mix of real and simulated vehicles"),
        "vehicle.free": ("未被其他行动占用", "not used by another operation"),
        "vehicle.heard": ("链路正常", "link is alive"),
        "vehicle.disarmed": ("未解锁", "disarmed"),
        "gps.fix": ("已三维定位", "3D position fix"),
        "gps.satellites": ("卫星 {satellites} 颗", "{satellites} satellites"),
        "ekf.position": ("姿态与位置估计正常", "position estimate is good"),
        "vehicle.prearm": ("飞控自检通过", "the vehicle's own checks pass"),
        "battery.enough": (
            "电量 {remaining_pct}%，需要 {needed_pct}%",
            "battery {remaining_pct} %, needs {needed_pct} %",
        ),
        "battery.cells": ("电芯正常：{found}", "all cells work: {found}"),
        "home.near_start": ("返航点距起点 {distance_m} 米", "home is {distance_m} m from the start"),
        "pad.near_start": ("距换电点 {distance_m} 米", "stands {distance_m} m from the swap pad"),
        "air.clear": ("航线和起飞处上方没有其他无人机", "no other drone is in its way"),
        "air.known": ("行动之外的无人机去向已知", "it is known where drones outside an operation fly"),
        "mission.verified": ("航线已回读核对", "mission was read back and is the planned one"),
    }
)
BAD: Mapping[str, _Pair] = MappingProxyType(
    {
        "plan.limits": ("计划超出限制 {count} 处", "plan breaks {count} limits"),
        "fleet.not_mixed": ("真机与模拟机不得混用", "real and simulated vehicles must not be mixed"),
        "vehicle.free": ("已被行动 {other} 占用", "used by operation {other}"),
        "vehicle.heard": ("没有收到该机信号", "the vehicle is not heard"),
        "vehicle.disarmed": ("已解锁（{mode}）", "armed already ({mode})"),
        "gps.fix": ("没有三维定位", "no 3D position fix"),
        "gps.satellites": ("卫星不足或未知：{satellites}", "too few satellites, or unknown: {satellites}"),
        "ekf.position": ("姿态与位置估计不可用", "no usable position estimate"),
        "vehicle.prearm": ("飞控自检未通过或未知。{said}", "the vehicle's own checks fail or are unknown. {said}"),
        "battery.enough": (
            "电量 {remaining_pct}%，不足或接近所需的 {needed_pct}%",
            "battery {remaining_pct} %, below or near the {needed_pct} % needed",
        ),
        "battery.cells": (
            "电芯失效、不一致或未知：{found}",
            "a cell has failed, cells are apart, or nobody knows: {found}",
        ),
        "home.near_start": (
            "返航点未知或离起点太远：{distance_m} 米",
            "home is unknown or too far from the start: {distance_m} m",
        ),
        "pad.near_start": (
            "不在换电点上，或位置不明：{distance_m} 米",
            "is not at the swap pad where its sortie starts, or nobody knows: {distance_m} m",
        ),
        "air.clear": (
            "{others} 在其航线上或正飞过：等其离开",
            "{others} is in its way, or flies through it: wait until it is gone",
        ),
        "air.known": (
            "{others} 与其同高度，去向不明",
            "{others} flies as high as it will, and nobody knows where to",
        ),
        "mission.verified": (
            "机上航线未核对或不是本计划",
            "the vehicle's mission is not known to be the planned one",
        ),
    }
)


def check_text(code: str, level: CheckLevel, data: Mapping[str, Any]) -> dict[str, str]:
    """`{"zh", "en"}` for a finding; what is unknown reads as "?". KeyError on a code without a text."""
    zh, en = (GOOD if level is CheckLevel.GREEN else BAD)[code]
    shown = {name: "?" if value is None else value for name, value in data.items()}
    return {"zh": zh.format_map(shown).strip(), "en": en.format_map(shown).strip()}
