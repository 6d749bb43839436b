"""Productions and their shoot days."""
