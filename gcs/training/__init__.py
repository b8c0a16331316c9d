"""Training: drills, their scores, and who has done which of them when."""
