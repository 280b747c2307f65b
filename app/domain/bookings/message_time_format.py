"""Days and times in messages, in the language that is set and the zone in which the customer knows them."""

from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time
from flask_babel import get_locale, gettext as _


def format_when(at: datetime, timezone: str) -> str:
    return _("%(day)s um %(time)s", day=format_day(at, timezone), time=format_clock(at, timezone))


def format_day(at: datetime, timezone: str) -> str:
    locale = get_locale()
    pattern = "EEE d. MMM" if str(locale).startswith("de") else "EEE d MMM"
    return format_date(at.astimezone(ZoneInfo(timezone)), pattern, locale=locale)


def format_clock(at: datetime, timezone: str) -> str:
    return format_time(at.astimezone(ZoneInfo(timezone)), "HH:mm", locale=get_locale())


def get_time_values(at: datetime, timezone: str) -> dict[str, str]:
    """The values of a template's variables for this time."""
    return {"when": format_when(at, timezone), "day": format_day(at, timezone), "time": format_clock(at, timezone)}
