"""What TAK clients are told: well-formed, precise, marked in exercises, whatever people wrote."""

from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree as ET

import pytest
from msgspec.structs import replace

from gcs.dispatch.channels.tak import cot, outgoing
from gcs.dispatch.model import Unit, UnitKind
from gcs.fleet.state import Position, VehicleState
from gcs.sightings.catalogue import default_catalogue
from gcs.sightings.looks import Look, Looks, look_of
from gcs.sightings.model import Place, Sighting, SightingStatus, Source

NOW = datetime(2026, 3, 1, 12, 0, 0, 5000, tzinfo=UTC)
LOST = 2**31 - 1
FOV = {
    "lat_camera": 299000000, "lon_camera": 1218400000, "alt_camera": 100_000, "lat_image": 299009000,
    "lon_image": 1218400000, "alt_image": 0, "hfov": 60.0, "vfov": 40.0,
}  # fmt: skip
DOWN_45_NORTH = (0.9238795, 0.0, -0.3826834, 0.0)


def vehicle(**more):
    position = Position(lat_deg=29.8683882, lon_deg=121.5499871, alt_rel_m=50.0, alt_amsl_m=60.0)
    return VehicleState(
        id="main-1", network="main", sysid=1, autopilot=3, vehicle_type=2, mode="AUTO", armed=True, system_status=4,
        last_heard_s=0.0, last_heartbeat_s=0.0, **{"position": position, **more},
    )  # fmt: skip


def sighting(**more):
    return Sighting(
        id="0f8fad5b-d9cb-469f-a165-70867728950e", klass="crowd", priority=2, place=Place(lat_deg=29.9, lon_deg=121.8),
        seen_at=NOW, received_at=NOW, source=Source(kind="camera", vehicle="main-1"), **more,
    )  # fmt: skip


def test_a_track_has_seven_decimals_and_holds_ten_seconds():
    (event,) = outgoing.track(vehicle(), None, NOW, "us")
    root = ET.fromstring(event)
    assert (root.find("point").get("lat"), root.find("point").get("lon")) == ("29.8683882", "121.5499871")
    assert (root.get("time"), root.get("stale")) == ("2026-03-01T12:00:00.005Z", "2026-03-01T12:00:10.005Z")
    assert (root.get("type"), root.get("how")) == ("a-f-A-M-H-Q", "m-g")
    assert root.find("point").get("hae") == "9999999.0", "a height above the sea is none above the ellipsoid"
    assert event.endswith(b"</event>")
    assert not event.startswith(b"<?xml")


def test_a_camera_that_says_where_it_looks_gives_a_cone_and_a_point():
    looks = Looks()
    looks.offer("main-1", FOV, DOWN_45_NORTH, 0.0)
    track, point = outgoing.track(vehicle(), looks.at(1.0)["main-1"], NOW, "us")
    sensor = ET.fromstring(track).find("./detail/sensor")
    assert (float(sensor.get("azimuth")) % 360, float(sensor.get("elevation"))) == (0.0, -45.0)
    assert (sensor.get("fov"), sensor.get("vfov")) == ("60.0", "40.0")
    assert float(sensor.get("range")) == pytest.approx(141, abs=2)
    spi = ET.fromstring(point)
    assert (spi.get("type"), spi.get("uid")) == ("b-m-p-s-p-i", "aeropatrol.vehicle.main-1.SPI1")
    assert spi.find("point").get("lat") == "29.9009000"
    assert not looks.at(6.0), "an old look is none"


@pytest.mark.parametrize("lost", [{"lat_image": LOST}, {"lon_image": -(2**31)}])
def test_a_camera_that_looks_at_the_sky_has_no_point(lost):
    look = look_of({**FOV, **lost}, DOWN_45_NORTH)
    assert (look.lat_deg, look.range_m) == (None, None)
    assert len(outgoing.track(vehicle(), look, NOW, "us")) == 1


@pytest.mark.parametrize("quaternion", [(), (0.0,) * 4, (float("nan"),) * 4])
def test_a_camera_without_an_attitude_has_no_cone(quaternion):
    look = look_of(FOV, quaternion)
    assert look.azimuth_deg is None
    assert ET.fromstring(outgoing.track(vehicle(), look, NOW, "us")[0]).find("./detail/sensor") is None


