"""Sign up, sign in, forgotten passwords, invitations."""
