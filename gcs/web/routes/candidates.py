"""Who could go: the best three, with reasons, for the dispatcher who chooses."""

from __future__ import annotations

import msgspec

from gcs.dispatch.assign import Candidate
from gcs.operations.model import Operation
from gcs.web.route import Call, Route

MOST = 3


class CandidateView(msgspec.Struct, frozen=True, kw_only=True):
    """`travel_s` is an estimate unless `estimated` is False; metres, seconds and age are null where nobody knows.
    One whose vehicle an `operation` has stands behind all others and cannot be sent."""

    unit: str
    name: str
    distance_m: float | None
    travel_s: float | None
    estimated: bool
    position_age_s: float | None
    fresh: bool
    operation: str | None
    reason: dict[str, str]


async def list_candidates(call: Call[None]) -> tuple[CandidateView, ...]:
    found = await call.services.desk.candidates(call.part("id")[:80], MOST)
    operations = call.services.conductor.operations
    return tuple(_view(candidate, operations.get(candidate.unit.operation or "")) for candidate in found)


def _view(candidate: Candidate, engaged: Operation | None) -> CandidateView:
    return CandidateView(
        unit=candidate.unit.id,
        name=candidate.unit.name,
        distance_m=None if candidate.distance_m is None else round(candidate.distance_m),
        travel_s=candidate.travel_s,
        estimated=candidate.estimated,
        position_age_s=candidate.position_age_s,
        fresh=candidate.fresh,
        operation=candidate.unit.operation,
        reason=_reason(candidate) if candidate.unit.operation is None else _engaged(engaged),
    )


def _engaged(operation: Operation | None) -> dict[str, str]:
    name = "" if operation is None else operation.name or operation.id
    return {"zh": f"正在执行任务 {name}，结束或召回后才能派", "en": f"flies operation {name}: not before that ends"}


def _reason(candidate: Candidate) -> dict[str, str]:
    if candidate.travel_s is None or candidate.distance_m is None or candidate.position_age_s is None:
        return {"zh": "空闲，位置不明", "en": "free, position unknown"}
    minutes, metres = candidate.travel_s / 60, candidate.distance_m
    how_zh, how_en = ("估算", "estimated") if candidate.estimated else ("按路网", "by road")
    zh, en = f"约 {minutes:.0f} 分钟（{how_zh}），{metres:.0f} 米", f"{minutes:.0f} min ({how_en}), {metres:.0f} m"
    if candidate.fresh:
        return {"zh": zh, "en": en}
    old = candidate.position_age_s / 60
    return {"zh": f"{zh}；位置是 {old:.0f} 分钟前的", "en": f"{en}; position is {old:.0f} min old"}


ROUTES = (
    Route(
        "GET", "/sightings/{id}/candidates", list_candidates, "who could go, best first", "sightings",
        answer=tuple[CandidateView, ...], problems=(503,),
    ),
)  # fmt: skip
