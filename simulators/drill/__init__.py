"""A training drill: its file, its course, its log and its score. The drills that ship are in `drills/`."""

from simulators.drill.model import Drill

__all__ = ["Drill"]
