"""Reads of offers and bookings."""

from __future__ import annotations

from marketplace.domain.booking.queries.fits import (
    DayWindow,
    fits,
    fits_of_people,
    windows_of,
)
from marketplace.domain.booking.queries.offers import (
    OfferDay,
    OfferPage,
    booked_day,
    offer_page,
)

__all__ = [
    "DayWindow",
    "OfferDay",
    "OfferPage",
    "booked_day",
    "fits",
    "fits_of_people",
    "offer_page",
    "windows_of",
]
