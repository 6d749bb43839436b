"""Countries and their time zones."""

from __future__ import annotations

from typing import Final
from zoneinfo import available_timezones

from babel.core import get_global

from marketplace.web.language import is_chinese

BUSIEST: Final = {
    "AU": "Australia/Sydney",
    "BR": "America/Sao_Paulo",
    "CA": "America/Toronto",
    "CN": "Asia/Shanghai",
    "ES": "Europe/Madrid",
    "MX": "America/Mexico_City",
    "NZ": "Pacific/Auckland",
    "PT": "Europe/Lisbon",
    "US": "America/Los_Angeles",
}
"""Where most shoots are, for countries with several zones."""


def zones_of(country: str) -> list[str]:
    """Return the time zones of a country by ISO code, sorted; UTC for an unknown country."""
    known = available_timezones()
    found = sorted(zone for zone in get_global("territory_zones").get(country, ()) if zone in known)
    return found or ["UTC"]


def guess_zone(country: str, city: str) -> str:
    """Return the zone named after a city, else the one most people of the country live in."""
    zones = zones_of(country)
    named = city.strip().casefold().replace(" ", "_")
    for zone in zones:
        if zone.rpartition("/")[2].casefold() == named:
            return zone
    return BUSIEST.get(country, zones[0])


def guess_country() -> str:
    """Return where a reader probably lives, going by the language."""
    return "CN" if is_chinese() else "US"
