"""The clock and the jobs it starts; its own process."""
