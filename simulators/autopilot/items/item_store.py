"""The mission, fence and rally items a vehicle keeps; they outlive a reboot.

Item 0 of the mission is home, whatever was sent there: zeros until there is one.
"""

from __future__ import annotations

from dataclasses import replace

from simulators.autopilot.items.stored_items import FENCE, MISSION, RALLY, centimetres
from simulators.autopilot.state import Vehicle
from telemetry.services.mission_item import MissionItem

MOST_ITEMS = {MISSION: 650, FENCE: 650, RALLY: 46}
_TOTALS = {MISSION: "MIS_TOTAL", FENCE: "FENCE_TOTAL", RALLY: "RALLY_TOTAL"}
RETURN_POINT, LEAST_FENCE = 5000, 3
HOME_ITEM = MissionItem(0, 16, 0)


class ItemStore:
    """Lists of stored items by mission type."""

    def __init__(self) -> None:
        self.lists: dict[int, list[MissionItem]] = {MISSION: [], FENCE: [], RALLY: []}
        self.changes = 0  # of the mission, counted
        self.rally_changes = 0

    def mission(self) -> list[MissionItem]:
        return self.lists[MISSION]

    @property
    def has_mission(self) -> bool:
        """Something to fly besides home."""
        return len(self.lists[MISSION]) > 1

    def home_is_set(self) -> bool:
        """The mission begins with home from now on; says whether it was empty."""
        empty = not self.lists[MISSION]
        if empty:
            self.lists[MISSION] = [HOME_ITEM]
        return empty

    def truncate(self, mission_type: int, count: int) -> bool:
        """Keep the first `count` items; says whether any went."""
        kept = self.lists[mission_type]
        shorter = len(kept) > count
        del kept[count:]
        self._changed(mission_type)
        return shorter

    def put(self, mission_type: int, item: MissionItem) -> bool:
        """Replace or append one item; says whether the list grew."""
        kept = self.lists[mission_type]
        home = mission_type == MISSION and item.seq == 0
        if home:
            item = HOME_ITEM
        grows = item.seq >= len(kept)
        if grows:
            kept.append(item)
        else:
            kept[item.seq] = item
        if not home:
            self._changed(mission_type)
        return grows

    def empty(self, mission_type: int) -> None:
        self.lists[mission_type] = []
        self._changed(mission_type)

    def swap(self, mission_type: int, items: list[MissionItem]) -> None:
        self.lists[mission_type] = items

    def read(self, vehicle: Vehicle, mission_type: int, seq: int) -> MissionItem | None:
        """The item as it is read back; home at seq 0 is always there."""
        kept = self.lists[mission_type]
        if mission_type == MISSION and seq == 0:
            home = vehicle.home
            if home is None:
                return HOME_ITEM
            return replace(
                HOME_ITEM, x=round(home.lat_deg * 1e7), y=round(home.lon_deg * 1e7), z=centimetres(home.alt_m)
            )
        return kept[seq] if 0 <= seq < len(kept) else None

    def total_parameter(self, mission_type: int) -> tuple[str, float]:
        """A fence is counted as older protocols did: from three points on with one of return and one that closes it."""
        items = self.lists[mission_type]
        count = len(items)
        if mission_type == FENCE:
            points = sum(item.command != RETURN_POINT for item in items)
            count = points + 2 if points >= LEAST_FENCE else 0
        return _TOTALS[mission_type], float(count)

    def _changed(self, mission_type: int) -> None:
        if mission_type == MISSION:
            self.changes += 1
        elif mission_type == RALLY:
            self.rally_changes += 1
