"""A simulated ArduCopter 4.7: messages and time go in, messages come out."""

from simulators.autopilot.autopilot import HEARD, Autopilot, VehicleSpec

__all__ = ["HEARD", "Autopilot", "VehicleSpec"]
