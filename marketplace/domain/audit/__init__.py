"""Who did what, when, from which state to which, and why; append-only."""
