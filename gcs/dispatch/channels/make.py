"""From the settings to the channels."""

from __future__ import annotations

from gcs.clock import Clock
from gcs.config import Config
from gcs.dispatch.channels.channel import Channel
from gcs.dispatch.channels.webhook import Webhook


def make_channels(config: Config, clock: Clock) -> tuple[Channel, ...]:
    """All channels of the settings; nothing is opened before something is to be sent."""
    return tuple(Webhook(settings, clock) for settings in config.webhooks)
