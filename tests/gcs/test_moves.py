"""What a row may tell of a vehicle, and when the whole of it has to be told."""

from dataclasses import dataclass, field

from msgspec.structs import replace

from gcs.fleet.payloads import NOTHING, Payload
from gcs.fleet.state import Attitude, Battery, Position, Speeds, VehicleState
from gcs.fleet.takeovers import Takeover
from gcs.moves import Moves
from gcs.picture import Glimpse
from maps.layers import NOBODY, Authority
from maps.views import MovedView

UP = Position(lat_deg=29.9, lon_deg=121.84, alt_rel_m=50.0, alt_amsl_m=54.0)
STATE = VehicleState(
    id="main-1", network="main", sysid=1, autopilot=3, vehicle_type=2, mode="AUTO", armed=True, system_status=4,
    position=UP, last_heard_s=100.0, last_heartbeat_s=100.0,
)  # fmt: skip


@dataclass
class Sky:
    """Vehicles as glimpses; `moves` is what the feed asks."""

    glimpses: dict = field(default_factory=dict)

    def __post_init__(self):
        self.moves = Moves(lambda names: (self.glimpses[name] for name in names if name in self.glimpses))
        self.show()

    def show(self, state=STATE, *, now_s=100.1, operation=None, off_plan_m=None, authority=NOBODY, payload=NOTHING):
        shown = Glimpse(state, now_s, operation, off_plan_m, authority, payload, (), None, ())
        self.glimpses[state.id] = shown

    def told(self, *names):
        rows, others = self.moves.of(names or ("main-1",))
        return [row.id for row in rows], others

    def only_moved(self, state=STATE, **more):
        """Whether, told before as it was at first, it is a row now."""
        self.show()
        self.moves.forget()
        self.told()
        self.show(state, **more)
        return self.told() == (["main-1"], [])


def test_a_vehicle_is_told_whole_at_first_and_by_rows_from_then_on():
    sky = Sky()
    assert sky.told() == ([], ["main-1"])
    assert sky.told() == (["main-1"], [])
    sky.moves.forget()
    assert sky.told() == ([], ["main-1"])


def test_who_is_gone_is_no_row():
    assert Sky().told("main-9", "main-1") == ([], ["main-1", "main-9"])


def test_moving_is_told_by_a_row():
    sky = Sky()
    assert sky.only_moved(replace(STATE, position=replace(UP, lat_deg=29.91), boot_ms=7, last_heard_s=100.2))
    assert sky.only_moved(replace(STATE, attitude=Attitude(roll_deg=1.0, pitch_deg=2.0, yaw_deg=3.0)))
    assert sky.only_moved(replace(STATE, speeds=Speeds(ground_m_s=8.0, climb_m_s=0.0), heading_deg=9.0))
    assert sky.only_moved(off_plan_m=12.0)
    assert sky.only_moved(now_s=100.2)


def test_everything_else_is_told_whole():
    sky = Sky()
    assert not sky.only_moved(replace(STATE, mode="RTL"))
    assert not sky.only_moved(replace(STATE, battery=Battery(remaining_pct=20)))
    assert not sky.only_moved(replace(STATE, mission_known=True))
    assert not sky.only_moved(replace(STATE, position=replace(UP, alt_rel_m=0.0))), "it is no longer flying"
    assert not sky.only_moved(now_s=110.0), "it is stale now"
    assert not sky.only_moved(operation="op-1")
    assert not sky.only_moved(authority=Authority(holder="chen"))
    assert not sky.only_moved(payload=Payload(identity="x"))


def test_the_time_left_to_answer_a_takeover_runs_in_whole_vehicles():
    sky = Sky()
    asked = Authority(takeover=Takeover(station=254, until_s=130.0))
    sky.show(authority=asked)
    sky.told()
    sky.show(authority=asked, now_s=100.4)
    assert sky.told() == ([], ["main-1"])


def test_a_row_tells_what_the_whole_vehicle_would():
    sky = Sky()
    sky.told()
    state = replace(
        STATE, position=replace(UP, lat_deg=29.9123456, alt_rel_m=51.26), heading_deg=271.84,
        attitude=Attitude(roll_deg=-1.26, pitch_deg=2.0, yaw_deg=3.0), speeds=Speeds(ground_m_s=7.96, climb_m_s=-0.34),
        last_heard_s=99.84,
    )  # fmt: skip
    sky.show(state, off_plan_m=3.21)
    ((row,), _) = sky.moves.of(["main-1"])
    view = sky.glimpses["main-1"].view()
    assert {name: getattr(row, name) for name in MovedView.__struct_fields__} == {
        name: getattr(view, name) for name in MovedView.__struct_fields__
    }
    assert (row.lat, row.alt_rel_m, row.heading_deg, row.roll_deg, row.climb_m_s) == (
        29.9123456,
        51.3,
        271.8,
        -1.3,
        -0.3,
    )
    assert (row.ground_m_s, row.off_plan_m, row.age_s) == (8.0, 3.2, 0.3)
