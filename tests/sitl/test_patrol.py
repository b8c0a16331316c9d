"""A patrol on real ArduPilot vehicles: from an area to a report, and what comes between."""

import asyncio

import pytest

REBOOT = 246


async def test_real_vehicles_are_heard_and_known(centre):
    await centre.ready()
    known = await centre.vehicles()

    assert {*known} == {*centre.ids}
    for vehicle in known.values():
        assert vehicle["firmware"][0].isdigit()
        assert vehicle["simulated"] is True, "a simulation is never taken for a real vehicle"
        assert vehicle["uid"] is not None
        assert vehicle["satellites"] >= 8
        assert vehicle["battery_pct"] > 50
        assert not vehicle["flying"]
    assert len({vehicle["uid"] for vehicle in known.values()}) == len(known)


async def test_a_patrol_is_flown_from_area_to_report(centre):
    operation = await centre.patrol()
    ended = await centre.over(operation)

    assert ended["status"] == "closed"
    assert [sortie["status"] for sortie in ended["sorties"]] == ["flown", "flown"]
    assert ended["covered_fraction"] > 0.99
    kinds = [event["kind"] for event in await centre.events()]
    assert "command.refused" not in kinds
    assert "command.timeout" not in kinds


async def test_sorties_follow_each_other_with_a_landing_between(centre):
    operation = await centre.patrol(340, 190, endurance_s=260)
    ended = await centre.over(operation)

    assert len(ended["sorties"]) > len(centre.ids)
    assert {sortie["status"] for sortie in ended["sorties"]} == {"flown"}
    assert ended["covered_fraction"] > 0.99


async def test_a_paused_patrol_stands_still_and_goes_on(centre):
    operation = await centre.patrol()
    await centre.surveying(operation)
    await centre.ask(operation, "pause")
    await asyncio.sleep(2)
    before = await centre.vehicles()
    await asyncio.sleep(2)
    after = await centre.vehicles()
    await centre.ask(operation, "resume")
    ended = await centre.over(operation)

    for name in centre.ids:
        assert after[name]["ground_m_s"] < 0.5
        assert after[name]["lat"] == pytest.approx(before[name]["lat"], abs=2e-5)
        assert after[name]["alt_rel_m"] > 30
    assert [sortie["status"] for sortie in ended["sorties"]] == ["flown", "flown"]
    assert ended["covered_fraction"] > 0.98


@pytest.mark.parametrize(("step", "body", "status"), [("rtl", {}, "closed"), ("abort", {"reason": "wind"}, "aborted")])
async def test_a_patrol_called_home_comes_home(centre, step, body, status):
    operation = await centre.patrol()
    await centre.surveying(operation)
    await centre.ask(operation, step, **body)
    ended = await centre.over(operation)

    assert ended["status"] == status
    assert {sortie["status"] for sortie in ended["sorties"]} == {"broken_off"}
    for vehicle in (await centre.vehicles()).values():
        assert not vehicle["armed"]
        assert vehicle["lat"] == pytest.approx(vehicle["home_lat"], abs=2e-5)
        assert vehicle["lon"] == pytest.approx(vehicle["home_lon"], abs=2e-5)


async def test_a_patrol_outlives_its_ground_control(centre):
    """The sorties last 280 s of the vehicles' time, so that a busy machine has ground control back long before."""
    operation = await centre.patrol(300, 150, speed_m_s=5)
    await centre.surveying(operation)
    await centre.kill()
    await asyncio.sleep(1)
    await centre.open()

    async def taken_up():
        kinds = [(event["kind"], event["vehicle"]) for event in await centre.events()]
        over = {kind for kind, _ in kinds} & {"sortie.flown", "sortie.broken_off", "sortie.held"}
        assert not over, f"{over} before both were taken up again"
        return {vehicle for kind, vehicle in kinds if kind == "sortie.readopted"} == {*centre.ids}

    await centre.until(taken_up, 60)
    ended = await centre.over(operation)

    assert ended["status"] == "closed"
    assert [sortie["status"] for sortie in ended["sorties"]] == ["flown", "flown"]


async def test_a_vehicle_that_reboots_before_launch_is_read_back_and_flies(centre, second_station):
    await centre.ready()
    with second_station() as link:
        link.mav.command_long_send(1, 1, REBOOT, 0, 1, 0, 0, 0, 0, 0, 0)
        await asyncio.sleep(0.5)

    async def rebooted():
        return any(event["kind"] == "vehicle.rebooted" for event in await centre.events())

    await centre.until(rebooted, 30)
    ended = await centre.over(await centre.patrol())
    assert [sortie["status"] for sortie in ended["sorties"]] == ["flown", "flown"]


async def test_a_second_ground_station_takes_a_vehicle_and_gives_it_back(centre, second_station):
    operation = await centre.patrol()
    await centre.surveying(operation)
    with second_station() as link:
        for mode in ("BRAKE", "AUTO"):
            link.set_mode_apm(mode)
            await centre.until(centre.flies_in("main-1", mode), 10)
    ended = await centre.over(operation)

    assert [sortie["status"] for sortie in ended["sorties"]] == ["flown", "flown"]


async def test_a_mission_uploaded_by_somebody_else_is_noticed_and_read(centre, second_station):
    await centre.ready()
    before = (await centre.vehicles())["main-1"]["mission_total"]
    with second_station() as link:
        link.mav.mission_count_send(1, 1, 2, 0)
        for _ in range(2):
            asked = await asyncio.to_thread(link.recv_match, type="MISSION_REQUEST", blocking=True, timeout=5)
            link.mav.mission_item_int_send(1, 1, asked.seq, 3, 16, 0, 1, 0, 0, 0, 0, 299_000_000, 1_218_400_000, 30, 0)
        await asyncio.to_thread(link.recv_match, type="MISSION_ACK", blocking=True, timeout=5)
    assert before != 1, "the vehicle flew a patrol before"

    async def known_again():
        vehicle = (await centre.vehicles())["main-1"]
        return vehicle["mission_known"] and vehicle["mission_total"] == 1

    await centre.until(known_again, 30)
