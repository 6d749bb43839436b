"""The breakdown: the roles of a production."""
