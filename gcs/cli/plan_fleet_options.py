"""What flies, as the verbs that plan are told: a camera's figures, and a file of drones that are not alike."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import typer

from gcs.plan_fleet import FleetFile, read_fleet, seen_by, specs_of
from missions.areas.strict_json import read_file
from missions.camera import Shooting, camera
from missions.fleet import DroneSpec
from missions.plan import LonLat


@dataclass(frozen=True, slots=True)
class Pictures:
    """A camera of the catalogue or none, and how it takes pictures; `height_m` above the ground."""

    camera: str | None
    height_m: float
    overlap: float
    shot: Shooting

    def seen(
        self, said_m: float | None, option: str, speed_m_s: float, fleet: FleetFile | None
    ) -> tuple[float, float, tuple[DroneSpec, ...], tuple[str, ...]]:
        """Distance between lanes (0: nobody says), speed, the drones of a fleet file, and what cameras make of them."""
        width, speed, notes = self._widths(said_m, option, speed_m_s)
        unlike, more = self._unlike(fleet)
        return width, speed, unlike, (*notes, *more)

    def _widths(self, said_m: float | None, option: str, speed_m_s: float) -> tuple[float, float, tuple[str, ...]]:
        if self.camera is None:
            if said_m is not None and not said_m > 0.0:
                raise typer.BadParameter(f"{said_m:g} m: must be above 0", param_hint=option)
            return said_m or 0.0, speed_m_s, ()
        if said_m is not None:
            raise typer.BadParameter(f"give {option} or --camera, not both", param_hint=option)
        width, speed = seen_by(self.camera, self.height_m, self.overlap, speed_m_s, self.shot)
        return width, speed, (self._note(self.camera, width), *_capped(speed, speed_m_s, self.shot))

    def _unlike(self, fleet: FleetFile | None) -> tuple[tuple[DroneSpec, ...], tuple[str, ...]]:
        if fleet is None:
            return (), ()
        specs = specs_of(fleet.drones, self.height_m, self.overlap, self.shot)
        kinds = [kind for kind in fleet.drones for _ in range(kind.count)]
        notes = [
            f"{camera(kind.camera).title}: {note}"
            for kind, spec in zip(kinds, specs, strict=True)
            if kind.camera is not None
            for note in _capped(spec.speed_m_s, kind.speed_m_s, self.shot)
        ]
        return specs, tuple(dict.fromkeys(notes))

    def _note(self, name: str, width_m: float) -> str:
        lens = camera(name)
        return (
            f"{lens.title}: {lens.ground_resolution_cm(self.height_m):.2g} cm a pixel, lanes {width_m:.1f} m apart, "
            f"a picture every {lens.trigger_distance_m(self.height_m, self.shot.front_overlap):.1f} m"
        )


def fleet_file(path: Path | None) -> FleetFile | None:
    """What `--fleet` names. AreaError or PlanError names file, place and fix."""
    return read_fleet(read_file(path), path.name) if path is not None else None


def pads_of(said: tuple[LonLat, ...], fleet: FleetFile | None) -> tuple[LonLat, ...]:
    """The pads of the command line and of the file."""
    return tuple(dict.fromkeys((*said, *(fleet.pads_at if fleet else ()))))


def _capped(speed_m_s: float, asked_m_s: float, shot: Shooting) -> tuple[str, ...]:
    if speed_m_s >= asked_m_s:
        return ()
    why = f"so that pictures overlap by {shot.front_overlap:.0%} and nothing blurs by more than a pixel"
    return (f"speed capped at {speed_m_s:.1f} m/s, {why}",)
