"""How money, time and names look to people: pages, e-mails and papers alike.

Every function takes an optional `locale` ("en", "zh_Hans"); without it the reader's
language of the present request is used, and English outside a request.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Final, Self
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, get_timezone_location
from babel.lists import format_list
from babel.numbers import format_currency, format_decimal, format_percent
from flask import Flask, url_for
from flask_babel import get_locale

from marketplace.kernel.clock import Clock, SystemClock
from marketplace.kernel.money import EXPONENTS, Money, half_up
from marketplace.kernel.sentences import Sentence
from marketplace.kernel.zones import show_clock
from marketplace.web import names, words
from marketplace.web.language import LANGUAGES, html_lang, is_chinese, locale_of, translate

MINUS: Final = "\N{MINUS SIGN}"
HOUR: Final = 60
DAY: Final = 24 * HOUR

STYLES: Final = {
    "day": ("EEE d MMM", "M月d日 EEE"),
    "full": ("EEE d MMM y", "y年M月d日 EEE"),
    "long": ("EEEE d MMMM y", "y年M月d日 EEEE"),
    "short": ("d MMM", "M月d日"),
    "dated": ("d MMM y", "y年M月d日"),
    "weekday": ("EEE", "EEE"),
    "number": ("d", "d"),
    "month": ("MMMM y", "y年M月"),
}
"""Names of date styles: CLDR patterns for English and for Chinese."""

WITH_YEAR: Final = {"day": "full", "short": "dated"}
"""What a style becomes when the year is not the current one."""

_clock: list[Clock] = [SystemClock()]


def use_clock(clock: Clock) -> None:
    """Take "the current year" from this clock."""
    _clock[0] = clock


def register(app: Flask, clock: Clock | None = None) -> None:
    """Give every template these functions; `clock` says which year is the current one."""
    use_clock(clock or SystemClock())
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(TEMPLATE_FUNCTIONS)


class WallTime(str):
    """A time as the clock on the wall shows it, and on which day after the shoot date."""

    __slots__ = ("days_later",)

    days_later: int

    def __new__(cls, text: str, days_later: int = 0) -> Self:
        """Remember how many days after the shoot date the time falls."""
        made = super().__new__(cls, text)
        made.days_later = days_later
        return made

    @property
    def is_next_day(self) -> bool:
        """Whether the time falls after midnight of the shoot date."""
        return self.days_later > 0


def money(amount: Money, *, cards: bool = False, locale: str | None = None) -> str:
    """Write an amount: "$280.00", "CN¥2,000.00"; in Chinese "US$280.00", "¥2,000.00".

    cards: drop ".00" from a round rate, for role cards and boards only.
    """
    where = locale_of(locale)
    if cards and amount.minor % 10 ** EXPONENTS[amount.currency] == 0:
        text = format_currency(
            amount.decimal, amount.currency, "¤#,##0", where, currency_digits=False
        )
    else:
        text = format_currency(amount.decimal, amount.currency, locale=where)
    return text.replace("-", MINUS)


def exact(amount: Money, *, locale: str | None = None) -> str:
    """Write an amount with all its decimals, as pay slips and payroll pages do."""
    return money(amount, locale=locale)


def number(value: int | Decimal | Fraction, *, locale: str | None = None) -> str:
    """Write a number with the reader's grouping: 1187 is "1,187"; a ratio has two decimals."""
    if isinstance(value, Fraction):
        value = Decimal(half_up(value * 100)) / 100
    return format_decimal(value, locale=locale_of(locale)).replace("-", MINUS)


def percent(ratio: Fraction, *, locale: str | None = None) -> str:
    """Write a ratio as per cent with at most two decimals: 1/8 is "12.5%"."""
    share = Decimal(half_up(ratio * 10_000)) / 10_000
    return format_percent(share, "#,##0.##%", locale_of(locale)).replace("-", MINUS)


def day(
    on: date, style: str = "day", *, locale: str | None = None, today: date | None = None
) -> str:
    """Write a date in one of STYLES: "Mon 23 Nov", with the year when it is not the current one."""
    where = locale_of(locale)
    current = (today or _clock[0].now().date()).year
    if on.year != current:
        style = WITH_YEAR.get(style, style)
    return _pattern(on, style, where)


def span(first: date, last: date, style: str = "day", *, locale: str | None = None) -> str:
    """Write the dates from `first` to `last`: "Sun 29 Nov – Wed 2 Dec"; one date stays one."""
    ends = [day(on, style, locale=locale) for on in (first, last)]
    return ends[0] if first == last else "\N{EN DASH}".join((f"{ends[0]} ", f" {ends[1]}"))


def clock(at: datetime, zone: str, on: date | None = None) -> WallTime:
    """Write the wall-clock time of an instant on a set: "02:00".

    on: the shoot date; `.days_later` of the answer then says how many midnights passed.
    """
    wall = at.astimezone(ZoneInfo(zone))
    return WallTime(f"{wall:%H:%M}", (wall.date() - on).days if on else 0)


