"""Apply to a role, follow it, withdraw."""
