"""What a vehicle does by itself when something fails or a fence is breached, and what can fail."""
