"""Ways frames travel: one file per transport, opened by URL."""
