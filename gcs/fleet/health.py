"""What a vehicle's flags mean: EKF, airborne, fix. Pure readings of one `VehicleState`."""

from __future__ import annotations

from gcs.fleet.modes import RETURNING_MODES
from gcs.fleet.state import Position, VehicleState
from telemetry.constants import EkfFlag, MavLandedState, MavState

EKF_NEEDED = EkfFlag.ATTITUDE | EkfFlag.VELOCITY_HORIZ | EkfFlag.POS_HORIZ_ABS
EKF_BAD = EkfFlag.CONST_POS_MODE | EkfFlag.UNINITIALIZED | EkfFlag.GPS_GLITCHING
AIRBORNE_ALT_M = 1.0
"""Height above home from which an armed vehicle counts as flying when it does not say so itself."""


def ekf_ok(flags: int | None) -> bool | None:
    """Whether the estimator has a usable absolute position; None when it never reported."""
    if flags is None:
        return None
    return flags & EKF_NEEDED == EKF_NEEDED and not flags & EKF_BAD


def airborne(state: VehicleState) -> bool | None:
    """Whether the vehicle is off the ground; None when it says neither yes nor no.

    A disarmed vehicle is on the ground; an armed one is believed what EXTENDED_SYS_STATE says, then
    its height, then the heartbeat's ACTIVE.
    """
    if not state.armed:
        return False
    if state.landed_state is not None:
        return state.landed_state != MavLandedState.ON_GROUND
    if state.position is not None and state.position.alt_rel_m is not None:
        return state.position.alt_rel_m > AIRBORNE_ALT_M
    return True if state.system_status == MavState.ACTIVE else None


def returning(state: VehicleState) -> bool:
    """Whether the vehicle flies itself home or to the ground in a mode for that."""
    return state.armed and state.mode in RETURNING_MODES


def real_position(lat_e7: int, lon_e7: int, alt_rel_m: float | None, alt_amsl_m: float) -> Position | None:
    """A position from MAVLink's degrees x 1e7; None for 0/0 (no fix yet) and for what is not on Earth."""
    if lat_e7 == 0 and lon_e7 == 0:
        return None
    if abs(lat_e7) > 900_000_000 or abs(lon_e7) > 1_800_000_000:
        return None
    return Position(lat_deg=lat_e7 / 1e7, lon_deg=lon_e7 / 1e7, alt_rel_m=alt_rel_m, alt_amsl_m=alt_amsl_m)
