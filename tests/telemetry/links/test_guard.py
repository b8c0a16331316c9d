"""A signed link believes and is believed; its times outlive a restart."""

import pytest

from telemetry.frames import Parser, encode_frame
from telemetry.links.guard import Signing
from telemetry.links.keyring import Keyring
from telemetry.links.times_file import UNSAVED, Times, TimesFileError, load_times, save_times
from telemetry.signing import key_from_passphrase

KEY, OTHER_KEY = key_from_passphrase("a passphrase of ours"), key_from_passphrase("somebody else's one")
NOW_US = 1_790_000_000_000_000


NO_TIMES = Times()


def signing(key=KEY, times=NO_TIMES):
    return Signing(Keyring({"*": key}), times, unix_us=lambda: NOW_US)


async def test_both_ends_with_the_key_understand_each_other_and_one_without_is_refused(stations, heartbeat, eventually):
    ground = stations(signing=signing())
    friend, stranger, forger = stations(sysid=1, signing=signing()), stations(sysid=2), stations(
        sysid=3, signing=signing(OTHER_KEY)
    )  # fmt: skip
    link = await ground.add("udpin://127.0.0.1:0")
    for vehicle in (friend, stranger, forger):
        await vehicle.add(f"udpout://127.0.0.1:{link.port}")
    for _ in range(2):
        for vehicle in (stranger, forger, friend):
            vehicle.send(heartbeat)
    await ground.until(2)
    ground.send(heartbeat)
    await friend.until(1)
    await eventually(lambda: link.guard.refused.total() == 4)

    assert {received.sysid for received in ground.heard} == {1}
    assert link.status().peers == 1
    assert link.status().problem == "refused: 2 unsigned, 2 wrong signature"


async def test_a_link_without_a_key_is_not_signed(stations, heartbeat):
    ground = stations(signing=Signing(Keyring({"udpin://elsewhere:1": KEY}), Times(), unix_us=lambda: NOW_US))
    vehicle = stations(sysid=1)
    link = await ground.add("udpin://127.0.0.1:0")
    await vehicle.add(f"udpout://127.0.0.1:{link.port}")
    vehicle.send(heartbeat)

    assert (await ground.until(1))[0].sysid == 1
    assert link.guard is None


async def test_what_was_heard_before_a_restart_is_not_believed_after_it(stations, heartbeat, tmp_path):
    path = tmp_path / "signing.json"
    before = stations(signing=signing(), times_file=path)
    vehicle = stations(sysid=1, signing=signing())
    link = await before.add("udpin://127.0.0.1:0")
    await vehicle.add(f"udpout://127.0.0.1:{link.port}")
    vehicle.send(heartbeat)
    await before.until(1)
    await before.stop()

    times = load_times(path)
    after = signing(times=times).guard("any")
    again = signing().guard("any")
    replay = again.sign(encode_frame(heartbeat, seq=0, sysid=1, compid=190, signed=True))

    assert after.admit(Parser().feed(replay)) == []
    assert times.latest > 0


def test_signing_time_never_goes_back_over_restarts(tmp_path):
    path, last = tmp_path / "signing.json", 0
    for clock_us in (NOW_US, NOW_US - 10**13, 0, NOW_US + 1, 5):
        keys = Signing(Keyring({"*": KEY}), load_times(path), unix_us=lambda clock_us=clock_us: clock_us)
        raw = keys.guard("x").sign(b"\xfd" + bytes(20))
        time = int.from_bytes(raw[-12:-6], "little")
        assert time > last
        last = time
        save_times(path, keys.times())


def test_saved_times_are_read_a_little_later(tmp_path):
    path = tmp_path / "signing.json"
    save_times(path, Times(1000, ((1, 1, 0, 900),)))

    assert load_times(path) == Times(1000 + UNSAVED, ((1, 1, 0, 900 + UNSAVED),))
    assert load_times(tmp_path / "first start.json") == Times()
    assert list(tmp_path.iterdir()) == [path]


def test_times_that_cannot_be_read_are_an_error_not_a_fresh_start(tmp_path):
    path = tmp_path / "signing.json"
    path.write_text("{")

    with pytest.raises(TimesFileError, match="signing times cannot be read"):
        load_times(path)
