"""Real ArduPilot (SITL) processes: found, started, watched, heard, stopped."""

from simulators.sitl.binary import SitlError
from simulators.sitl.fleet import SitlFleet

__all__ = ["SitlError", "SitlFleet"]
