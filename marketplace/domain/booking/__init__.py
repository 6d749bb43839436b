"""Offers and bookings: overlap, rest, headcount, standby."""
