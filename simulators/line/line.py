"""One vehicle's line to the ground, both ways, with whatever is wrong with it at the moment. Pure.

Frames go in at one end with the time and come out at the other when they have arrived. A line that nothing
is wrong with hands every frame on unchanged and at once.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence

from simulators.faults import Fault, noise, rules
from simulators.line.rules import Tamper, Way
from simulators.network import Channel, flip_bits
from simulators.network import Faults as Noise
from telemetry.constants import MavState
from telemetry.dialect import ARDUPILOTMEGA, Message
from telemetry.frames import Frame, encode_frame
from telemetry.messages import decode_payload

CLEAR = Noise(delay_s=0.0)
GROUND, AUTOPILOT_COMPID = (255, 190), 1
HEARTBEAT = ARDUPILOTMEGA.by_name["HEARTBEAT"]


class Line:
    """`set_faults` says what is wrong from now on; `removed` that there is no connection at all.

    `switched_on` has the vehicle's first word be a heartbeat of one that has just been switched on, so that nobody
    takes a boot clock that has fallen for another vehicle's. A line that is bad spares that word; one that lets nothing
    through keeps it for later.
    """

    def __init__(self, sysid: int, seed: int = 0, usual: Noise = CLEAR, *, switched_on: bool = False) -> None:
        self._switched_on = switched_on
        self._usual = usual
        self._sysid = sysid
        self._channels: Mapping[Way, Channel[bytes]] = {
            way: Channel(usual, seed * 2 + number, flip_bits) for number, way in enumerate(Way)
        }
        self._tamper = Tamper()
        self._faults: tuple[Fault, ...] = ()
        self._peers = {Way.UP: GROUND, Way.DOWN: (sysid, AUTOPILOT_COMPID)}
        self._seq = 0
        self.removed = False

    @property
    def faults(self) -> tuple[Fault, ...]:
        return self._faults

    def set_faults(self, faults: Sequence[Fault]) -> None:
        """Those of `faults` that spoil this vehicle's line; rules begin to count anew where they change."""
        mine = tuple(fault for fault in faults if fault.concerns(self._sysid))
        if mine == self._faults:
            return
        noises = noise(mine, self._usual)
        for way, channel in self._channels.items():
            channel.faults = noises[way]
        if rules(mine) != rules(self._faults):
            self._tamper = Tamper(rules(mine))
        self._faults = mine
        self.removed = any(fault.name == "simulateConnectionRemoved" for fault in mine)

    def send(self, way: Way, frame: Frame, now_s: float) -> None:
        """One frame from one end."""
        self._peers[way] = (frame.sysid, frame.compid)
        if self._switched_on and way is Way.DOWN:
            self._say_first(frame, now_s)
            return
        for its_way, raw in self._spoilt(way, frame):
            self._channels[its_way].send(raw, now_s, len(raw))

    def arrived(self, way: Way, now_s: float) -> list[bytes]:
        """What comes out at the end that `way` leads to."""
        return self._channels[way].arrived(now_s)

    def next_arrival(self) -> float | None:
        times = [at for at in (channel.next_arrival() for channel in self._channels.values()) if at is not None]
        return min(times, default=None)

    def _spoilt(self, way: Way, frame: Frame) -> list[tuple[Way, bytes]]:
        kind = ARDUPILOTMEGA.by_id.get(frame.msgid)
        if kind is None or kind.TYPE.name not in self._tamper.heard:
            return [(way, frame.raw)]
        message = decode_payload(kind, frame.payload)
        made = self._tamper.take(way, message, (frame.sysid, frame.compid))
        if made is None:
            return [(way, frame.raw)]
        return [(to, frame.raw if each is message else self._encoded(to, each)) for to, each in made]

    def _say_first(self, frame: Frame, now_s: float) -> None:
        channel = self._channels[Way.DOWN]
        dead = channel.faults.loss >= 1.0
        if dead or frame.msgid != HEARTBEAT.TYPE.id or frame.compid != AUTOPILOT_COMPID:
            return
        self._switched_on = False
        beat = decode_payload(HEARTBEAT, frame.payload)
        raw = self._encoded(Way.DOWN, beat.replace(system_status=MavState.BOOT))
        noise_now, channel.faults = channel.faults, CLEAR
        channel.send(raw, now_s, len(raw))
        channel.faults = noise_now

    def _encoded(self, way: Way, message: Message) -> bytes:
        self._seq = (self._seq + 1) & 0xFF
        sysid, compid = self._peers[way]
        try:
            return encode_frame(message, seq=self._seq, sysid=sysid, compid=compid)
        except (struct.error, OverflowError):
            return b""
