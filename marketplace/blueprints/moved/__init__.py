"""A person answers for a day that moved."""
