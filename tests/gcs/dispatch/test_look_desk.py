"""The dispatcher's list and whoever asks for a look see drones in the same order."""

from types import SimpleNamespace

from gcs.dispatch.look_desk import LookDesk
from gcs.dispatch.model import UnitKind
from gcs.dispatch.requests import UnitReport
from gcs.fleet.state import Battery
from gcs.operations.errands import Errands
from gcs.operations.model import OperationStatus
from missions.wind import Wind

from .conftest import LAT, LON, METRE
from .test_first_look import LAT as DRONES_LAT
from .test_first_look import LON as DRONES_LON
from .test_first_look import NORTH_DEG, box, drone, operation, plan
from .test_wings import with_drones


class Operations:
    def __init__(self, *held, plans=()):
        self.operations = {each.id: each for each in held}
        self.plans = {each.hash: each for each in plans}

    def operation_of(self, vehicle):
        return next((each for each in self.operations.values() if vehicle in each.vehicles), None)


def desk(*states, operations=None, now_s=1.0):
    clock = SimpleNamespace(monotonic_s=lambda: now_s)
    return LookDesk({state.id: state for state in states}, operations or Operations(), clock, 20.0, Errands())


PLACE = (DRONES_LON, DRONES_LAT + 1000 * NORTH_DEG)


def test_real_and_simulated_are_never_ranked_together():
    looks = desk(drone("real", simulated=False), drone("unsaid"), drone("sim", simulated=True))
    assert {a.state.id for a in looks.rank(PLACE, simulated=False).answers} == {"real", "unsaid"}
    assert [a.state.id for a in looks.rank(PLACE, simulated=True).answers] == ["sim"]


def test_zones_of_operations_and_the_speed_of_their_plans_count():
    flown = plan(box(500, 200))
    looks = desk(
        drone("a"), drone("free"), operations=Operations(operation(OperationStatus.FLYING, flown), plans=[flown])
    )
    ranking = looks.rank(PLACE, simulated=False)
    assert len(ranking.zones) == 1
    free, busy = ranking.answers
    assert (free.state.id, len(free.look.way) > 1, free.habits.speed_m_s) == ("free", True, 10.0)
    assert (busy.state.id, busy.reason, busy.habits.speed_m_s) == ("a", "operation", 8.0)


def test_a_wind_that_is_asked_with_stands_over_the_drones_own():
    looks = desk(drone("a"))
    assert looks.rank(PLACE, simulated=False).wind is None
    against = looks.rank(PLACE, simulated=False, wind=Wind(0.0, 5.0)).answers[0].look.arrival_s
    assert against > looks.rank(PLACE, simulated=False).answers[0].look.arrival_s + 50


def test_the_dispatchers_list_is_in_the_order_of_flights_and_leaves_out_who_cannot_go(post):
    """Straight lines would say near, low, far; the low one could not fly home again."""
    arrivals = {"v-far": 30.0, "v-near": 90.0}

    async def story(stage):
        for name, east_m in (("near", 100), ("low", 200), ("far", 2000)):
            await stage.desk.put_unit(
                UnitReport(
                    id=name, name=name, kind=UnitKind.DRONE, vehicle=f"v-{name}", lat=LAT, lon=LON + east_m * METRE
                ),
                name,
            )
        await stage.unit("car", 480)
        seen = await stage.report()
        found = await stage.desk.candidates(seen, 5)
        assert [(c.unit.id, c.travel_s, c.estimated) for c in found] == [
            ("far", 30.0, True), ("car", 84.0, True), ("near", 90.0, True),
        ]  # fmt: skip

    post(story, catalogue=with_drones(automatic=False), flights=lambda _sighting: arrivals)


def test_arrivals_are_those_of_the_ranking(post):
    low = drone("low", 900, battery=Battery(remaining_pct=21))
    looks = desk(drone("a"), low)

    async def story(stage):
        sighting = stage.desk.sightings[await stage.report()]
        return looks.arrivals(sighting)

    found = post(story)
    assert set(found) == {"a"}
