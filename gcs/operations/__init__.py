"""A plan being flown, from draft to report."""
