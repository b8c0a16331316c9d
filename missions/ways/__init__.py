"""Ways from place to place that stay where a drone may be."""
