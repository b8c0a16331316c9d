"""Who has flown gets a full battery."""

from simulators.sitl.crew import Crew
from telemetry.messages import new

ARMED, DISARMED = 128, 0


def beat(base_mode):
    return new("HEARTBEAT", type=2, autopilot=3, base_mode=base_mode)


def swaps(*beats, swap_s=10.0):
    """Times at which a battery is swapped in a life told as (second, sysid, base mode)."""
    crew = Crew(swap_s)
    told = [(at_s, crew.receive(sysid, beat(mode), at_s)) for at_s, sysid, mode in beats]
    return [(at_s, swap.target_system) for at_s, swap in told if swap is not None]


def test_a_battery_is_swapped_once_after_each_flight():
    life = [(s, 1, ARMED if s in (2, 3, 20) else DISARMED) for s in range(40)]
    assert swaps(*life) == [(14, 1), (31, 1)]


def test_who_has_not_flown_keeps_the_battery():
    assert swaps(*((s, 1, DISARMED) for s in range(100))) == []


def test_who_takes_off_again_first_is_swapped_after_the_next_landing():
    assert swaps((0, 1, ARMED), (1, 1, DISARMED), (8, 1, ARMED), (12, 1, DISARMED), (22, 1, DISARMED)) == [(22, 1)]


def test_each_vehicle_is_served_by_itself():
    assert swaps((0, 1, ARMED), (0, 2, DISARMED), (1, 1, DISARMED), (11, 2, DISARMED), (11, 1, DISARMED)) == [(11, 1)]


def test_the_vehicle_is_told_that_every_battery_is_full():
    crew = Crew(0.0)
    crew.receive(7, beat(ARMED), 0.0)
    swap = crew.receive(7, beat(DISARMED), 1.0)

    assert (swap.target_system, swap.target_component, swap.command) == (7, 1, 42651)
    assert (swap.param1, swap.param2) == (255.0, 100.0)


def test_other_messages_say_nothing_of_flights():
    crew = Crew(0.0)
    assert crew.receive(1, new("SYS_STATUS"), 0.0) is None
