"""One test a check: what makes it green, yellow, red."""

from datetime import UTC, datetime

import pytest

from gcs.fleet.state import Battery, Gps, Position, StatusText
from gcs.operations.check_texts import BAD, GOOD
from gcs.operations.model import Operation
from gcs.operations.preflight import (
    PreflightLimits,
    VehicleContext,
    battery_needed_pct,
    blocking,
    needs_note,
    operation_checks,
    plan_endurance_s,
    vehicle_checks,
)

NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def level_of(vehicle_ready, plan_of):
    """The level of one check for a vehicle changed in some way, for a sortie of 120 s of 1200 s."""
    sortie = plan_of().sorties[0]

    def level_of(code, now_s=0.0, mission_hash=None, **changes):
        state = vehicle_ready("sim-1", 0.0, **changes)
        context = VehicleContext("sim-1", sortie, endurance_s=1200.0, mission_hash=mission_hash)
        found = {check.code: check for check in vehicle_checks(state, context, now_s)}
        return found[code].level.value

    return level_of


def _home(north_m):
    return Position(lat_deg=29.9 + north_m / 111_320, lon_deg=121.84, alt_rel_m=0.0, alt_amsl_m=10.0)


def test_a_vehicle_ready_to_fly_has_only_green(vehicle_ready, plan_of):
    context = VehicleContext("sim-1", plan_of().sorties[0], endurance_s=1200.0)
    checks = vehicle_checks(vehicle_ready("sim-1", 0.0), context, 0.0)
    assert {check.level.value for check in checks} == {"green"}
    assert not blocking(checks)
    assert not needs_note(checks)


def test_a_vehicle_never_heard_is_one_red(plan_of):
    context = VehicleContext("sim-9", plan_of().sorties[0])
    assert [(c.code, c.level.value, c.vehicle) for c in vehicle_checks(None, context, 0.0)] == [
        ("vehicle.heard", "red", "sim-9")
    ]


def test_silence(level_of):
    assert level_of("vehicle.heard", now_s=3.0) == "green"
    assert level_of("vehicle.heard", now_s=4.0) == "red"


def test_armed(level_of):
    assert level_of("vehicle.disarmed", armed=True) == "red"


@pytest.mark.parametrize(("fix", "level"), [(None, "red"), (0, "red"), (2, "red"), (3, "green"), (6, "green")])
def test_position_fix(level_of, fix, level):
    assert level_of("gps.fix", gps=None if fix is None else Gps(fix=fix, satellites=10)) == level


@pytest.mark.parametrize(
    ("satellites", "level"), [(None, "yellow"), (5, "red"), (6, "yellow"), (7, "yellow"), (8, "green")]
)
def test_satellites(level_of, satellites, level):
    assert level_of("gps.satellites", gps=Gps(fix=3, satellites=satellites)) == level


@pytest.mark.parametrize(
    ("flags", "level"), [(831, "green"), (167, "red"), (1024, "red"), (33599, "red"), (None, "red")]
)
def test_position_estimate(level_of, flags, level):
    assert level_of("ekf.position", ekf_flags=flags) == level


def test_the_vehicles_own_checks(level_of):
    assert level_of("vehicle.prearm", prearm_ok=True) == "green"
    assert level_of("vehicle.prearm", prearm_ok=None) == "yellow"
    assert level_of("vehicle.prearm", prearm_ok=False) == "red"


def test_what_the_vehicle_said_about_its_checks_is_told(vehicle_ready, plan_of):
    said = (StatusText(severity=2, text="PreArm: Compass not healthy", at=NOW),)
    state = vehicle_ready("sim-1", 0.0, prearm_ok=False, texts=said)
    checks = vehicle_checks(state, VehicleContext("sim-1", plan_of().sorties[0]), 0.0)
    assert "Compass not healthy" in blocking(checks)[0].data["text"]["en"]


@pytest.mark.parametrize(
    ("remaining", "failing", "level"),
    [
        (100, False, "green"),
        (40, False, "green"),
        (39, False, "yellow"),
        (30, False, "yellow"),
        (29, False, "red"),
        (None, False, "red"),
        (100, True, "red"),
    ],
)
def test_battery_for_a_tenth_of_the_endurance_with_20_percent_in_reserve(level_of, remaining, failing, level):
    assert level_of("battery.enough", battery=Battery(remaining_pct=remaining, failing=failing)) == level


def test_battery_never_reported(level_of):
    assert level_of("battery.enough", battery=None) == "red"


def test_a_sortie_as_long_as_the_endurance_asks_for_a_full_battery_and_no_more(plan_of):
    sortie = plan_of().sorties[0]
    assert battery_needed_pct(sortie, sortie.duration_s, PreflightLimits()) == 95.0


