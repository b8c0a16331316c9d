"""Every link is a URL; a wrong one is answered with what is wrong and what is allowed."""

import pytest

from telemetry.links.url import Guest, LinkError, parse_link_url


@pytest.mark.parametrize(
    ("url", "scheme", "host", "port", "path"),
    [
        ("udpin://0.0.0.0:14550", "udpin", "0.0.0.0", 14550, ""),
        ("udpin://127.0.0.1:0", "udpin", "127.0.0.1", 0, ""),
        ("udpout://vehicle.local:14550/", "udpout", "vehicle.local", 14550, ""),
        ("tcpout://[::1]:5760", "tcpout", "::1", 5760, ""),
        ("serial:///dev/ttyUSB0", "serial", "", 0, "/dev/ttyUSB0"),
        ("serial://COM3?baud=115200", "serial", "", 0, "COM3"),
        ("tlog:///data/my%20flight.tlog.gz?speed=0", "tlog", "", 0, "/data/my flight.tlog.gz"),
        ("tlog://relative/flight.tlog", "tlog", "", 0, "relative/flight.tlog"),
        ("tlog:///flight#2.tlog", "tlog", "", 0, "/flight#2.tlog"),
    ],
)
def test_the_forms_that_are_understood(url, scheme, host, port, path):
    link = parse_link_url(url)

    assert (link.scheme, link.host, link.port, link.path) == (scheme, host, port, path)
    assert link.faults is None


def test_a_guest_may_speak_for_a_seat():
    link = parse_link_url("guest+tcpin://127.0.0.1:5790?allow=leased&seat=%E7%8E%8B%E8%AD%A6%E5%AE%98")
    assert (link.guest, link.seat) == (Guest.LEASED, "王警官")


def test_a_guest_for_a_seat_may_be_let_in_for_one_vehicle_alone():
    link = parse_link_url("guest+tcpin://127.0.0.1:5790?allow=leased&seat=Wang&vehicle=7")
    assert (link.seat, link.vehicle) == ("Wang", 7)
    assert parse_link_url("guest+tcpin://127.0.0.1:5790?allow=leased&seat=Wang").vehicle == 0


def test_a_guest_may_be_in_another_network():
    assert parse_link_url("guest+udpin://127.0.0.1:14551?network=north&allow=all").network == "north"
    assert parse_link_url("guest+udpin://127.0.0.1:14551").network == ""


@pytest.mark.parametrize(
    ("url", "guest"),
    [
        ("udpin://127.0.0.1:14550", None),
        ("guest+udpin://127.0.0.1:14550", Guest.READ),
        ("guest+tcpin://127.0.0.1:5770?allow=all", Guest.ALL),
        ("guest+faulty+tcpin://127.0.0.1:5770?allow=read&loss=0.1", Guest.READ),
    ],
)
def test_other_ground_stations_are_guests(url, guest):
    assert parse_link_url(url).guest is guest


def test_options_and_faults():
    link = parse_link_url("faulty+serial:///dev/ttyACM0?baud=9600&loss=0.3&seed=7")

    assert link.options == {"baud": 9600.0}
    assert link.faults == {"loss": 0.3, "dup": 0.0, "reorder": 0.0, "corrupt": 0.0, "delay": 0.0, "seed": 7.0}
    assert parse_link_url("tlog:///x.tlog").options == {"speed": 1.0, "start": 0.0}


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("", "a link is one of udpin://HOST:PORT|serial"),
        ("14550", "a link is one of"),
        ("udp://127.0.0.1:14550", "a link is one of"),
        ("faulty+udp://127.0.0.1:14550", "a link is one of"),
        ("tcpout://127.0.0.1", "port missing; write tcpout://HOST:PORT"),
        ("tcpout://:5760", "host missing; write tcpout://HOST:PORT"),
        ("tcpout://127.0.0.1:port", "the port must be a number"),
        ("tcpout://127.0.0.1:70000", "up to 65535"),
        ("tcpout://127.0.0.1:0", "port 0 is for links that listen"),
        ("udpin://127.0.0.1:14550/x", "nothing may follow the port"),
        ("udpin://me@127.0.0.1:14550", "missing"),
        ("udpin://[::1:14550", "not a URL"),
        ("udpin://127.0.0.1:14550?baud=3", "unknown option 'baud'; allowed: none"),
        ("serial:///dev/ttyUSB0?speed=3", "unknown option 'speed'; allowed: baud"),
        ("serial:///dev/ttyUSB0?baud=fast", "baud must be a number, not 'fast'"),
        ("serial:///dev/ttyUSB0?baud=0", "baud must be 1 to"),
        ("serial://", "device missing; write serial:///dev/ttyUSB0"),
        ("tlog://", "file missing; write tlog:///path/flight.tlog"),
        ("tlog:///x.tlog?speed=-1", "speed must be 0 to"),
        ("tlog:///x.tlog?speed=nan", "speed must be 0 to"),
        ("faulty+udpin://127.0.0.1:14550?loss=2", "loss must be 0 to 1, not 2"),
        ("udpin://127.0.0.1:14550?loss=0.1", "unknown option 'loss'"),
        ("udpin://127.0.0.1:14550?allow=all", "unknown option 'allow'"),
        ("guest+udpin://127.0.0.1:14550?allow=some", "allow must be read, leased or all, not 'some'"),
        ("guest+udpin://127.0.0.1:14550?loss=1", "unknown option 'loss'; allowed: allow, seat, network, vehicle"),
        ("guest+udpin://127.0.0.1:14550?allow=leased", "allow=leased and seat=NAME"),
        ("guest+udpin://127.0.0.1:14550?allow=leased&seat=%20", "allow=leased and seat=NAME"),
        ("guest+udpin://127.0.0.1:14550?allow=all&seat=Wang", "allow=leased and seat=NAME"),
        ("guest+udpin://127.0.0.1:14550?allow=all&vehicle=1", "goes with allow=leased"),
        ("guest+udpin://127.0.0.1:14550?allow=leased&seat=Wang&vehicle=0", "a system id of 1 to 255"),
        ("guest+udpin://127.0.0.1:14550?allow=leased&seat=Wang&vehicle=main-1", "a system id of 1 to 255"),
        ("udpin://127.0.0.1:14550?seat=Wang", "unknown option 'seat'"),
        ("udpin://127.0.0.1:14550?network=north", "unknown option 'network'"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(url, says):
    with pytest.raises(LinkError) as caught:
        parse_link_url(url)

    text = str(caught.value)
    assert all(part in text for part in says.split("|"))
    assert repr(url) in text
    assert "\n" not in text
