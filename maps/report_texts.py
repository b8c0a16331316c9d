"""The report's words for what the models hold, in Chinese and English."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType

from gcs.dispatch.model import UnitKind
from gcs.fleet.modes import COPTER_MODES
from gcs.operations.model import CheckLevel, OperationStatus, SortieStatus
from gcs.sightings.model import SightingStatus
from maps.report_html import Html, both, el, html, together

SYSTEM = "system"
Pair = tuple[str, str]
Flight, S, G = OperationStatus, SortieStatus, SightingStatus

WORDS: Mapping[str, Pair] = MappingProxyType(
    {
        Flight.DRAFT: ("草案", "draft"),
        Flight.CHECKED: ("已检查", "checked"),
        Flight.AUTHORISED: ("已批准", "authorised"),
        Flight.UPLOADED: ("已上传", "uploaded"),
        Flight.LAUNCHING: ("正在起飞", "launching"),
        Flight.FLYING: ("飞行中", "flying"),
        Flight.PAUSED: ("已暂停", "paused"),
        Flight.HELD: ("已中止等待", "held"),
        Flight.RETURNING: ("返航中", "returning"),
        Flight.CLOSED: ("已结束", "closed"),
        Flight.ABORTED: ("已中止", "aborted"),
        S.WAITING: ("等待", "waiting"),
        S.UPLOADING: ("上传中", "uploading"),
        S.READY: ("就绪", "ready"),
        S.FLOWN: ("飞完", "flown"),
        S.BROKEN_OFF: ("中断", "broken off"),
        G.NEW: ("新线索", "new"),
        G.ASSIGNED: ("已派单", "assigned"),
        G.ACCEPTED: ("已接单", "accepted"),
        G.ON_SCENE: ("已到场", "on scene"),
        G.RESOLVED: ("已办结", "resolved"),
        G.DISMISSED: ("已排除", "dismissed"),
        G.ASSESSED: ("已评估", "assessed"),
        G.DUPLICATE: ("重复线索", "duplicate"),
        G.ARCHIVED: ("已归档", "archived"),
        CheckLevel.RED: ("不合格", "red"),
        CheckLevel.YELLOW: ("需说明", "yellow"),
        CheckLevel.GREEN: ("合格", "green"),
        UnitKind.PATROL_CAR: ("巡逻车", "patrol car"),
        UnitKind.OFFICER: ("民警", "officer"),
        UnitKind.AUXILIARY: ("辅警", "auxiliary"),
        UnitKind.GRID_WORKER: ("网格员", "grid worker"),
        UnitKind.VOLUNTEER: ("志愿者", "volunteer"),
        UnitKind.STATION: ("联勤站", "station"),
        UnitKind.DRONE: ("无人机", "drone"),
        "camera": ("机载相机", "camera"),
        "person": ("人工", "person"),
        "external": ("外部系统", "external"),
        "report": ("上报", "reported"),
        "assign": ("派单", "assigned"),
        "accept": ("接单", "accepted"),
        "refuse": ("退回", "handed back"),
        "expire": ("超时未答", "no answer in time"),
        "arrive": ("到场", "arrived"),
        "resolve": ("办结", "resolved"),
        "dismiss": ("排除", "dismissed"),
        "reopen": ("重新打开", "opened again"),
        "classify": ("重新分类", "classified anew"),
        "duplicate": ("并入", "merged"),
        "feedback": ("反馈", "reported back"),
        "assess": ("评估", "assessed"),
        "analyse": ("研判", "analysed"),
        "supervise": ("督办", "under supervision"),
        "archive": ("归档", "archived"),
    }
)
EVENTS: Mapping[str, Pair] = MappingProxyType(
    {
        "operation.created": ("拟定草案", "drafted"),
        "operation.checked": ("飞行前检查", "checked before flight"),
        "operation.authorised": ("批准", "authorised"),
        "operation.uploaded": ("航线已上传并回读核对", "missions uploaded and read back"),
        "operation.launching": ("开始起飞", "launch started"),
        "operation.flying": ("全部首架次已升空", "all first sorties in the air"),
        "operation.paused": ("暂停", "paused"),
        "operation.resumed": ("继续", "resumed"),
        "operation.held": ("中止等待人工决定", "held until somebody decides"),
        "operation.returning": ("全部召回", "everybody called home"),
        "operation.aborted": ("中止", "aborted"),
        "operation.closing": ("人工结束", "closed by hand"),
        "operation.closed": ("结束", "closed"),
        "operation.recovered": ("地面控制重启后接续", "taken up again after a restart"),
        "operation.unwatched": ("地面控制停止跟踪", "ground control stopped watching"),
        "operation.report_written": ("报告已写出", "report written"),
        "operation.report_failed": ("报告未能写出", "report could not be written"),
        "sortie.uploading": ("架次上传", "sortie being uploaded"),
        "sortie.uploaded": ("架次已上传核对", "sortie uploaded and verified"),
        "sortie.upload_failed": ("架次上传失败", "sortie upload failed"),
        "sortie.waiting": ("架次等待条件", "sortie waiting"),
        "sortie.ready": ("架次就绪", "sortie ready"),
        "sortie.launching": ("架次起飞", "sortie launching"),
        "sortie.launched": ("架次升空", "sortie in the air"),
        "sortie.flying": ("架次飞行", "sortie flying"),
        "sortie.returning": ("架次返航", "sortie returning"),
        "sortie.flown": ("架次飞完", "sortie flown"),
        "sortie.broken_off": ("架次中断", "sortie broken off"),
        "sortie.held": ("架次中止等待", "sortie held"),
        "sortie.put_off": ("架次推迟起飞", "sortie put off"),
        "sortie.awaited": ("等待重新听到该机", "waiting to hear the vehicle again"),
        "sortie.readopted": ("架次接续", "sortie taken up again"),
        "vehicle.appeared": ("无人机上线", "vehicle appeared"),
        "vehicle.stale": ("失去信号", "vehicle fell silent"),
        "vehicle.back": ("恢复信号", "vehicle heard again"),
        "vehicle.rebooted": ("飞控重启", "vehicle rebooted"),
        "vehicle.armed": ("解锁", "armed"),
        "vehicle.disarmed": ("上锁", "disarmed"),
        "vehicle.mode": ("飞行模式", "mode"),
        "vehicle.text": ("飞控消息", "vehicle says"),
        "vehicle.mission_unknown": ("机上航线不明", "mission unknown"),
        "guest.command": ("外部地面站指令", "a guest commands"),
        "guest.refused": ("外部地面站指令被拒", "a guest's command refused"),
        "script.opened": ("脚本端口开放", "door for scripts opened"),
        "script.closed": ("脚本端口关闭", "door for scripts closed"),
        "vehicle.stranger": ("陌生地址冒用系统号", "another address speaks in its name"),
        "operator.asked": ("另一地面站请求接管", "another station asks to take over"),
        "operator.granted": ("允许接管", "takeover allowed"),
        "operator.refused": ("不允许接管", "takeover refused"),
        "operator.unanswered": ("接管请求无人答复", "takeover asked, not answered"),
        "vehicle.way": ("改用另一链路", "answered by another link"),
        "vehicle.sysid_conflict": ("编号冲突", "two vehicles with one id"),
        "alarm.raised": ("告警", "alarm"),
        "alarm.cleared": ("告警解除", "alarm over"),
        "alarm.acknowledged": ("告警已确认", "alarm acknowledged"),
        "mission.upload_started": ("上传航线", "mission upload"),
        "mission.verified": ("航线回读一致", "mission read back equal"),
        "mission.unknown": ("航线未确认", "mission not verified"),
        "mission.refused": ("拒绝上传", "upload refused"),
        "mission.read": ("读取航线", "mission read"),
        "mission.not_kept": ("上传状态未能记录", "upload could not be noted"),
        "fence.started": ("上传围栏", "fence upload"),
        "fence.done": ("围栏回读一致", "fence read back equal"),
        "fence.failed": ("围栏未确认", "fence not verified"),
        "fence.refused": ("拒绝上传围栏", "fence refused"),
        "param.set.started": ("设置参数", "parameter being set"),
        "param.set.done": ("参数已设置", "parameter set"),
        "param.set.failed": ("参数未设置", "parameter not set"),
        "param.set.refused": ("拒绝设置参数", "parameter refused"),
        "vehicle.lease_taken": ("取得操控", "took command"),
        "vehicle.lease_released": ("交还操控", "let go of it"),
        "vehicle.conflict_over": ("编号冲突解除", "system id is one vehicle's again"),
    }
)
COMMANDS: Mapping[str, Pair] = MappingProxyType(
    {
        "NAV_RETURN_TO_LAUNCH": ("返航", "return to launch"),
        "NAV_LAND": ("就地降落", "land"),
        "NAV_TAKEOFF": ("起飞", "take off"),
        "COMPONENT_ARM_DISARM 1": ("解锁", "arm"),
        "COMPONENT_ARM_DISARM 0": ("上锁", "disarm"),
        "DO_SET_MODE": ("切换模式", "change mode"),
        "MISSION_START": ("开始任务", "start the mission"),
        "DO_PAUSE_CONTINUE 0": ("暂停", "pause"),
        "DO_PAUSE_CONTINUE 1": ("继续", "go on"),
        "DO_REPOSITION": ("飞往指定点", "go to a place"),
        "DO_CHANGE_SPEED": ("改变速度", "change speed"),
        "DO_SET_MISSION_CURRENT": ("跳转任务项", "jump in the mission"),
    }
)
GOOD = frozenset({Flight.CLOSED, S.FLOWN, G.RESOLVED, CheckLevel.GREEN})
BAD = frozenset({Flight.ABORTED, S.BROKEN_OFF, CheckLevel.RED})
WARN = frozenset({Flight.HELD, Flight.PAUSED, CheckLevel.YELLOW})


def word(name: str) -> Html:
    """A status, kind or action; one that is not in the table is shown as it is."""
    zh, en = WORDS.get(name, (name, name))
    return both(zh, en)


def seat(actor: str) -> Html:
    """Whose doing it was: a name as it is, or the system by itself."""
    return both("系统", "the system") if actor == SYSTEM else html(actor)


def tone(name: str) -> str:
    """The colour class of a status."""
    return "good" if name in GOOD else "bad" if name in BAD else "warn" if name in WARN else "calm"


def event_word(kind: str) -> Html:
    return both(*EVENTS[kind]) if kind in EVENTS else html(kind)


def command_word(name: str, params: Sequence[object]) -> Html:
    """A command with what its parameters say, as far as they say something: trailing zeros are left away."""
    shown = [f"{p:g}" if isinstance(p, int | float) else "·" for p in params]
    first = f"{name} {shown[0]}" if shown else name
    if first in COMMANDS:
        return both(*COMMANDS[first])
    if name == "DO_SET_MODE" and len(shown) > 1:
        mode = COPTER_MODES.get(int(shown[1]), shown[1]) if shown[1].isdecimal() else shown[1]
        return together((both(*COMMANDS[name]), " ", mode))
    while shown and shown[-1] in ("0", "·"):
        shown.pop()
    what = both(*COMMANDS[name]) if name in COMMANDS else el("code", name)
    return together((what, el("code", " " + " ".join(shown)))) if shown else what


def moment(at: datetime | None) -> Html:
    """A time of day in UTC, its date in the tooltip; unknown as a dash."""
    if at is None:
        return html(None)
    return el("time", f"{at:%H:%M:%S}", datetime=f"{at:%Y-%m-%dT%H:%M:%SZ}", title=f"{at:%Y-%m-%d %H:%M:%S} UTC")


def full_moment(at: datetime | None) -> str | None:
    return None if at is None else f"{at:%Y-%m-%d %H:%M:%S} UTC"


def lasted(begin: datetime | None, end: datetime | None) -> str | None:
    """From `begin` to `end` as 1:02:03 or 2:03."""
    return None if begin is None or end is None else clock(end - begin)


def clock(duration: timedelta) -> str:
    seconds = round(abs(duration.total_seconds()))
    sign = "-" if duration < timedelta(0) else ""
    hours, rest = divmod(seconds, 3600)
    minutes, left = divmod(rest, 60)
    return f"{sign}{hours}:{minutes:02d}:{left:02d}" if hours else f"{sign}{minutes}:{left:02d}"


def percent(fraction: float | None) -> str | None:
    """Cut, never rounded up: 99.99 % is not 100 %."""
    return None if fraction is None else f"{int(fraction * 1000 + 1e-6) / 10:.1f} %"
