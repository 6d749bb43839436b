"""What only the demo has: its mail, its gateway's faults, and a clock that can be moved."""
