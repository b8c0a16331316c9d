"""Alarms that stand."""

from __future__ import annotations

from gcs.alarms import Alarm
from gcs.events import Event
from gcs.web.problem import not_found
from gcs.web.route import Call, Route
from gcs.web.routes.flying import Nothing


async def list_alarms(call: Call[None]) -> tuple[Alarm, ...]:
    return tuple(call.services.alarms.alarms.values())


async def acknowledge_alarm(call: Call[Nothing]) -> Alarm:
    """Silences it; it stands until its cause is gone."""
    services = call.services
    alarm = services.alarms.acknowledge(call.part("id"))
    if alarm is None:
        raise not_found("alarm", call.part("id"))
    services.live.mark("alarms", alarm.id)
    services.publish(
        Event(
            kind="alarm.acknowledged",
            at=services.clock.utc(),
            actor=call.actor,
            vehicle=alarm.vehicle,
            operation=alarm.operation,
            data={"alarm": alarm.id},
        )
    )
    return alarm


ROUTES = (
    Route("GET", "/alarms", list_alarms, "alarms that stand", "alarms", answer=tuple[Alarm, ...]),
    Route(
        "POST", "/alarms/{id}/acknowledge", acknowledge_alarm, "silences an alarm", "alarms", body=Nothing, answer=Alarm
    ),
)
