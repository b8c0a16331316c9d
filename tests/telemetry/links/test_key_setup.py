"""A vehicle gets its key and follows, or the reason is said; simulated vehicles do with keys what ArduPilot does."""

import pytest

from simulators.fleet import SimFleet, VehicleSpec
from telemetry.links import key_setup
from telemetry.links.guard import Signing
from telemetry.links.key_setup import KeySetup, KeySetupError
from telemetry.links.keyring import Keyring
from telemetry.links.times_file import Times
from telemetry.messages import new
from telemetry.signing import key_from_passphrase

KEY, OTHER_KEY = key_from_passphrase("a passphrase of ours"), key_from_passphrase("somebody else's one")


@pytest.fixture
async def vehicle():
    """The URLs of a vehicle's two ports: the cable, which believes everybody, and a radio."""
    fleet = SimFleet([VehicleSpec(sysid=7)], extra_ports=True)
    await fleet.start()
    yield fleet.all_urls[0][:2]
    await fleet.stop()


async def test_a_vehicle_gets_a_key_signs_with_it_and_loses_it_again(vehicle, stations):
    cable, radio = vehicle
    setup = KeySetup(cable, 7, KEY, Times())
    await setup.give()
    ground = stations(signing=Signing(Keyring({"*": KEY}), setup.times_after, unix_us=lambda: 0))
    await ground.add(radio)
    (first, *_) = await ground.until(1)
    await ground.stop()
    await KeySetup(cable, 7, KEY, setup.times_after).take()

    assert first.sysid == 7
    assert setup.times_after.latest > 0


async def test_a_vehicle_that_is_not_there_is_said_to_be_silent(vehicle, monkeypatch):
    monkeypatch.setattr(key_setup, "HEARD_WITHIN_S", 0.3)
    with pytest.raises(KeySetupError, match="system 9 is not heard"):
        await KeySetup(vehicle[0], 9, KEY, Times()).give()


async def test_a_key_is_not_taken_with_another_one(vehicle, monkeypatch):
    await KeySetup(vehicle[0], 7, KEY, Times()).give()
    monkeypatch.setattr(key_setup, "HEARD_WITHIN_S", 1.5)

    with pytest.raises(KeySetupError, match="system 7 is not heard under this key"):
        await KeySetup(vehicle[0], 7, OTHER_KEY, Times()).take()


async def test_an_armed_vehicle_is_left_alone(stations):
    armed, sent = stations(sysid=7, subscribed=frozenset({"SETUP_SIGNING", "HEARTBEAT"})), []
    link = await armed.add("tcpin://127.0.0.1:0")
    beat = new("HEARTBEAT", type=2, autopilot=3, base_mode=128, mavlink_version=3)
    armed._on_message = lambda received: (sent.append(received.message.message_name), armed.send(beat))

    with pytest.raises(KeySetupError, match="system 7 is armed"):
        await KeySetup(f"tcpout://127.0.0.1:{link.port}", 7, KEY, Times()).give()
    assert "SETUP_SIGNING" not in sent
