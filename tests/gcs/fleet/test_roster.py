"""Who is a vehicle, where to answer, and what is told when it changes."""

from datetime import UTC, datetime

import pytest

from gcs.fleet.roster import MAX_VEHICLES, Fleet
from telemetry.received import Origin

BOOT, GUIDED = 1, 4
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
RADIO, WIRE = Origin("udpin://0.0.0.0:14550", "10.0.0.1:14550"), Origin("serial:///dev/ttyUSB0", "/dev/ttyUSB0")
STRANGE = Origin("udpin://0.0.0.0:14550", "10.9.9.9:4444")


def test_a_vehicle_appears_by_its_heartbeat(listener, heartbeat):
    assert listener.hear(heartbeat()) == ["vehicle.appeared"]
    assert listener.hear(heartbeat()) == []
    assert listener.one.id == "main-1"


def test_nothing_but_an_autopilots_heartbeat_makes_a_vehicle(listener, heartbeat, msg):
    gcs, camera = {"type": 6, "autopilot": 8}, {"type": 30, "autopilot": 8}
    told = listener.hear(
        msg("GLOBAL_POSITION_INT", lat=1, lon=1),
        heartbeat(sysid=255, compid=190, **gcs),
        heartbeat(sysid=255, compid=190, type=6, autopilot=3),
        heartbeat(compid=100, **camera),
        heartbeat(sysid=0),
    )
    assert told == []
    assert not listener.fleet.vehicles


def test_other_components_of_the_same_system_are_not_the_vehicle(listener, heartbeat, msg):
    listener.hear(heartbeat())
    before = listener.one
    listener.hear(heartbeat(compid=100, armed=True, type=30, autopilot=8), msg("SYS_STATUS", compid=154))
    assert listener.one is before


def test_the_network_comes_from_the_link(heartbeat, listen):
    listener = listen(Fleet(networks={WIRE.link: "sim"}))
    listener.hear(heartbeat(), heartbeat(origin=WIRE))
    assert set(listener.fleet.vehicles) == {"main-1", "sim-1"}
    assert listener.fleet.vehicles["sim-1"].network == "sim"


def test_the_fleet_is_bounded(heartbeat, listen):
    fleet = Fleet(max_vehicles=3)
    listen(fleet).hear(*(heartbeat(sysid=n) for n in range(1, 6)))
    assert (len(fleet.vehicles), fleet.turned_away) == (3, 2)
    assert MAX_VEHICLES >= 100


def test_answers_go_where_the_vehicle_was_heard(listener, heartbeat):
    listener.hear(heartbeat())
    assert listener.fleet.origin("main-1").peer == "10.0.0.1:14550"
    assert listener.fleet.origin("main-9") is None


def test_the_link_in_use_is_kept_until_it_falls_silent(listener, heartbeat):
    listener.hear(heartbeat(), heartbeat(origin=WIRE))
    assert listener.fleet.origin("main-1").link.startswith("udpin")
    listener.hear(heartbeat(origin=WIRE), after_s=1.0)
    assert listener.fleet.origin("main-1").link.startswith("udpin")
    listener.hear(heartbeat(origin=WIRE), after_s=1.0)
    assert listener.fleet.origin("main-1") == WIRE
    listener.hear(heartbeat())
    assert listener.fleet.origin("main-1") == WIRE


def test_silence_and_return_are_told_once_an_edge(listener, heartbeat, msg):
    listener.hear(heartbeat())
    assert listener.tick(3.4) == []
    assert listener.tick(0.2) == ["vehicle.stale"]
    assert listener.tick(10.0) == []
    assert listener.hear(msg("ATTITUDE", time_boot_ms=1)) == ["vehicle.back"]
    assert listener.events[-1].data == {"silence_s": 13.7}
    assert listener.hear(heartbeat()) == []


