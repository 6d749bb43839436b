"""Casting reads who applied, chooses, offers dates and cancels them."""
