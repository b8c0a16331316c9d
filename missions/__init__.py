"""Planning: from an area and a fleet to sorties. Pure geometry, no input or output."""
