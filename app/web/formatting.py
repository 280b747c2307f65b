"""How dates, durations, numbers and phone numbers read on a page: in the reader's language and the business's zone."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from babel.dates import format_date, format_datetime
from flask import Flask
from flask_babel import format_decimal, format_time, get_locale, gettext as _, to_user_timezone

from app.core import phone
from app.core.clock import now

DAY_PATTERNS = {"de": ("EEEEEE dd.MM.", "EEEEEE dd.MM.yyyy", "EEEEEE d. MMMM"), "en": ("EEE d MMM", "EEE d MMM yyyy", "EEE d MMMM")}


def register(app: Flask) -> None:
    """Makes the functions of this file filters of the templates."""
    for function in (ago, clock, clock_s, day, duration, initials, long_day, milliseconds, money, number, when):
        app.jinja_env.filters[function.__name__] = function
    app.jinja_env.filters["phone"] = phone_number


def duration(seconds: float | None) -> str:
    """`2:14`, from an hour on `1:02:05`."""
    if seconds is None:
        return ""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def clock(instant: datetime) -> str:
    """`09:41`"""
    return format_time(instant, "HH:mm")


def clock_s(instant: datetime) -> str:
    """`09:41:06`"""
    return format_time(instant, "HH:mm:ss")


def day(instant: datetime) -> str:
    """`Heute`, `Gestern`, `Morgen`, else `Do 26.11.`, with the year where it is not this one."""
    local, today = to_user_timezone(instant), to_user_timezone(now()).date()
    near = {today: _("Heute"), today - timedelta(days=1): _("Gestern"), today + timedelta(days=1): _("Morgen")}
    return near.get(local.date()) or _pattern(local, 0 if local.year == today.year else 1)


def when(instant: datetime) -> str:
    """`Heute, 09:41`, `Do 26.11., 09:30`"""
    return f"{day(instant)}, {clock(instant)}"


def long_day(instant: datetime) -> str:
    """`Do 26. November`"""
    return _pattern(to_user_timezone(instant), 2)


def day_name(local: datetime) -> str:
    """`Do 26.11.`, of a time that is local already."""
    return _pattern(local, 0)


def whole_day(of: date) -> str:
    """`Donnerstag, 26. November`"""
    locale = get_locale()
    pattern = "EEEE, d. MMMM" if locale.language == "de" else "EEEE, d MMMM"
    return format_date(of, pattern, locale=locale)


def ago(instant: datetime) -> str:
    """`vor 6 Min.` within the last hour, then as `when`."""
    minutes = int((now() - instant).total_seconds() // 60)
    if minutes < 1:
        return _("gerade eben")
    if minutes < 60:
        return _("vor %(n)s Min.", n=minutes)
    return when(instant)


def milliseconds(value: float | None) -> str:
    """`212 ms`, from ten seconds on `12,4 s`."""
    if value is None:
        return ""
    return f"{number(round(value / 1000, 1))} s" if value >= 10_000 else f"{number(round(value))} ms"


def number(value: float | Decimal) -> str:
    """`1.742`, `0,8`"""
    return format_decimal(value)


def money(cents: Decimal | float, currency: str) -> str:
    """`0,43 $`: what a provider bills is shown in its own currency."""
    return f"{format_decimal(Decimal(cents) / 100, '#,##0.00')} {currency}"


def initials(name: str | None) -> str:
    """Two letters for the round picture: `HV`, `ML`; nothing for what is no name."""
    words = [word for word in (name or "").split() if word[0].isalpha()]
    letters = words[0][0] + (words[-1][0] if len(words) > 1 else "") if words else ""
    return letters.upper()


def phone_number(e164: str | None) -> str:
    """`030 23125 100` at home, international abroad."""
    return phone.display(e164) if e164 else ""


def day_of(instant: datetime) -> date:
    """The calendar day of an instant where the business is."""
    return to_user_timezone(instant).date()


def _pattern(local: datetime, which: int) -> str:
    locale = get_locale()
    patterns = DAY_PATTERNS.get(locale.language, DAY_PATTERNS["en"])
    # the catalogue writes "Do.", people write "Do"
    return format_datetime(local, patterns[which], locale=locale, tzinfo=local.tzinfo).replace(".", "", 1 if locale.language == "de" else 0)
