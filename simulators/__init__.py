"""Embedded vehicles, worlds, units and lossy networks for tests and training."""
