"""Plans that were made and not yet flown: kept in memory, the oldest forgotten first."""

from __future__ import annotations

from collections import OrderedDict

from missions.plan import Plan

MOST_PLANS = 32


class PlanShelf:
    """Bounded; a plan that an operation uses is in the store and needs no shelf."""

    def __init__(self, most: int = MOST_PLANS) -> None:
        self._most = most
        self._plans: OrderedDict[str, Plan] = OrderedDict()

    def put(self, plan: Plan) -> None:
        self._plans[plan.hash] = plan
        self._plans.move_to_end(plan.hash)
        if len(self._plans) > self._most:
            self._plans.popitem(last=False)

    def get(self, plan_hash: str) -> Plan | None:
        return self._plans.get(plan_hash)
