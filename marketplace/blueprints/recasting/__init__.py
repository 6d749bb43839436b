"""Replace a person from a day on."""
