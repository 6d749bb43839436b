"""Productions: start, change and publish them; the board."""
