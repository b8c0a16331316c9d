"""What a simulated ArduCopter says of itself and its surroundings, and how often."""
