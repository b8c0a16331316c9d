"""A serial line, by a pseudo terminal: frames go both ways, and an unplugged one is opened again."""

import os
import tty

import pytest

from telemetry.frames import Parser, encode_frame

pytestmark = pytest.mark.skipif(not hasattr(os, "openpty"), reason="needs a pseudo terminal")


@pytest.fixture
def radio(tmp_path):
    """A device that can be plugged in: its path, and how to plug it in (the result is the far end)."""
    path, ends = tmp_path / "ttyRADIO", []

    def plug_in():
        far, near = os.openpty()
        tty.setraw(near)
        ends.extend((far, near))
        path.unlink(missing_ok=True)
        path.symlink_to(os.ttyname(near))
        return far

    yield path, plug_in, ends
    for end in ends:
        os.close(end)


async def test_frames_go_both_ways_and_an_unplugged_radio_is_opened_again(stations, heartbeat, eventually, radio):
    path, plug_in, ends = radio
    ground = stations()
    link = await ground.add(f"serial://{path}?baud=115200")
    await eventually(lambda: link.problem)
    assert (link.state, link.port) == ("connecting", None)

    far = plug_in()
    await eventually(lambda: link.state == "open")
    os.write(far, b"noise\xfd" + encode_frame(heartbeat, seq=1, sysid=4, compid=1) * 2)
    received = (await ground.until(1))[0]
    ground.send(heartbeat)

    assert (received.sysid, received.origin.peer) == (4, str(path))
    assert Parser().feed(os.read(far, 300))[0].sysid == 255

    for end in ends:
        os.close(end)
    ends.clear()
    path.unlink()
    await eventually(lambda: link.state == "connecting")
    plug_in()
    await eventually(lambda: link.state == "open")
