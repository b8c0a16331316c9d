"""Lines, patterns and stops as plans."""
