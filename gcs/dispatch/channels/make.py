"""From the settings to the channels; TAK has its own place, since its clients talk back."""

from __future__ import annotations

from gcs.clock import Clock
from gcs.config import Config
from gcs.dispatch.channels.channel import Channel
from gcs.dispatch.channels.mqtt import Mqtt
from gcs.dispatch.channels.ntfy import Ntfy
from gcs.dispatch.channels.webhook import Webhook
from gcs.dispatch.links import Links
from gcs.dispatch.receipts import Receipts
from gcs.sightings.catalogue import Catalogue
from gcs.sites.sites import Sites


def make_channels(
    config: Config,
    clock: Clock,
    catalogue: Catalogue,
    sites: Sites,
    links: Links,
    *,
    receipts: Receipts,
    time_scale: float = 1.0,
) -> tuple[Channel, ...]:
    """The channels of the settings; nothing is opened before something is to be sent."""
    return (
        *(Webhook(settings, clock) for settings in config.webhooks),
        *(Mqtt(settings) for settings in config.mqtt),
        *(
            Ntfy(settings, catalogue, sites, links, receipts=receipts, clock=clock, time_scale=time_scale)
            for settings in config.ntfy
        ),
    )
