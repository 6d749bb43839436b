"""People who sign in, companies, memberships."""
