"""Saved searches, and the way out of the mails about new roles."""
