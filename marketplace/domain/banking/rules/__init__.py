"""Pure functions over values: numbers of banks, banking days, files out and answers in."""