def test_a_vehicle_without_a_position_is_not_shown():
    assert outgoing.track(vehicle(position=None), Look(60, 40), NOW, "us") == ()


def test_everything_of_an_exercise_says_so():
    made = [
        outgoing.marker(sighting(simulated=True), default_catalogue(), NOW),
        *outgoing.track(vehicle(simulated=True), None, NOW, "us"),
        outgoing.chat(("us", "a"), ("them", "b"), "1", "x", NOW, exercise=True),
        outgoing.hello("us", "a", NOW, exercise=True),
        cot.deletion("x", NOW, exercise=True),
    ]
    for event in made:
        assert (ET.fromstring(event).get("how"), ET.fromstring(event).get("opex")) == ("m-s", "s-exercise")
    assert ET.fromstring(outgoing.marker(sighting(), default_catalogue(), NOW)).get("opex") is None


@pytest.mark.parametrize(
    "text", ["</remarks><event/>", "]]>", "\x00\x0b\x1f", "\ud800", "&lol;", "\ufffe", "a\u2028b" * 500]
)
def test_whatever_people_write_stays_text(text):
    seen = sighting(note=text, outcome=text)
    for event in (
        outgoing.marker(seen, default_catalogue(), NOW),
        outgoing.chat(("us", text), ("them", text), "1", text, NOW, exercise=False),
        *outgoing.track(vehicle(name=text), None, NOW, text),
    ):
        root = ET.fromstring(event)
        assert [child.tag for child in root] == ["point", "detail"]
        assert event.count(b"</event>") == 1


def test_a_marker_is_one_sigma_and_ends_when_the_sighting_is_settled():
    root = ET.fromstring(outgoing.marker(sighting(), default_catalogue(), NOW))
    assert root.find("./detail/link").get("uid") == "aeropatrol.vehicle.main-1"
    assert datetime.fromisoformat(root.get("stale")) - NOW == timedelta(days=1)
    settled = ET.fromstring(outgoing.marker(sighting(status=SightingStatus.RESOLVED), default_catalogue(), NOW))
    assert datetime.fromisoformat(settled.get("stale")) - NOW == timedelta(minutes=1)


def test_heights_are_above_the_ellipsoid_and_unknown_without_a_geoid():
    places = [Place(lat_deg=29.9, lon_deg=121.84, msl_m=12.0, hae_m=hae_m) for hae_m in (None, 22.5)]
    unknown, known = (outgoing.marker(replace(sighting(), place=p), default_catalogue(), NOW) for p in places)
    assert [ET.fromstring(event).find("point").get("hae") for event in (unknown, known)] == ["9999999.0", "22.5"]
    (drone,) = outgoing.track(vehicle(), None, NOW, "us", 95.5)
    assert ET.fromstring(drone).find("point").get("hae") == "95.5"


@pytest.mark.parametrize(
    ("status", "kind"), [(SightingStatus.ON_SCENE, "b-a-o-tbl"), (SightingStatus.RESOLVED, "b-a-o-can")]
)
def test_an_alert_ends_under_the_uid_under_which_it_began(status, kind):
    asks = replace(sighting(status=status), klass="person_in_distress")
    root = ET.fromstring(outgoing.alert(asks, default_catalogue(), NOW, "us"))
    assert (root.get("type"), root.get("uid")) == (kind, f"aeropatrol.alert.{asks.id}")
    emergency = root.find("./detail/emergency")
    assert emergency.get("cancel") == ("true" if kind == "b-a-o-can" else None)
    assert "人员遇险" in emergency.text


def test_a_drone_among_the_units_flies_on_the_map():
    kinds = [ET.fromstring(outgoing.unit(one, NOW)).get("type") for one in map(unit_of, ("drone", "station"))]
    assert kinds == [outgoing.DRONE, outgoing.GROUND_UNIT]


def unit_of(kind):
    return Unit(id="u", name="u", kind=UnitKind(kind), lat_deg=29.9, lon_deg=121.8, position_at=NOW)
