"""Zones guessed from a city, and browsers named in words."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from marketplace.web.browsers import browser_name
from marketplace.web.places import BUSIEST, guess_zone, zones_of


@pytest.mark.parametrize(
    ("country", "city", "zone"),
    [
        ("GB", "Leeds", "Europe/London"),
        ("US", "new york", "America/New_York"),
        ("US", "Atlanta", "America/Los_Angeles"),
        ("CN", "Zhengzhou", "Asia/Shanghai"),
        ("XX", "Nowhere", "UTC"),
    ],
)
def test_a_zone_is_guessed_from_city_and_country(country: str, city: str, zone: str) -> None:
    assert guess_zone(country, city) == zone


def test_every_guess_is_a_zone_of_its_country() -> None:
    for country, zone in BUSIEST.items():
        assert zone in zones_of(country)
        assert ZoneInfo(zone).key == zone


@pytest.mark.parametrize(
    ("sign", "name"),
    [
        (
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 "
                "(KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1"
            ),
            "Safari, iPhone",
        ),
        (
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
                "Chrome/131.0 Safari/537.36 Edg/131.0"
            ),
            "Edge, Windows",
        ),
        (
            (
                "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) "
                "Version/4.0 Chrome/116.0 Mobile Safari/537.36 MicroMessenger/8.0"
            ),
            "WeChat, Android",
        ),
        ("curl/8.5", ""),
    ],
)
def test_a_browser_is_named_as_people_know_it(sign: str, name: str) -> None:
    assert browser_name(sign) == name
