"""Where to look and where nobody may fly: outlines, holes, zones, and the files they come in."""