def wall(minutes: int) -> WallTime:
    """Write minutes after midnight of a shoot date as the wall shows them: 1560 is "02:00"."""
    days, rest = divmod(minutes, DAY)
    return WallTime(f"{rest // HOUR:02d}:{rest % HOUR:02d}", days)


def clock_words(time: WallTime, *, locale: str | None = None) -> str:
    """Write a wall time with its day in words: "02:00 next day"."""
    if not time.is_next_day:
        return str(time)
    return translate("%(time)s next day", locale) % {"time": time}


def length(span_of: timedelta | int, *, locale: str | None = None) -> str:
    """Write a length of time (timedelta, or minutes): "5 h 30 m", "45 m", "10 h"."""
    minutes = span_of // timedelta(minutes=1) if isinstance(span_of, timedelta) else span_of
    if minutes < 0:
        return MINUS + length(-minutes, locale=locale)
    hours, rest = divmod(minutes, HOUR)
    values = {"hours": hours, "minutes": rest}
    if not hours:
        return translate("%(minutes)s m", locale) % values
    if not rest:
        return translate("%(hours)s h", locale) % values
    return translate("%(hours)s h %(minutes)s m", locale) % values


def instant(
    at: datetime,
    zone: str,
    *,
    viewer_zone: str | None = None,
    locale: str | None = None,
    today: date | None = None,
) -> str:
    """Write an instant in a zone: "Tue 24 Nov, 18:00"; the year when it is not the current one.

    viewer_zone: the reader's own zone; when it differs, the zone of the set is named.
    """
    there = at.astimezone(ZoneInfo(zone))
    values = {
        "day": day(there.date(), locale=locale, today=today),
        "time": f"{there:%H:%M}",
        "place": zone_name(zone, locale=locale),
    }
    if viewer_zone and viewer_zone != zone:
        return translate("%(day)s, %(time)s %(place)s time", locale) % values
    return translate("%(day)s, %(time)s", locale) % values


def zone_name(zone: str, *, locale: str | None = None) -> str:
    """Name a time zone by its city: "Los Angeles", 洛杉矶; UTC stays UTC."""
    if zone in {"UTC", "Etc/UTC"}:
        return "UTC"
    return get_timezone_location(zone, locale=locale_of(locale), return_city=True)


def listed(words: Sequence[str], *, locale: str | None = None) -> str:
    """Write words as a list of the language: "Cast, Crew, and Background", 演员、剧组和群演."""
    return format_list(words, locale=locale_of(locale))


def sentence(said: object, *, locale: str | None = None, zone: str = "UTC") -> str:
    """Translate a sentence and write each of its values for the reader.

    said: a Sentence; any other text was translated before and stays as it is.
    zone: where instants are read; UTC is named, because nobody lives in it.
    """
    if not isinstance(said, Sentence):
        return str(said)
    written = {name: _value(value, locale, zone) for name, value in said.values.items()}
    return translate(said.text, locale) % written


def _value(value: object, locale: str | None, zone: str) -> str:
    match value:
        case Sentence():
            written = sentence(value, locale=locale, zone=zone)
        case Money():
            written = exact(value, locale=locale)
        case datetime():
            written = _when(value, zone, locale)
        case date():
            written = day(value, locale=locale)
        case timedelta():
            written = length(value, locale=locale)
        case Fraction() | Decimal():
            written = number(value, locale=locale)
        case tuple() | list():
            written = listed([_value(one, locale, zone) for one in value], locale=locale)
        case _:
            written = str(value)
    return written


def _when(at: datetime, zone: str, locale: str | None) -> str:
    text = instant(at, zone, locale=locale)
    return f"{text} UTC" if zone == "UTC" else text


def _pattern(on: date, style: str, where: Locale) -> str:
    english, chinese = STYLES[style]
    return format_date(on, chinese if is_chinese(where.language) else english, locale=where)


TEMPLATE_FUNCTIONS: Final = {
    "LANGUAGES": LANGUAGES,
    "clock": clock,
    "clock_words": clock_words,
    "day": day,
    "exact": exact,
    "first_name": names.first_name,
    "get_locale": get_locale,
    "html_lang": html_lang,
    "icon": names.icon,
    "initials": names.initials,
    "instant": instant,
    "is_chinese": is_chinese,
    "lang_attr": names.lang_attribute,
    "lang_of": names.lang_of,
    "language_name": words.language_name,
    "last_name": names.last_name,
    "length": length,
    "link": url_for,
    "listed": listed,
    "mask": names.mask,
    "money": money,
    "number": number,
    "percent": percent,
    "sentence": sentence,
    "show_clock": show_clock,
    "span": span,
    "tint": names.tint,
    "wall": wall,
    "worded": words.worded,
    "zone_name": zone_name,
}
"""What templates may call, by name. `link` is strict: an unknown endpoint is an error."""
