"""A person's own pay."""
