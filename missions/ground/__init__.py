"""The ground below: heights from files, plans that follow it."""
