"""Pay runs of a production."""
