"""Template filters for dates, durations, numbers and phone numbers, in the reader's language and the business's time zone."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel.dates import format_date
from babel.numbers import format_decimal
from flask import Flask
from flask_babel import get_locale, gettext as _

from app.core import phone
from app.core.clock import now
from app.core.locale import reader_timezone
from app.web.typed_moments import show_moment

DAY_PATTERNS = {"de": ("EEEEEE dd.MM.", "EEEEEE dd.MM.yyyy", "EEEEEE d. MMMM"), "en": ("EEE d MMM", "EEE d MMM yyyy", "EEE d MMMM")}


def register(app: Flask) -> None:
    """Register the functions of this module as template filters, under their own names."""
    for function in (
        ago,
        birthday,
        clock,
        clock_s,
        day,
        duration,
        initials,
        full_day,
        long_day,
        milliseconds,
        money,
        number,
        day_name,
        when,
    ):
        app.jinja_env.filters[function.__name__] = function
    app.jinja_env.filters["phone"] = phone_number
    app.jinja_env.filters["moment"] = show_moment


def duration(seconds: float | None) -> str:
    """`2:14`, from an hour on `1:02:05`."""
    if seconds is None:
        return ""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def clock(instant: datetime) -> str:
    """`09:41`"""
    return f"{local(instant):%H:%M}"


def clock_s(instant: datetime) -> str:
    """`09:41:06`"""
    return f"{local(instant):%H:%M:%S}"


def day(instant: datetime, *, in_sentence: bool = False) -> str:
    """`Heute`, `Gestern`, `Morgen`, within a sentence `heute`; else `Do 26.11.`, with the year where it is not this one."""
    local_date, today = day_of(instant), day_of(now())
    match (local_date - today).days:
        case 0:
            return _("heute") if in_sentence else _("Heute")
        case -1:
            return _("gestern") if in_sentence else _("Gestern")
        case 1:
            return _("morgen") if in_sentence else _("Morgen")
    return _get_pattern(local_date, 0 if local_date.year == today.year else 1)


def when(instant: datetime, *, in_sentence: bool = False) -> str:
    """`Heute, 09:41`, within a sentence `heute, 09:41`; `Do 26.11., 09:30`"""
    return f"{day(instant, in_sentence=in_sentence)}, {clock(instant)}"


def long_day(instant: datetime) -> str:
    """`Do 26. November`"""
    return _get_pattern(day_of(instant), 2)


def day_name(local_date: date) -> str:
    """`Do 26.11.`, for a date in the time zone of the business."""
    return _get_pattern(local_date, 0)


def full_day(local_date: date) -> str:
    """`Do 26.11.2026`, for a date in the time zone of the business."""
    return _get_pattern(local_date, 1)


def birthday(iso: str) -> str:
    """`3. März 1985`"""
    language = get_locale().language
    return _format(date.fromisoformat(iso), "d. MMMM yyyy" if language == "de" else "d MMMM yyyy", language)


def whole_day(local_date: date) -> str:
    """`Donnerstag, 26. November`"""
    language = get_locale().language
    return _format(local_date, "EEEE, d. MMMM" if language == "de" else "EEEE, d MMMM", language)


def ago(instant: datetime, *, in_sentence: bool = False) -> str:
    """`vor 6 Min.` within the last hour, then as `when`."""
    minutes = int((now() - instant).total_seconds() // 60)
    if minutes < 1:
        return _("gerade eben")
    if minutes < 60:
        return _("vor %(n)s Min.", n=minutes)
    return when(instant, in_sentence=in_sentence)


def milliseconds(value: float | None) -> str:
    """`212 ms`, from ten seconds on `12,4 s`."""
    if value is None:
        return ""
    return f"{number(round(value / 1000, 1))} s" if value >= 10_000 else f"{number(round(value))} ms"


def number(value: float | Decimal) -> str:
    """`1.742`, `0,8`"""
    return _format_number(value, None, get_locale().language)


def money(cents: Decimal | float, currency: str) -> str:
    """`0,43 €`, `0,43 US-$`, in English `€0.43`, `US$0.43`; amounts are never converted."""
    language = get_locale().language
    amount = _format_number(Decimal(cents) / 100, "#,##0.00", language)
    if language == "en":
        return f"{'US$' if currency == 'USD' else currency}{amount}"
    return f"{amount} {'US-$' if currency == 'USD' else currency}"


def initials(name: str | None) -> str:
    """Two letters for the avatar: `HV`, `ML`; empty without a name."""
    words = [word for word in (name or "").split() if word[0].isalpha()]
    letters = words[0][0] + (words[-1][0] if len(words) > 1 else "") if words else ""
    return letters.upper()


def phone_number(e164: str | None) -> str:
    """`030 23125 100` at home, international abroad."""
    return phone.display(e164) if e164 else ""


def local(instant: datetime) -> datetime:
    """Convert to the time zone of the business."""
    return instant.astimezone(ZoneInfo(reader_timezone()))


def week_start(instant: datetime) -> datetime:
    """The midnight with which the week of the instant begins."""
    at = local(instant)
    return (at - timedelta(days=at.weekday())).replace(hour=0, minute=0, second=0, microsecond=0)


def day_of(instant: datetime) -> date:
    """Get the calendar day of an instant in the time zone of the business."""
    return local(instant).date()


def format_decimal_input(value: int, *, places: int, is_short: bool = False) -> str:
    """The text of a form field for a number in units of its last place, as the reader types it; short: without zeros alone."""
    whole, part = divmod(value, 10**places)
    sign = "," if get_locale().language == "de" else "."
    return str(whole) if is_short and not part else f"{whole}{sign}{part:0{places}}"


def _get_pattern(local_date: date, index: int) -> str:
    language = get_locale().language
    text = _format(local_date, DAY_PATTERNS.get(language, DAY_PATTERNS["en"])[index], language)
    # Babel writes "Do."; usual on German pages is "Do".
    return text.replace(".", "", 1) if language == "de" else text


# Cached, because a list of fifty rows shows few different days, and one Babel pattern takes as long as rendering a row.


@lru_cache(maxsize=4096)
def _format(local_date: date, pattern: str, language: str) -> str:
    return format_date(local_date, pattern, locale=language)


@lru_cache(maxsize=4096)
def _format_number(value: float | Decimal, pattern: str | None, language: str) -> str:
    return format_decimal(value, format=pattern, locale=language)