def test_arming_and_modes_are_told(listener, heartbeat):
    listener.hear(heartbeat())
    assert listener.hear(heartbeat(mode=GUIDED)) == ["vehicle.mode"]
    assert listener.hear(heartbeat(mode=GUIDED, armed=True)) == ["vehicle.armed"]
    assert listener.hear(heartbeat(mode=GUIDED)) == ["vehicle.disarmed"]
    assert {event.actor for event in listener.events} == {"main-1"}


def test_a_falling_boot_time_is_a_reboot_and_forgets_the_flight(listener, heartbeat, msg):
    listener.hear(heartbeat(), msg("ATTITUDE", time_boot_ms=60_000), msg("GPS_RAW_INT", fix_type=6))
    listener.fleet.transfer_ended("main-1", "hash", 5)
    assert listener.hear(msg("ATTITUDE", time_boot_ms=1_000, roll=0.5)) == ["vehicle.rebooted"]
    assert listener.one.gps is None
    assert listener.one.attitude is not None
    assert not listener.one.mission_known


def test_a_heartbeat_in_boot_is_a_reboot(listener, heartbeat):
    listener.hear(heartbeat(armed=True))
    assert "vehicle.rebooted" in listener.hear(heartbeat(status=BOOT))
    assert listener.hear(heartbeat(status=BOOT)) == []


def test_what_looks_like_a_reboot_in_flight_is_no_landing(listener, heartbeat, msg):
    listener.hear(heartbeat(armed=True), msg("ATTITUDE", time_boot_ms=60_000))
    assert listener.hear(msg("ATTITUDE", time_boot_ms=1_000)) == ["vehicle.rebooted"]
    assert listener.one.armed
    assert "vehicle.disarmed" in listener.hear(heartbeat())


def test_a_late_frame_neither_moves_the_vehicle_back_nor_is_it_a_reboot(listener, heartbeat, msg):
    listener.hear(heartbeat(), msg("GLOBAL_POSITION_INT", time_boot_ms=10_000, lat=2, lon=2))
    assert listener.hear(msg("GLOBAL_POSITION_INT", time_boot_ms=9_800, lat=1, lon=1)) == []
    assert listener.one.position.lat_deg == 2e-7


def test_two_vehicles_with_one_system_id_are_told_once_not_at_every_message(listener, heartbeat, msg):
    listener.hear(heartbeat())
    clocks = ((900_000 + 200 * n, 5_000 + 200 * n) for n in range(20))
    told = listener.hear(*(msg("ATTITUDE", time_boot_ms=ms) for both in clocks for ms in both))
    assert told.count("vehicle.sysid_conflict") == 1
    assert told.count("vehicle.rebooted") <= 2


def test_whole_texts_are_told(listener, heartbeat, msg):
    listener.hear(heartbeat())
    assert listener.hear(msg("STATUSTEXT", severity=2, text="Arm: Compass not healthy")) == ["vehicle.text"]
    assert (listener.one.texts[-1].text, listener.one.texts[-1].severity) == ("Arm: Compass not healthy", 2)


def test_chunks_are_joined_to_one_text(listener, heartbeat, msg):
    listener.hear(heartbeat())
    first, second = "Requested rate for message ID 30 too fast. Increas", "e SCHED_LOOP_RATE"
    told = listener.hear(
        msg("STATUSTEXT", severity=4, text=first, id=1, chunk_seq=0),
        msg("STATUSTEXT", severity=4, text=second, id=1, chunk_seq=1),
    )
    assert told == ["vehicle.text"]
    assert listener.one.texts[-1].text == first + second


def test_a_part_that_never_comes_is_marked_and_the_rest_is_told(listener, heartbeat, msg):
    listener.hear(heartbeat())
    assert listener.hear(msg("STATUSTEXT", severity=4, text="x" * 50, id=3, chunk_seq=0)) == []
    assert listener.tick(2.5) == ["vehicle.text"]
    assert listener.one.texts[-1].text == "x" * 50 + "[…]"


