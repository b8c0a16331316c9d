"""Recordings of real vehicles, and the simulated ones held against them."""
