"""What the API answers, a file a subject; `ALL` is the whole of it."""

from __future__ import annotations

from gcs.web.route import Route
from gcs.web.routes import (
    alarms,
    analysis,
    channels,
    description,
    detections,
    events,
    flying,
    intakes,
    leases,
    links,
    live,
    me,
    operations,
    params,
    pictures,
    plans,
    sightings,
    sites,
    state,
    training,
    units,
    vehicles,
)

ALL: tuple[Route, ...] = (
    *description.ROUTES,
    *me.ROUTES,
    *state.ROUTES,
    *live.ROUTES,
    *vehicles.ROUTES,
    *leases.ROUTES,
    *params.ROUTES,
    *plans.ROUTES,
    *operations.ROUTES,
    *flying.ROUTES,
    *sightings.ROUTES,
    *pictures.ROUTES,
    *detections.ROUTES,
    *units.ROUTES,
    *sites.ROUTES,
    *intakes.ROUTES,
    *links.ROUTES,
    *channels.ROUTES,
    *analysis.ROUTES,
    *alarms.ROUTES,
    *events.ROUTES,
    *training.ROUTES,
)