def test_a_text_that_the_network_doubled_is_told_once(listener, heartbeat, msg):
    listener.hear(heartbeat())
    text = {"severity": 6, "text": "Reached command #3"}
    assert listener.hear(*(msg("STATUSTEXT", frame_seq=7, **text) for _ in range(3))) == ["vehicle.text"]
    assert listener.hear(msg("STATUSTEXT", frame_seq=8, **text)) == ["vehicle.text"]


def test_a_text_that_comes_over_two_links_is_told_once(listener, heartbeat, msg):
    listener.hear(heartbeat())
    text = {"severity": 6, "text": "Disarming motors"}
    told = listener.hear(msg("STATUSTEXT", **text), msg("STATUSTEXT", origin=WIRE, **text))
    assert told == ["vehicle.text"]


def test_one_late_total_that_came_twice_is_not_somebody_elses_upload(listener, heartbeat, msg):
    listener.hear(heartbeat())
    listener.fleet.transfer_ended("main-1", "hash", 5)
    late = {"seq": 2, "total": 7, "mission_state": 2}
    assert listener.hear(*(msg("MISSION_CURRENT", frame_seq=7, **late) for _ in range(3))) == []


def test_a_mission_is_known_only_after_it_was_read_back(listener, heartbeat):
    listener.hear(heartbeat())
    listener.fleet.transfer_started("main-1")
    assert not listener.one.mission_known
    listener.fleet.transfer_ended("main-1", "hash", 5)
    assert (listener.one.mission_known, listener.one.mission_hash, listener.one.mission.total) == (True, "hash", 5)
    listener.fleet.transfer_started("main-1")
    listener.fleet.transfer_ended("main-1", None, None)
    assert (listener.one.mission_known, listener.one.mission_hash) == (False, None)


@pytest.mark.parametrize("times", [1, 2])
def test_somebody_elses_upload_shows_by_another_total(listener, heartbeat, msg, times):
    listener.hear(heartbeat())
    listener.fleet.transfer_ended("main-1", "hash", 5)
    ours, other = ({"seq": 1, "total": total, "mission_state": 2} for total in (5, 7))
    assert listener.hear(msg("MISSION_CURRENT", **ours)) == []
    told = listener.hear(*(msg("MISSION_CURRENT", **other) for _ in range(times)))
    assert told == (["vehicle.mission_unknown"] if times == 2 else [])
    assert listener.one.mission_known is (times == 1)


def test_a_mission_that_a_guest_begins_to_change_is_unknown_at_once_but_not_while_we_change_it_ourselves(
    listener, heartbeat
):
    listener.hear(heartbeat())
    listener.fleet.transfer_ended("main-1", "hash", 5)
    (event,) = listener.fleet.doubt_mission("main-1", "guest_upload", NOON)
    assert (event.kind, event.data["reason"]) == ("vehicle.mission_unknown", "guest_upload")
    assert not listener.one.mission_known
    assert listener.fleet.doubt_mission("main-1", "guest_upload", NOON) == []
    listener.fleet.transfer_started("main-1")
    assert listener.fleet.doubt_mission("main-1", "guest_upload", NOON) == []
    assert listener.fleet.doubt_mission("main-9", "guest_upload", NOON) == []


def test_somebody_elses_upload_shows_by_the_vehicles_word(listener, heartbeat, msg):
    received = {"severity": 6, "text": "Flight plan received"}
    listener.hear(heartbeat())
    listener.fleet.transfer_started("main-1")
    assert listener.hear(msg("STATUSTEXT", **received)) == ["vehicle.text"]
    listener.fleet.transfer_ended("main-1", "hash", 5)
    assert listener.hear(msg("STATUSTEXT", **received)) == ["vehicle.text", "vehicle.mission_unknown"]
    assert not listener.one.mission_known


