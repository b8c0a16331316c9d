"""What a sighting, a step or a unit may be refused for; each says what would have been right."""

from __future__ import annotations

from collections.abc import Sequence


class ReliefError(ValueError):
    """A file of heights or of the geoid that cannot be used; one line that says which and why."""


class SightingError(ValueError):
    """Something asked of sightings or units was refused; nothing has changed."""


class InvalidReportError(SightingError):
    """What was reported cannot be kept as it is; `field` names the part that is wrong."""

    def __init__(self, field: str, problem: str) -> None:
        self.field = field
        super().__init__(f"{field}: {problem}")


class UnknownSightingError(SightingError):
    """There is no sighting of that id."""

    def __init__(self, sighting: str) -> None:
        self.sighting = sighting
        super().__init__(f"there is no sighting {sighting!r}")


class UnknownIntakeError(SightingError):
    """There is no door of that id."""

    def __init__(self, intake: str) -> None:
        self.intake = intake
        super().__init__(f"there is no intake {intake[:80]!r}")


class UnknownUnitError(SightingError):
    """There is no unit of that id."""

    def __init__(self, unit: str) -> None:
        self.unit = unit
        super().__init__(f"there is no unit {unit!r}")


class IllegalSightingStepError(SightingError):
    """A step that the sighting's status does not allow; `legal` lists those it does."""

    def __init__(self, problem: str, legal: Sequence[str]) -> None:
        self.legal = tuple(legal)
        super().__init__(f"{problem}; legal steps: {', '.join(self.legal) or 'none'}")


class NotYourSightingError(IllegalSightingStepError):
    """A unit took a step of a sighting that is with another unit, or with none (any more)."""

    def __init__(self, unit: str, holder: str | None, legal: Sequence[str]) -> None:
        self.unit, self.holder = unit, holder
        super().__init__(f"the sighting is with {holder or 'no unit'}, not with {unit}", legal)


class UnitBusyError(SightingError):
    """The unit is dealing with another sighting, flies an operation, or is off; `sighting` names the one it holds."""

    def __init__(self, unit: str, sighting: str | None, operation: str | None = None) -> None:
        self.unit, self.sighting, self.operation = unit, sighting, operation
        doing = f"is dealing with sighting {sighting}" if sighting else "is off duty"
        if operation and not sighting:
            doing = f"flies operation {operation}: let that end, or call it home, before it is sent"
        super().__init__(f"unit {unit} {doing}")


class SimulatedMixError(SightingError):
    """Simulated sightings go to simulated units only, real ones never."""

    def __init__(self, unit: str, *, simulated: bool) -> None:
        self.unit = unit
        kinds = ("a simulated", "a real") if simulated else ("a real", "a simulated")
        super().__init__(f"{kinds[0]} sighting cannot go to {unit}, {kinds[1]} unit")


class PrivatePictureError(SightingError):
    """The place lies in a private zone of which no picture may be kept."""

    def __init__(self, sighting: str) -> None:
        self.sighting = sighting
        super().__init__("the place lies in a private zone: no picture of it may be kept; describe it in words")


class NobodyFreeError(SightingError):
    """No unit that fits is free at the moment; it will be assigned as soon as one is."""

    def __init__(self, sighting: str) -> None:
        self.sighting = sighting
        super().__init__(f"no unit that may deal with sighting {sighting} is free; it goes to the first that is")
