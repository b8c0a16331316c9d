"""One sans-IO machine per MAVLink micro-service; none knows a clock, a socket or a task."""