def test_a_vehicle_with_another_uid_is_told(listener, heartbeat, msg):
    listener.hear(heartbeat(), msg("AUTOPILOT_VERSION", uid=1), msg("AUTOPILOT_VERSION", uid=2))
    assert [event.kind for event in listener.events][-1] == "vehicle.identity_changed"


def clocked(msg, boot_ms, origin):
    return msg("ATTITUDE", time_boot_ms=boot_ms, origin=origin)


def test_heartbeats_from_a_foreign_address_change_nothing_and_are_told_once(listener, heartbeat, msg):
    listener.hear(heartbeat(armed=True), clocked(msg, 60_000, RADIO))
    told = []
    for tick in range(40):
        told += listener.hear(clocked(msg, 60_200 + 200 * tick, RADIO), heartbeat(origin=STRANGE, armed=False))
    assert told == ["vehicle.stranger"]
    assert listener.events[-1].data == {"link": STRANGE.link, "peer": STRANGE.peer}
    assert listener.one.armed
    assert not listener.one.conflict, "nothing speaks for a second vehicle: commands go on to the first"
    assert listener.fleet.origin("main-1") == RADIO


def test_who_is_doubted_is_known_while_it_speaks(listener, heartbeat, msg):
    listener.hear(heartbeat(), clocked(msg, 60_000, RADIO))
    for tick in range(10):
        listener.hear(clocked(msg, 60_200 + 200 * tick, RADIO), heartbeat(origin=STRANGE))
    listener.tick(after_s=0.1)
    assert listener.fleet.doubted("main-1", listener.now_s) == STRANGE
    assert listener.one.doubted is None, "it may prove itself yet"
    listener.tick(after_s=3.0)
    assert listener.one.doubted == STRANGE
    listener.tick(after_s=6.0)
    assert listener.one.doubted is None


def test_a_foreign_address_with_a_clock_of_its_own_is_a_second_vehicle(listener, heartbeat, msg):
    listener.hear(heartbeat(armed=True), clocked(msg, 600_000, RADIO))
    told = []
    for tick in range(15):
        told += listener.hear(
            clocked(msg, 600_200 + 200 * tick, RADIO), clocked(msg, 5_000 + 200 * tick, STRANGE),
            heartbeat(origin=STRANGE),
        )  # fmt: skip
    assert told == ["vehicle.sysid_conflict"]
    assert listener.one.armed
    assert listener.one.conflict
    assert listener.one.boot_ms > 600_000
    assert listener.fleet.origin("main-1") == RADIO


def test_the_better_of_two_links_is_chosen_and_told(listener, heartbeat, msg):
    listener.hear(heartbeat())
    told = []
    for tick in range(60):
        listener.hear(clocked(msg, 60_000 + 200 * tick, RADIO), clocked(msg, 60_001 + 200 * tick, WIRE))
        told += listener.fleet.look_at_ways(listener.now_s, NOON, {RADIO: 0.4, WIRE: 0.0}.get)
    (event,) = told
    assert (event.kind, event.data["link"], event.data["before"]) == ("vehicle.way", WIRE.link, RADIO.link)
    assert listener.fleet.origin("main-1") == WIRE
    assert [(way.origin, way.used) for way in listener.fleet.ways("main-1", listener.now_s)] == [
        (RADIO, False),
        (WIRE, True),
    ]
    assert listener.fleet.ways("main-9", listener.now_s) == ()


def test_a_link_that_took_over_from_a_silent_one_is_told_once(listener, heartbeat, msg):
    listener.hear(heartbeat(), clocked(msg, 60_000, RADIO), clocked(msg, 60_101, WIRE))
    told = []
    for tick in range(30):
        listener.hear(clocked(msg, 60_300 + 100 * tick, WIRE))
        told += listener.fleet.look_at_ways(listener.now_s, NOON, lambda origin: None)
    (event,) = told
    assert (event.kind, event.data) == (
        "vehicle.way",
        {"link": WIRE.link, "peer": WIRE.peer, "before": RADIO.link},
    )
