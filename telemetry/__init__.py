"""MAVLink: bytes to messages and back, protocol machines, links, recordings."""
