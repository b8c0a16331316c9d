"""Plan files: one format a file, each with `dumps(plan) -> str`."""
