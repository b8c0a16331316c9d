"""Sorties that end at a swap pad: the next starts there, with its home there, or not at all."""

import pytest
from msgspec.structs import replace

from gcs.fleet.state import Position
from gcs.operations.preflight import VehicleContext, vehicle_checks
from missions.plan import Plan, Sortie, Waypoint
from missions.to_mavlink import mission_items

LAT, LON = 29.9, 121.84
PAD_LON = LON + 0.01
"""Some 960 m east of home: farther than a home may be from a start."""


def path(*lons):
    return tuple(Waypoint(lon, LAT, 50.0, survey=place > 0) for place, lon in enumerate(lons))


def plan():
    out = Sortie(0, 0, path(LON, LON + 0.005, PAD_LON), 960.0, 120.0, 40.0, 8.0, 0.0, lands_at_end=True)
    back = Sortie(0, 1, path(PAD_LON, LON + 0.005, LON), 960.0, 120.0, 40.0, 8.0, 200.0, lands_at_end=True)
    ring = ((LON, LAT - 0.001), (PAD_LON, LAT - 0.001), (PAD_LON, LAT + 0.001), (LON, LAT + 0.001))
    return Plan(((ring,),), (), (out, back), 500.0, 1.0, (("endurance_s", 1200.0),))


def flown(stage, **fake):
    async def story():
        for name, value in fake.items():
            setattr(stage.fleet.fakes["sim-1"], name, value)
        conductor = stage.conductor(make_mission=mission_items)
        operation = await stage.launched(conductor, plan(), ["sim-1"])
        await conductor.finished(operation.id)
        return conductor.get(operation.id)

    return stage.run(story)


def test_the_next_sortie_starts_at_the_pad_and_the_last_lands_at_home(stage):
    done = flown(stage, home_at_arming=True)
    assert [sortie.status for sortie in done.sorties] == ["flown", "flown"]
    state = stage.fleet.vehicles["sim-1"]
    assert (state.position.lon_deg, state.home.lon_deg) == pytest.approx((LON, PAD_LON), abs=1e-6)


def test_a_home_that_stays_elsewhere_keeps_it_on_the_ground(stage):
    """Armed, its home is still the old one: it would fly back to there. It is disarmed again and not sent."""
    done = flown(stage)
    first, second = done.sorties
    assert (first.status, second.status) == ("flown", "broken_off")
    assert "home is not where it starts" in second.reason
    assert not stage.fleet.vehicles["sim-1"].armed
    assert [command[3] for command in stage.fleet.sent(400)] == [1, 1, 0]
    assert len(stage.fleet.sent(300)) == 1, "the second mission was never started"


@pytest.mark.parametrize(("east_m", "level"), [(0, "green"), (20, "green"), (60, "red")])
def test_it_has_to_stand_at_the_pad(vehicle_ready, east_m, level):
    sortie = plan().sorties[1]
    place = Position(lat_deg=LAT, lon_deg=PAD_LON + east_m / 96_500, alt_rel_m=0.0, alt_amsl_m=10.0)
    context = VehicleContext("sim-1", sortie, endurance_s=1200.0, at_pad=True)

    def level_of(**changes):
        checks = vehicle_checks(replace(vehicle_ready("sim-1", 0.0), **changes), context, 0.0)
        return {check.code: check.level.value for check in checks}

    found = level_of(position=place)
    assert found["pad.near_start"] == level
    assert "home.near_start" not in found
    assert level_of(position=None)["pad.near_start"] == "red"
