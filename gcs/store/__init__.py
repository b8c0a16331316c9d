"""The durable store: what was acknowledged is never lost."""
