"""What to tell whom: the in-site inbox and the mail outbox."""
