"""Why a stretch of time has nothing free, in words: of just the days, hours and person that were wished, and of no more than these."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask_babel import gettext as _

from app.core.extensions import db
from app.domain.agents.opening_hours_lookup import build_hours, get_language, get_shift_hours, say_closed
from app.domain.agents.tools.phrasing import DisplayNames
from app.domain.language.clarification_questions import PART_WORDS
from app.domain.language.parsed_time import PART_SPANS, Language
from app.domain.language.spoken_format import capitalise, say_day, say_time
from app.domain.scheduling.types import SchedulingData, SlotQuery
from app.domain.scheduling.unavailability_reasons import TAKEN_CODES, Reason, explain_unavailable, format_reason
from app.models import Branch

WHOLE_DAY = (0, 1440)


def explain_interval(query: SlotQuery, facts: SchedulingData) -> tuple[str, str]:
    """Explain why an interval has no slot: for one day closed or blocked, for several booked."""
    if query.day is None:
        return "booked", _say_none(_("in diesen Tagen"), query, facts)
    hours = build_hours(query.branch_id or "", facts, query.day)
    zone = ZoneInfo(facts.get_branch(query.branch_id or "").timezone)
    today = query.now.astimezone(zone).date()
    ahead = [max(start, query.starts_from) for start, end in hours.spans if end > query.starts_from]
    if not hours.spans:
        return "holiday" if hours.holiday else "closed", say_closed(hours, today=today)
    if not ahead:
        return "in_the_past", _("Heute ist es dafür schon zu spät.") if query.day == today else _("Dieser Tag ist schon vorbei.")
    wished = datetime.combine(query.day, time(), zone) + timedelta(minutes=query.clock[0])
    moment = max(ahead[0], wished) if query.clock != WHOLE_DAY else ahead[0]
    reason, why = select_reason(explain_unavailable(query, facts, moment) or [Reason("booked")], facts)
    if reason == "nobody_on_shift":
        return reason, _say_absent(query, facts, today) or why
    return reason, _say_none(_say_day(query, today), query, facts) if reason in TAKEN_CODES else why


def _say_none(days: str, query: SlotQuery, facts: SchedulingData) -> str:
    """ "Am Dienstag, dem 8. Dezember, ist nichts mehr frei.", with the hours and the person that were wished."""
    hours = say_hours_wished(query.clock, get_language())
    if who := DisplayNames.from_scheduling(facts).staff.get(query.staff_id or ""):
        return _("Bei %(who)s ist %(when)s nichts mehr frei.", who=who, when=f"{days} {hours}".strip())
    if hours:
        return _("%(day)s ist %(hours)s nichts mehr frei.", day=capitalise(days), hours=hours)
    return _("%(when)s ist nichts mehr frei.", when=capitalise(days))


def say_hours_wished(clock: tuple[int, int], language: Language) -> str:
    """ "vormittags", "um 8 Uhr", "ab 16 Uhr", "zwischen 11 Uhr und halb zwölf"; nothing for the whole day."""
    if clock == WHOLE_DAY:
        return ""
    part = next((part for part, span in PART_SPANS.items() if span == clock), None)
    if part:
        return PART_WORDS[language][part]
    low, high = clock
    first, last = (say_time(time(minutes // 60, minutes % 60), language) for minutes in (low, min(high - 1, 1439)))
    if high - low == 1:
        return _("um %(time)s", time=first)
    if low == 0:
        return _("bis %(last)s", last=last)
    if high == WHOLE_DAY[1]:
        return _("ab %(first)s", first=first)
    return _("zwischen %(first)s und %(last)s", first=first, last=last)


def _say_absent(query: SlotQuery, facts: SchedulingData, today: date) -> str | None:
    """ "Tom Weber ist am Samstag, dem 5. Dezember, nicht da.", where that is so all day."""
    who = DisplayNames.from_scheduling(facts).staff.get(query.staff_id or "")
    branch = db.session.get(Branch, query.branch_id) if query.branch_id else None
    if not who or branch is None or query.staff_id is None or query.day is None or get_shift_hours(branch, query.staff_id, query.day):
        return None
    return _("%(who)s ist %(day)s nicht da.", who=who, day=_say_day(query, today))


def _say_day(query: SlotQuery, today: date) -> str:
    assert query.day is not None
    day, language = say_day(query.day, get_language(), today=today), get_language()
    return f"{day}," if "," in day and language == "de" else day


def select_reason(reasons: Sequence[Reason], facts: SchedulingData) -> tuple[str, str]:
    """Select the most informative reason: booked before others."""
    telling = next((reason for reason in reasons if reason.code in TAKEN_CODES), None) or (reasons or [Reason("booked")])[0]
    names = {person.id: person.name for person in facts.people if len(reasons) == 1}
    return telling.code, format_reason(telling, names)
