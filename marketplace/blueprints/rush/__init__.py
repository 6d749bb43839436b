"""Rush call: fill a place in minutes."""
