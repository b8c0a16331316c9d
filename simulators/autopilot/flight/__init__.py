"""How a simulated ArduCopter moves: modes, missions, the way home, and the paths between points."""
