"""Reads of offers and bookings."""

from __future__ import annotations

from marketplace.domain.booking.queries.fits import (
    DayWindow,
    fits,
    fits_of_people,
    windows_of,
)

__all__ = ["DayWindow", "fits", "fits_of_people", "windows_of"]
