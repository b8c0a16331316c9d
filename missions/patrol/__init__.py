"""Persistent patrol: sites to be looked at again and again, and the day of every drone."""
