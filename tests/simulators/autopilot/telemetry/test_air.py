"""Aircraft that a vehicle hears, and its remote identification."""

import pytest

from telemetry.services.drone_id import id_of, location_of, status_of
from telemetry.services.traffic import Traffic


def test_nothing_is_heard_or_told_unless_a_parameter_says_so(rig):
    rig.run(5.0)
    names = {message.message_name for _, message, _ in rig.log}
    assert not {name for name in names if name.startswith(("ADSB", "OPEN_DRONE"))}


def test_aircraft_circle_around_and_are_heard_every_second(make_rig):
    rig = make_rig(params={"ADSB_TYPE": 1, "SIM_ADSB_COUNT": 3})
    rig.run(10.1)
    heard = rig.sent("ADSB_VEHICLE")
    assert len(heard) == 30
    traffic = Traffic()
    planes = [traffic.receive(message, now_s) for now_s, message in enumerate(heard[-3:])]
    assert {plane.callsign for plane in planes} == {"SIM000", "SIM001", "SIM002"}
    assert all(plane.simulated and 100 < plane.alt_amsl_m < 1100 for plane in planes)
    first, last = heard[0], heard[-3]
    assert first.ICAO_address == last.ICAO_address
    assert (first.lat, first.lon) != (last.lat, last.lon)


def test_identification_is_not_ready_until_the_operators_place_is_known(make_rig):
    rig = make_rig(params={"DID_ENABLE": 1})
    rig.run(2.1)
    assert not status_of(rig.sent("OPEN_DRONE_ID_ARM_STATUS")[-1]).ready
    assert rig.command(400, 1) == 4
    assert "Arm: OpenDroneID: operator location must be set" in rig.texts()
    rig.tell("OPEN_DRONE_ID_SYSTEM", operator_latitude=299000000, operator_longitude=1218400000)
    rig.run(1.1)
    assert status_of(rig.sent("OPEN_DRONE_ID_ARM_STATUS")[-1]).ready
    assert rig.command(400, 1) == 0


def test_it_tells_who_and_where_it_is(make_rig):
    rig = make_rig(params={"DID_ENABLE": 1})
    rig.run(1.1)
    assert id_of(rig.sent("OPEN_DRONE_ID_BASIC_ID")[-1]) == "SIM00001"
    place = location_of(rig.sent("OPEN_DRONE_ID_LOCATION")[-1])
    assert (place.lat_deg, place.lon_deg) == pytest.approx((29.9, 121.84))
    assert place.airborne is False