@pytest.mark.parametrize(
    ("battery", "level"),
    [
        (Battery(lowest_cell_v=4.05, highest_cell_v=4.1), "green"),
        (Battery(lowest_cell_v=3.9, highest_cell_v=4.1), "yellow"),
        (Battery(lowest_cell_v=3.7, highest_cell_v=4.1), "red"),
        (Battery(lowest_cell_v=3.2, highest_cell_v=3.25), "red"),
        (Battery(lowest_cell_v=4.1, highest_cell_v=4.1, faults=4), "red"),
        (Battery(voltage_v=12.6, remaining_pct=100, cells=3.0), "green"),
        (Battery(voltage_v=11.3, remaining_pct=40, cells=3.1), "green"),
        (Battery(voltage_v=8.4, remaining_pct=90, cells=3.0), "red"),
        (Battery(voltage_v=20.9, remaining_pct=95, cells=6.0), "red"),
        (Battery(voltage_v=12.6, remaining_pct=100), "yellow"),
        (Battery(remaining_pct=100, cells=3.0), "yellow"),
        (None, "yellow"),
    ],
)
def test_a_failed_cell_is_found_though_the_charge_reads_well(level_of, battery, level):
    assert level_of("battery.cells", battery=battery) == level


def test_unknown_cells_are_shown_as_unknown(vehicle_ready, plan_of):
    state = vehicle_ready("sim-1", 0.0, battery=Battery(voltage_v=12.6, remaining_pct=100))
    checks = vehicle_checks(state, VehicleContext("sim-1", plan_of().sorties[0]), 0.0)
    (found,) = [check.data["text"]["en"] for check in checks if check.code == "battery.cells"]
    assert found.endswith("nobody knows: ?")


@pytest.mark.parametrize(("north_m", "level"), [(10, "green"), (50, "yellow"), (300, "red")])
def test_home_near_the_start(level_of, north_m, level):
    assert level_of("home.near_start", home=_home(north_m)) == level


def test_home_unknown(level_of):
    assert level_of("home.near_start", home=None) == "red"


def test_the_mission_on_board_must_be_the_planned_one(level_of):
    assert level_of("mission.verified", mission_hash="ours", mission_known=True) == "red"
    assert level_of("mission.verified", mission_hash="nothing", mission_known=True) == "green"


def test_an_unknown_mission_is_not_the_planned_one(vehicle_ready, plan_of):
    state = vehicle_ready("sim-1", 0.0, mission_known=False, mission_hash="ours")
    context = VehicleContext("sim-1", plan_of().sorties[0], mission_hash="ours")
    assert "mission.verified" in [check.code for check in blocking(vehicle_checks(state, context, 0.0))]


@pytest.fixture
def operation_level(vehicle_ready, plan_of):
    def operation_level(code, states, vehicles=("sim-1", "sim-2"), **options):
        plan = plan_of(drones=2)
        operation = Operation(
            id="op", name="n", purpose="p", plan_hash=plan.hash, vehicles=vehicles, created_at=NOW, created_by="chen"
        )
        checks = operation_checks(operation, plan, states, 0.0, **({"taken": {}} | options))
        return [check.level.value for check in checks if check.code == code]

    return operation_level


@pytest.mark.parametrize(
    ("kinds", "level"),
    [((True, True), "green"), ((False, None), "green"), ((True, False), "red"), ((True, None), "red")],
)
def test_real_and_simulated_vehicles_do_not_mix(operation_level, vehicle_ready, kinds, level):
    states = {f"sim-{n}": vehicle_ready(f"sim-{n}", 0.0, simulated=kind) for n, kind in enumerate(kinds, start=1)}
    assert operation_level("fleet.not_mixed", states) == [level]


def test_a_plan_beyond_its_limits_is_red(operation_level):
    assert operation_level("plan.limits", {}) == ["green"]
    assert operation_level("plan.limits", {}, plan_problems=["leg 3 crosses a no-fly zone"]) == ["red"]


def test_a_vehicle_of_another_operation_is_red(operation_level):
    assert operation_level("vehicle.free", {}, taken={"sim-2": "other"}) == ["green", "red"]


def test_a_vehicle_named_twice_is_red(operation_level):
    assert operation_level("vehicle.free", {}, vehicles=("sim-1", "sim-1")) == ["red", "red"]


def test_the_endurance_is_the_plans_own(plan_of):
    assert plan_endurance_s(plan_of()) == 1200.0


def test_every_code_has_both_texts_in_both_languages():
    assert GOOD.keys() == BAD.keys()
    assert all(zh and en and zh != en for texts in (GOOD, BAD) for zh, en in texts.values())
