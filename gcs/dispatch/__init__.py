"""Who goes: units on the ground, assignment and follow-up."""
