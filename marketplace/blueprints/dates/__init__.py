"""A talent's own dates and their calendar."""
