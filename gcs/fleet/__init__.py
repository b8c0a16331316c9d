"""What is known of each vehicle, reduced from its messages. Pure."""
