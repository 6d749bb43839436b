"""Find people for a production, invite them to apply, offer them dates."""
