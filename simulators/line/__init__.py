"""A vehicle's line to the ground, and everything that may be wrong with it."""
