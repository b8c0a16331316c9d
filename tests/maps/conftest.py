"""Vehicles, sightings and units as the live picture shows them."""

import importlib.util
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gcs.dispatch.model import Unit, UnitKind
from gcs.fleet.state import Position, VehicleState
from gcs.sightings.model import Place, Sighting, SightingStatus, Source, Step
from maps.layers import vehicle_view
from maps.views import State

GCS_CONFTEST = Path(__file__).resolve().parents[1] / "gcs" / "conftest.py"
NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


class Making:
    """Makes the things that tests speak of, with as little said as possible."""

    noon = NOON

    def vehicle(self, vehicle_id="main-1", *, heard_s=100.0, **more):
        said = {"network": "main", "sysid": 1, "autopilot": 3, "vehicle_type": 2, "mode": "AUTO", "armed": True}
        said |= {"system_status": 4, "last_heard_s": heard_s, "last_heartbeat_s": heard_s}
        return VehicleState(id=vehicle_id, **(said | more))

    def position(self, lat=29.9, lon=121.84, alt=60.0):
        return Position(lat_deg=lat, lon_deg=lon, alt_rel_m=alt, alt_amsl_m=alt + 4)

    def view(self, vehicle_id="main-1", **more):
        return vehicle_view(self.vehicle(vehicle_id, **more), 100.0)

    def sighting(self, sighting_id="s-1", *, unit=None, before=(), **more):
        steps = tuple(
            Step(at=NOON, actor="desk", action="assign", status=SightingStatus.ASSIGNED, unit=u) for u in before
        )
        return Sighting(
            id=sighting_id,
            klass="crowd",
            priority=2,
            place=Place(lat_deg=29.9, lon_deg=121.84),
            seen_at=NOON,
            received_at=NOON,
            source=Source(kind="person"),
            unit=unit,
            history=steps,
            **more,
        )

    def unit(self, unit_id="car-1", **more):
        return Unit(id=unit_id, name=unit_id, kind=UnitKind.PATROL_CAR, **more)

    def state(self, **more):
        nothing = dict.fromkeys(("vehicles", "operations", "sightings", "units", "alarms", "links", "traffic"), ())
        return State(**({"at": NOON, "seq": 7, "replay": False, "exercise": False} | nothing | more))


@pytest.fixture
def making() -> Making:
    return Making()


@pytest.fixture
def virtual():
    """Virtual time, as the tests of gcs have it."""
    spec = importlib.util.spec_from_file_location("gcs_conftest", GCS_CONFTEST)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.VirtualTime()
