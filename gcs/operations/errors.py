"""What an operation may be refused, and why; each says what the person who asked can do about it."""

from __future__ import annotations

from collections.abc import Sequence

from gcs.operations.model import Check


class OperationError(ValueError):
    """A step was refused; nothing has changed."""


class UnknownOperationError(OperationError):
    """There is no operation of that id."""

    def __init__(self, operation: str) -> None:
        self.operation = operation
        super().__init__(f"there is no operation {operation!r}")


class WrongVehiclesError(OperationError):
    """The vehicles named do not fit the plan."""


class ChecksBlockError(OperationError):
    """Red findings; `checks` are those."""

    def __init__(self, checks: Sequence[Check]) -> None:
        self.checks = tuple(checks)
        named = "; ".join(f"{check.vehicle or 'plan'}: {check.data['text']['en']}" for check in self.checks)
        super().__init__(f"pre-flight checks are red: {named}")


class NoteNeededError(OperationError):
    """Yellow findings are accepted only with a note."""

    def __init__(self) -> None:
        super().__init__("pre-flight checks are yellow: say in a note why the operation may fly all the same")


class UploadFailedError(OperationError):
    """Not every vehicle holds its mission; `reasons` by vehicle."""

    def __init__(self, reasons: dict[str, str]) -> None:
        self.reasons = reasons
        named = "; ".join(f"{vehicle}: {reason}" for vehicle, reason in sorted(reasons.items()))
        super().__init__(f"upload failed: {named}")


class StillAirborneError(OperationError):
    """Closing waits until everybody is on the ground; `vehicles` are not."""

    def __init__(self, vehicles: Sequence[str]) -> None:
        self.vehicles = tuple(vehicles)
        super().__init__(f"still in the air: {', '.join(self.vehicles)}; call them home first")


class NotKeptError(OperationError):
    """The step could not be stored, so it was not taken."""


class OvertakenError(OperationError):
    """While the step was being stored the operation was changed by another (aborted); that one stands."""

    def __init__(self, status: str) -> None:
        self.status = status
        super().__init__(f"the operation was changed meanwhile and is {status} now")


class NothingToClearError(OperationError):
    """No sortie of the vehicle waits for a person's clear."""

    def __init__(self, vehicle: str) -> None:
        self.vehicle = vehicle
        super().__init__(f"no sortie of {vehicle} waits for a clear")
