"""What TAK clients say at the desk: heights in their datum, our own words coming back, alerts said again."""

import asyncio
from dataclasses import dataclass, field

import pytest

from gcs.dispatch.channels.settings import TakSettings
from gcs.dispatch.channels.tak.contacts import Contacts
from gcs.dispatch.channels.tak.incoming import Emergency, Mark, Said, Station
from gcs.dispatch.channels.tak.outgoing import uid_of
from gcs.dispatch.tak_desk import SHOW_EVERY_S, UNITS_EVERY, TakDesk
from gcs.sightings.catalogue import default_catalogue
from gcs.sightings.geoid import flat_geoid
from gcs.sightings.intake import make_sighting
from gcs.sightings.relief import Relief

SETTINGS = TakSettings(name="tak", url="tcp://127.0.0.1:8087")
UNDULATION_M = 10.5


@dataclass
class Server:
    """A channel that writes down what it was to show."""

    name: str = "tak"
    uid: str = uid_of("station", "tak")
    alerts: list = field(default_factory=list)
    said: list = field(default_factory=list)

    def start(self):
        pass

    def show(self, vehicles, looks, now_s):
        pass

    def show_unit(self, unit):
        pass

    def show_alert(self, sighting):
        self.alerts.append(asyncio.get_running_loop().time())

    def say(self, *words):
        self.said.append(words)


class Front:
    """A desk that keeps what is reported."""

    def __init__(self, clock):
        self.clock, self.sightings, self.units, self.reports = clock, {}, {}, []

    async def report(self, report, actor):
        self.reports.append(report)
        name = report.id or str(len(self.reports))
        kept = make_sighting(report, default_catalogue(), new_id=name, now=self.clock.utc(), actor=actor)
        self.sightings[name] = kept
        return kept, True


@pytest.fixture
def hear(virtual):
    """Plays what was heard, and `after_s` more; the desk, and what the server was to show."""

    def play(*heard, geoid=None, after_s=0.5):
        async def whole():
            front, server = Front(virtual), Server()
            desk = TakDesk(front, Contacts(), default_catalogue(), virtual, lambda _: None, relief=Relief((), geoid))
            await desk.start((server,), {}, lambda _: {})
            for one in heard:
                desk.heard(SETTINGS, one)
            await asyncio.sleep(after_s)
            await desk.stop()
            return front, server

        return virtual.run(whole())

    return play


@pytest.mark.parametrize(("geoid", "msl_m"), [(flat_geoid(UNDULATION_M), 26.0), (None, None)])
@pytest.mark.parametrize(
    "heard",
    [Mark("m", "", 29.9, 121.8, 5.0, "", 36.5), Emergency("e", "", 29.9, 121.8, "911", cancelled=False, hae_m=36.5)],
)
def test_a_height_above_the_ellipsoid_is_kept_as_such_and_above_the_sea_where_the_geoid_is_known(
    hear, heard, geoid, msl_m
):
    (report,) = hear(heard, geoid=geoid)[0].reports
    assert (report.hae_m, report.msl_m) == (36.5, msl_m)


def test_an_unknown_height_stays_unknown(hear):
    (report,) = hear(Mark("m", "", 29.9, 121.8, 5.0, ""), geoid=flat_geoid(UNDULATION_M))[0].reports
    assert (report.hae_m, report.msl_m) == (None, None)


def test_what_we_said_ourselves_and_a_server_sends_back_is_nothing_new(hear):
    own = uid_of("station", "tak")
    echoes = (
        Mark(uid_of("sighting", "s-1"), "违法停车", 29.9, 121.8, 5.0, ""),
        Emergency(uid_of("alert", "s-1"), "", 29.9, 121.8, "911 Alert", cancelled=False),
        Emergency(uid_of("alert", "s-1"), "", 29.9, 121.8, "911 Alert", cancelled=True),
        Station(uid_of("unit", "car-1"), "Car 1", 29.9, 121.8),
        Station(own, "AeroPatrol", 29.9, 121.8),
        Said(own, "AeroPatrol", own, "1"),
        Said(own, "AeroPatrol", "ANDROID-1", "违法停车 #0e"),
    )
    front, server = hear(*echoes)
    assert (front.reports, front.units, server.said) == ([], {}, [])


def test_an_open_emergency_is_said_again_every_ten_seconds(hear):
    _, server = hear(Emergency("e", "", 29.9, 121.8, "911", cancelled=False), after_s=35.0)
    gaps = {round(b - a, 3) for a, b in zip(server.alerts, server.alerts[1:], strict=False)}
    assert len(server.alerts) == 4
    assert gaps == {SHOW_EVERY_S * UNITS_EVERY} == {10.0}
