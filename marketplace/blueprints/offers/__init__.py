"""Talent reads an offer, answers it, and gives a date back."""
