"""What cameras of simulated vehicles see on the ground, and how it is reported."""
