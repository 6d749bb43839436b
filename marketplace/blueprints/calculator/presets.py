"""Days people ask about, each a link that fills in the whole form."""

from __future__ import annotations

from typing import Final

from flask_babel import lazy_gettext as _

START: Final = {
    "rate": "650",
    "hours": "12",
    "agreement": "us_film_crew_12",
    "currency": "",
    "overtime": "",
    "commission": "",
    "zone": "America/Los_Angeles",
    "call": "07:00",
    "wrap": "19:30",
    "meal_out": "13:00",
    "meal_in": "13:30",
    "meal2_out": "",
    "meal2_in": "",
    "previous": "",
    "day_number": "1",
    "scheme": "us_contractor",
    "agent": "production",
    "tax_form": "w9",
    "pay_date": "",
    "paid_before": "",
    "withheld_before": "",
    "lives": "",
    "period": "daily",
    "filing": "single",
    "state_filing": "single",
    "allowances": "",
}
"""What the form starts with: a crew day that goes as planned. The date is today's."""

LOS_ANGELES: Final = {"zone": "America/Los_Angeles", "scheme": "us_contractor", "tax_form": "w9"}
CHINA: Final = {
    "zone": "Asia/Shanghai",
    "meal_out": "",
    "meal_in": "",
    "scheme": "cn_labor_per_payment",
    "tax_form": "cn_resident",
}

PRESETS: Final = (
    (
        _("Crew, $650 for 12 hours: 14.5 hours and a late meal"),
        {
            **LOS_ANGELES,
            "agreement": "us_film_crew_12",
            "rate": "650",
            "hours": "12",
            "shoot_date": "2026-11-20",
            "call": "07:00",
            "wrap": "22:00",
            "meal_out": "13:30",
            "meal_in": "14:00",
        },
    ),
    (
        _("Actor, wrap at 02:00 and call at 07:00"),
        {
            **LOS_ANGELES,
            "agreement": "us_sag_ulb_2025",
            "rate": "280",
            "hours": "8",
            "shoot_date": "2026-11-20",
            "call": "07:00",
            "wrap": "15:30",
            "meal_out": "12:30",
            "meal_in": "13:00",
            "previous": "26:00",
        },
    ),
    (
        _("Hengdian extra, 12 hours"),
        {
            **CHINA,
            "agreement": "cn_hengdian_extra_2024_11",
            "rate": "135",
            "hours": "10",
            "shoot_date": "2026-11-20",
            "call": "06:00",
            "wrap": "18:00",
        },
    ),
    (
        _("Short drama in China, second 3,000 yuan in a month"),
        {
            **CHINA,
            "agreement": "cn_microdrama_day",
            "rate": "3000",
            "hours": "12",
            "shoot_date": "2026-11-20",
            "call": "08:00",
            "wrap": "20:00",
            "paid_before": "3000",
            "withheld_before": "440",
        },
    ),
    (
        _("Employee in California, $280 for a day"),
        {
            **LOS_ANGELES,
            "agreement": "us_film_crew_12",
            "rate": "280",
            "hours": "8",
            "shoot_date": "2026-11-20",
            "call": "07:00",
            "wrap": "15:30",
            "meal_out": "12:00",
            "meal_in": "12:30",
            "scheme": "us_ca_w2",
            "tax_form": "w4",
        },
    ),
    (
        _("The night the clocks go back"),
        {
            **LOS_ANGELES,
            "agreement": "us_film_crew_12",
            "rate": "650",
            "hours": "12",
            "shoot_date": "2026-10-31",
            "call": "18:00",
            "wrap": "30:00",
            "meal_out": "24:00",
            "meal_in": "24:30",
        },
    ),
)
"""Title and what the address says; the rest is as in START."""
