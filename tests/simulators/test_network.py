"""The virtual network does what it is told, and the same again for the same seed."""

import pytest

from simulators.network import Channel, Faults, Network, flip_bits
from simulators.seeded import Seeded


def _carried(faults, seed=1, items=5000, every_s=0.01):
    channel = Channel(faults, seed)
    for n in range(items):
        channel.send(n, n * every_s, 50)
    return channel, channel.arrived(1e9)


def test_a_perfect_channel_is_in_order_and_takes_its_time():
    channel = Channel(Faults(delay_s=0.05))
    channel.send("a", 1.0)
    channel.send("b", 1.0)
    assert channel.next_arrival() == pytest.approx(1.05)
    assert channel.arrived(1.04) == []
    assert channel.arrived(1.06) == ["a", "b"]
    assert channel.next_arrival() is None


@pytest.mark.parametrize("loss", [0.0, 0.3, 1.0])
def test_loss(loss):
    channel, got = _carried(Faults(loss=loss))
    assert len(got) / 5000 == pytest.approx(1 - loss, abs=0.03)
    assert channel.lost + channel.delivered == channel.sent == 5000


def test_doubling():
    _, got = _carried(Faults(duplicate=1.0, copies=2))
    counts = {got.count(n) for n in range(300)}
    assert counts == {2, 3}


def test_reordering_and_jitter():
    assert _carried(Faults(delay_s=0.1))[1] == list(range(5000))
    for faults in (Faults(reorder=0.2, reorder_s=0.2), Faults(jitter_s=0.1)):
        _, got = _carried(faults)
        assert sorted(got) == list(range(5000)) != got


def test_the_same_seed_gives_the_same_network():
    faults = Faults(loss=0.3, duplicate=0.3, jitter_s=0.1)
    assert _carried(faults, seed=7)[1] == _carried(faults, seed=7)[1]
    assert _carried(faults, seed=7)[1] != _carried(faults, seed=8)[1]


def test_a_narrow_channel_makes_things_wait_and_then_loses_them():
    channel = Channel(Faults(delay_s=0.0, bytes_per_s=100.0, queue_bytes=500))
    for n in range(20):
        channel.send(n, 0.0, 100)
    assert channel.arrived(1.0) == [0]
    assert channel.arrived(60.0) == [1, 2, 3, 4]
    assert channel.lost == 15


def test_nothing_passes_a_cut():
    channel = Channel(Faults(delay_s=0.0, cuts=((1.0, 2.0),)))
    for n in range(30):
        channel.send(n, n / 10)
    assert channel.arrived(99.0) == [*range(10), *range(20, 30)]


def test_the_two_directions_have_their_own_faults_and_their_own_chance():
    network = Network(Faults(loss=1.0), Faults())
    network.up.send("up", 0.0)
    network.down.send("down", 0.0)
    assert (network.up.arrived(9.0), network.down.arrived(9.0)) == ([], ["down"])
    both = Network(Faults(loss=0.5), seed=3)
    for n in range(200):
        both.up.send(n, 0.0)
        both.down.send(n, 0.0)
    assert both.next_arrival() == pytest.approx(0.05)
    assert both.up.arrived(9.0) != both.down.arrived(9.0)
    assert both.next_arrival() is None


@pytest.mark.parametrize("per_byte", [0.0, 0.001, 0.05, 1.0])
def test_bits_are_flipped_as_often_as_told(per_byte):
    spoilt = flip_bits(bytes(100_000), per_byte, Seeded(5))
    assert len(spoilt) == 100_000
    assert sum(1 for byte in spoilt if byte) / 100_000 == pytest.approx(per_byte, rel=0.25)
    assert all(byte.bit_count() <= 1 for byte in spoilt)


def test_only_what_is_carried_away_is_spoilt():
    channel = Channel(Faults(corrupt=1.0), 1, flip_bits)
    frame = bytes(20)
    channel.send(frame, 0.0)
    assert channel.arrived(1.0) != [frame]
    assert frame == bytes(20)
